"""A farm of PDUs on loopback: a few stock snmpd processes that answer for any number of addresses.

usage: farm.py --pdus 1000 [--outlets 24] [--processes 8] [--config FILE] [--state DIRECTORY] [--interval SECONDS]
               [--concurrency N] [--delay MS] [--loss PERCENT] [--dead PERCENT] [--slow PERCENT:MS]
               [--garbage PERCENT] [--seed N] [--still]

Writes a configuration for pdu-poll to FILE (default: pdu-monitor.yaml in a directory of its own, whose name is printed)
and serves until SIGTERM or Ctrl-C:

    .venv/bin/python bench/farm.py --pdus 1000 --outlets 24 --config /tmp/farm.yaml --state /tmp/farm.state &
    pdu-poll --config /tmp/farm.yaml

Each PDU has an address of its own in 127.0.0.0/8; PDU n is answered by process n % processes, which is bound to one port
of all addresses and answers from the one that it was asked at. A process is one SNMPv3 engine with one user (authPriv,
SHA, AES) and one set of objects, those of an APC rack PDU (PowerNet-MIB rPDU2), which it serves by itself
(snmpd.conf(5), `override`), without a helper process. Without --outlets a poll asks a known PDU for five objects: power,
apparent power, energy, its serial number, and the time that the agent has been up. With outlets also for their states,
currents, powers and energies.

Every second the values move, as a load would; --still leaves them. Any of --delay, --loss, --dead, --slow and --garbage
puts a relay (relay.c) in front of each process:

    --delay 20       every answer comes 20 ms late
    --loss 5         5 % of the datagrams are lost, in each direction, by a generator that --seed starts
    --dead 20        20 % of the PDUs never answer: those with n % 100 < 20
    --slow 10:2000   the next 10 % answer 2 s later
    --garbage 5      the next 5 % answer with noise instead of SNMP

As a module: `with Farm(directory, 1000, outlets=24) as farm: farm.write_configuration(path, …)`.
"""

import argparse
import ipaddress
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
USER = "farm"
AUTH = "authentication-secret"
PRIVACY = "privacy-secret"
# Who may set values: the farm itself, to make them move.
COMMUNITY = "moving"
DESCRIPTION = "APC Web/SNMP Management Card (MN:AP8659 SN: FARM00000001)"
IDENTIFIER = ".1.3.6.1.4.1.318.1.3.4.6"
RPDU2 = ".1.3.6.1.4.1.318.1.1.26"
# The module's parts that answer: any more would only make it start slowly.
MODULES = "override,system_mib,vacm_conf,usmConf,snmpEngine"
# The first PDU's address; the others follow it.
FIRST = ipaddress.IPv4Address("127.16.0.1")
# 0.1 kWh.
ENERGY_AT_START = 123_456


def address(number):
    """The address of PDU `number`, without its port."""
    return str(FIRST + number)


def ports(count):
    """So many neighbouring UDP ports that nobody has on any address."""
    for _ in range(100):
        first = random.randint(20_000, 31_000)
        if all(is_free(port) for port in range(first, first + count)):
            return list(range(first, first + count))
    sys.exit("no free UDP ports")


