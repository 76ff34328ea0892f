"""Other collectors that ask the farm's PDUs for the same five objects.

As a program, one of those that are Python libraries, in a process of its own as a collector would be; TARGETS has an
address with its port on each line:

usage: collectors.py ezsnmp|gufo <TARGETS
"""

import asyncio
import concurrent.futures
import os
import pathlib
import resource
import socket
import subprocess
import sys
import time

import farm

# How many processes there are at once.
AT_ONCE = 16


def with_ezsnmp(targets):
    """ezsnmp: net-snmp's library, a session for each PDU, one after the other.

    In threads some requests time out: libsnmp's SNMPv3 is not made for them. Now and then one does all the same.
    """
    import ezsnmp

    def ask(target):
        host, port = target.split(":")
        session = ezsnmp.Session(
            hostname=host,
            port_number=port,
            version="3",
            security_level="authPriv",
            security_username=farm.USER,
            auth_protocol="SHA",
            auth_passphrase=farm.AUTH,
            privacy_protocol="AES",
            privacy_passphrase=farm.PRIVACY,
        )
        return len(session.get(farm.FIVE))

    count = 0
    for target in targets:
        try:
            count += ask(target)
        except ezsnmp.TimeoutError as error:
            print(f"{target}: {error}", file=sys.stderr)
    return count


def with_gufo(targets):
    """gufo-snmp: its own SNMP in Rust under asyncio, a session for each PDU."""
    from gufo.snmp import Aes128Key, Sha1Key, User
    from gufo.snmp.aio import SnmpSession

    user = User(farm.USER, auth_key=Sha1Key(farm.AUTH.encode()), priv_key=Aes128Key(farm.PRIVACY.encode()))
    objects = [name.lstrip(".") for name in farm.FIVE]

    async def ask(target):
        host, port = target.split(":")
        async with SnmpSession(addr=host, port=int(port), user=user) as session:
            return len(await session.get_many(objects))

    async def ask_all():
        return sum(await asyncio.gather(*(ask(target) for target in targets)))

    return asyncio.run(ask_all())


class Exporter:
    """prometheus-snmp-exporter with a module for the five objects, scraped for all targets at once."""

    NAMES = ["up_time", "serial", "power", "energy", "apparent_power"]

    def __init__(self, directory):
        path = pathlib.Path(directory) / "snmp.yml"
        lines = ["farm:", "  version: 3", "  auth:", f"    username: {farm.USER}", "    security_level: authPriv"]
        lines += [f"    password: {farm.AUTH}", "    auth_protocol: SHA", "    priv_protocol: AES"]
        lines += [f"    priv_password: {farm.PRIVACY}", "  get:"]
        lines += [f"    - {name.lstrip('.')}" for name in farm.FIVE]
        lines.append("  metrics:")
        for name, object in zip(self.NAMES, farm.FIVE):
            kind = "DisplayString" if name == "serial" else "gauge"
            lines += [f"    - name: {name}", f"      oid: {object.lstrip('.')}", f"      type: {kind}", "      help: one"]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = ["prometheus-snmp-exporter", f"--config.file={path}", f"--web.listen-address=127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.05)
        self.stop()
        sys.exit("prometheus-snmp-exporter does not start")

    def scrape(self, targets):
        """Milliseconds of wall time, and of the processor in the exporter alone, for one scrape of each."""
        before = self.cpu()
        begun = time.perf_counter()
        answers = asyncio.run(self._scrape(targets))
        wall = (time.perf_counter() - begun) * 1000
        for answer in answers:
            if b"\npower " not in answer or b"\nserial{" not in answer:
                sys.exit(f"the exporter did not answer: {answer[-400:]}")
        return wall, (self.cpu() - before) * 1000

    def cpu(self):
        """Seconds of the processor so far, to the nanosecond."""
        total = 0
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            total += int((task / "schedstat").read_text(encoding="utf-8").split()[0])
        return total / 1e9

    def stop(self):
        """Ends it."""
        self.process.kill()
        self.process.wait()

    async def _scrape(self, targets):
        async def one(target):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            path = f"/snmp?target={target}&module=farm"
            writer.write(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
            answer = await reader.read()
            writer.close()
            return answer

        return await asyncio.gather(*(one(target) for target in targets))


def processes(targets, directory):
    """Milliseconds of wall time and of the processor for a snmpbulkget for each target."""
    settings = {"defAuthPassphrase": farm.AUTH, "defPrivPassphrase": farm.PRIVACY}
    settings |= {"defVersion": "3", "defSecurityName": farm.USER, "defSecurityLevel": "authPriv"}
    settings |= {"defAuthType": "SHA", "defPrivType": "AES", "mibs": ""}
    path = pathlib.Path(directory) / "snmp.conf"
    path.write_text("".join(f"{name} {value}\n" for name, value in settings.items()), encoding="utf-8")
    environment = dict(os.environ, SNMPCONFPATH=str(directory), SNMP_PERSISTENT_DIR=str(directory))
    # GETBULK answers what follows: the object is the one after its column.
    columns = [name.rsplit(".", 1)[0] for name in farm.FIVE]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()

    def ask(target):
        command = ["snmpbulkget", f"-Cn{len(columns)}", "-Cr0", "-On", target, *columns]
        answer = subprocess.run(command, env=environment, check=True, capture_output=True)
        if len(answer.stdout.splitlines()) != len(columns):
            sys.exit(f"snmpbulkget did not answer: {answer.stdout}")

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(ask, targets))
    wall = (time.perf_counter() - begun) * 1000
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, used * 1000


if __name__ == "__main__":
    targets = sys.stdin.read().split()
    begun = time.perf_counter()
    count = {"ezsnmp": with_ezsnmp, "gufo": with_gufo}[sys.argv[1]](targets)
    # Without the interpreter's start and the import of the library.
    print(f"{count} {(time.perf_counter() - begun) * 1000:.3f}", file=sys.stderr)