def is_free(port):
    """Whether the UDP port can be had on all addresses."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True


# What a poll asks a PDU without outlets for, once that is known.
FIVE = [
    ".1.3.6.1.2.1.1.3.0",
    f"{RPDU2}.2.1.9.1",
    f"{RPDU2}.4.3.1.5.1",
    f"{RPDU2}.4.3.1.9.1",
    f"{RPDU2}.4.3.1.16.1",
]


class Objects:
    """What one kind of PDU answers, and how it moves: object, type as snmpd.conf(5) and as snmpset(1) have it, value."""

    def __init__(self, outlets):
        self.outlets = outlets

    def fixed(self):
        """What never changes, by object: type, value."""
        device = f"{RPDU2}.4.3.1"
        values = {
            f"{device}.2.1": ("integer", 1),
            f"{RPDU2}.2.1.2.1": ("integer", 1),
            f"{RPDU2}.2.1.8.1": ("octet_str", '"AP8659"'),
            f"{RPDU2}.2.1.9.1": ("octet_str", '"FARM00000001"'),
        }
        for outlet in range(1, self.outlets + 1):
            for table in ("9.2.3.1", "9.4.3.1"):
                values[f"{RPDU2}.{table}.2.{outlet}"] = ("integer", 1)
                values[f"{RPDU2}.{table}.3.{outlet}"] = ("octet_str", f'"server {outlet}"')
                values[f"{RPDU2}.{table}.4.{outlet}"] = ("integer", outlet)
            values[f"{RPDU2}.9.2.3.1.5.{outlet}"] = ("integer", 2)
        return values

    def moving(self, step):
        """What moves, by object: whole numbers, `step` seconds after the start."""
        watts = [100 + 7 * outlet + 10 * ((step + outlet) % 5) for outlet in range(1, self.outlets + 1)]
        total = sum(watts) if watts else 1210 + 10 * (step % 7)
        device = f"{RPDU2}.4.3.1"
        values = {
            f"{device}.5.1": total // 10,
            f"{device}.9.1": ENERGY_AT_START + total * step // 360_000,
            f"{device}.16.1": total * 100 // 950,
        }
        for outlet, power in enumerate(watts, start=1):
            entry = f"{RPDU2}.9.4.3.1"
            values[f"{entry}.6.{outlet}"] = power * 10 // 230
            values[f"{entry}.7.{outlet}"] = power
            values[f"{entry}.11.{outlet}"] = 5000 + power * step // 360_000
        return values


class Farm:
    """So many PDUs, from `start` to `stop`."""

    def __init__(self, directory, pdus, outlets=0, processes=8, relay=None):
        """`relay`: the relay's options, as words; absent: no relay."""
        self.directory = pathlib.Path(directory)
        self.pdus = pdus
        self.objects = Objects(outlets)
        self.processes = max(1, min(processes, pdus))
        self.relay = relay
        self.running = []
        self.started = None
        ports_taken = ports(self.processes * (2 if relay else 1))
        self.agent_ports = ports_taken[: self.processes]
        # Where the PDUs are asked.
        self.ports = ports_taken[-self.processes :]

    def target(self, number):
        """Address and port of PDU `number`."""
        return f"{address(number)}:{self.ports[number % self.processes]}"

    def start(self):
        """Starts every process and waits until all answer."""
        self.directory.mkdir(parents=True, exist_ok=True)
        try:
            for port in self.agent_ports:
                self._start_agent(port)
            for number, port in enumerate(self.agent_ports):
                self._wait_until_it_answers(port, self.running[number])
            if self.relay:
                program = build(self.directory, "relay")
                for port, agent_port in zip(self.ports, self.agent_ports):
                    command = [program, str(port), str(agent_port), str(FIRST), *self.relay]
                    relay = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
                    self.running.append(relay)
                    if relay.stdout.readline() != "ready\n":
                        sys.exit("the relay does not start")
        except BaseException:
            self.stop()
            raise
        self.started = time.monotonic()
        return self

    def stop(self):
        """Ends every process."""
        for process in self.running:
            process.send_signal(signal.SIGKILL)
        for process in self.running:
            process.wait(timeout=10)
        self.running = []

    def move(self, step=None):
        """Has every process take the values of `step` seconds after the start, by default those of now."""
        step = int(time.monotonic() - self.started) if step is None else step
        words = [word for object, value in self.objects.moving(step).items() for word in (object, "i", str(value))]
        for port in self.agent_ports:
            command = ["snmpset", "-v2c", "-c", COMMUNITY, "-t", "2", "-r", "5", f"127.0.0.1:{port}", *words]
            subprocess.run(command, env=self._environment(port), check=True, stdout=subprocess.DEVNULL)

    def cpu(self):
        """Seconds of the processor that the farm's processes have taken."""
        ticks = 0
        for process in self.running:
            fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def write_configuration(self, path, state, pdus=None, interval=60, deadline=None, concurrency=None):
        """A configuration for pdu-poll of the first `pdus` of them (default: all) with the history in `state`."""
        path = pathlib.Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        secrets = {"auth": AUTH, "privacy": PRIVACY}
        for name, secret in secrets.items():
            file = path.with_suffix(f".{name}")
            file.write_text(secret + "\n", encoding="utf-8")
            file.chmod(0o600)
        poll = {"interval": interval, "deadline": deadline or max(1, interval - 5)}
        if concurrency:
            poll["concurrency"] = concurrency
        lines = [
            "site: { timezone: Etc/UTC }",
            f"state_directory: {pathlib.Path(state).absolute()}",
            f"poll: {{ {', '.join(f'{name}: {value}' for name, value in poll.items())} }}",
            "credentials:",
            "  farm:",
            f"    user: {USER}",
            "    auth_protocol: SHA",
            f"    auth_passphrase_file: {path.with_suffix('.auth').absolute()}",
            "    privacy_protocol: AES",
            f"    privacy_passphrase_file: {path.with_suffix('.privacy').absolute()}",
            "pdus:",
        ]
        for number in range(self.pdus if pdus is None else pdus):
            lines.append(f'  - {{ name: "PDU {number}", address: "{self.target(number)}", credentials: farm }}')
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return str(path)

    def __enter__(self):
        return self if self.running else self.start()

    def __exit__(self, *_):
        self.stop()

    def _environment(self, port):
        directory = self.directory / str(port)
        return dict(os.environ, SNMP_PERSISTENT_DIR=str(directory), SNMPCONFPATH=str(directory), MIBS="")

    def _start_agent(self, port):
        directory = self.directory / str(port)
        directory.mkdir(exist_ok=True)
        lines = [
            f"agentAddress udp:0.0.0.0:{port}",
            f"sysDescr {DESCRIPTION}",
            f"sysObjectID {IDENTIFIER}",
            f'createUser {USER} SHA "{AUTH}" AES "{PRIVACY}"',
            f"rouser {USER} priv",
            f"rwcommunity {COMMUNITY} 127.0.0.1",
            "dontLogTCPWrappersConnects yes",
            # One socket stands for many PDUs, each of which would have a buffer of its own.
            "[snmp] serverRecvBuf 4194304",
        ]
        lines += [f"override {name} {kind} {value}" for name, (kind, value) in self.objects.fixed().items()]
        lines += [f"override -rw {name} integer {value}" for name, value in self.objects.moving(0).items()]
        (directory / "snmpd.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
        snmpd = shutil.which("snmpd", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
        if snmpd is None:
            sys.exit("snmpd is not installed: script/bootstrap does that")
        command = [snmpd, "-f", "-LF", "w", str(directory / "snmpd.log"), "-I", MODULES]
        process = subprocess.Popen(
            command,
            env=self._environment(port),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.running.append(process)

    def _wait_until_it_answers(self, port, process):
        """Asks for sysDescr by SNMPv2c until an answer comes."""
        community = COMMUNITY.encode()
        body = bytes.fromhex("a019020101020100020100300e300c06082b060102010101000500")
        content = b"\x02\x01\x01\x04" + bytes([len(community)]) + community + body
        question = b"\x30" + bytes([len(content)]) + content
        deadline = time.monotonic() + 30
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.settimeout(0.1)
            while time.monotonic() < deadline and process.poll() is None:
                try:
                    probe.connect(("127.0.0.1", port))
                    probe.send(question)
                    if probe.recv(4096):
                        return
                except OSError:
                    time.sleep(0.02)
        log = self.directory / str(port) / "snmpd.log"
        sys.exit(f"snmpd does not answer: {log.read_text(encoding='utf-8') if log.exists() else ''}")


def build(directory, name, *libraries):
    """Compiles bench/`name`.c into `directory`; the program's path."""
    program = pathlib.Path(directory) / name
    source = HERE / f"{name}.c"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        command = ["gcc", "-O2", "-Wall", "-Wextra", "-o", str(program), str(source), *libraries]
        subprocess.run(command, check=True)
    return str(program)


def relay_options(arguments):
    """What the relay is told; none when nothing asks for one."""
    words = []
    for name in ("delay", "loss", "dead", "slow", "garbage"):
        if getattr(arguments, name):
            words += [f"--{name}", str(getattr(arguments, name))]
    return words + ["--seed", str(arguments.seed)] if words else None


def main():
    parser = argparse.ArgumentParser(description="PDUs on loopback, answered by stock snmpd.")
    parser.add_argument("--pdus", type=int, default=100)
    parser.add_argument("--outlets", type=int, default=0)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--config")
    parser.add_argument("--state")
    parser.add_argument("--interval", type=int, default=60)
    parser.add_argument("--concurrency", type=int)
    parser.add_argument("--delay", type=int, default=0)
    parser.add_argument("--loss", type=float, default=0)
    parser.add_argument("--dead", type=int, default=0)
    parser.add_argument("--slow")
    parser.add_argument("--garbage", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--still", action="store_true")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="farm-") as directory:
        config = arguments.config or os.path.join(directory, "pdu-monitor.yaml")
        state = arguments.state or os.path.join(directory, "state")
        farm = Farm(
            os.path.join(directory, "agents"),
            arguments.pdus,
            outlets=arguments.outlets,
            processes=arguments.processes,
            relay=relay_options(arguments),
        )
        with farm:
            farm.write_configuration(
                config, state, interval=arguments.interval, concurrency=arguments.concurrency
            )
            print(f"{arguments.pdus} PDUs answer: {config}", flush=True)
            while True:
                time.sleep(1)
                if not arguments.still:
                    farm.move()


if __name__ == "__main__":
    main()
