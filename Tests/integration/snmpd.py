"""Stock snmpd processes as PDUs: each with its own port, users, engine and objects."""

import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
AUTH_PROTOCOLS = ["MD5", "SHA", "SHA-224", "SHA-256", "SHA-384", "SHA-512"]
PRIVACY_PROTOCOLS = ["DES", "AES", "AES-192", "AES-256"]
AUTH = "authentication-secret"
PRIVACY = "privacy-secret"
COMMUNITY = "community-secret"
# The users that most tests need, and one for every pair of protocols: making their keys takes snmpd a while.
USUAL = [(None, None), ("SHA", None), ("SHA", "AES")]
EVERY = [(None, None)] + [(auth, privacy) for auth in AUTH_PROTOCOLS for privacy in [None, *PRIVACY_PROTOCOLS]]
MODELS = {
    "rpdu2": ("APC Web/SNMP Management Card (MN:AP8659 SN: TEST00000001)", ".1.3.6.1.4.1.318.1.3.4.6"),
    "rpdu": ("APC Web/SNMP Management Card (MN:AP7953 SN: TEST00000002)", ".1.3.6.1.4.1.318.1.3.4.4"),
}


def loopback_address():
    """One of the sixteen million addresses of the loopback interface.

    Many agents start at the same time, and a port that is free now may not be a moment later: so each has an address
    of its own as well.
    """
    return f"127.{random.randint(1, 254)}.{random.randint(0, 255)}.{random.randint(1, 254)}"


def free_port(host="127.0.0.1"):
    """A UDP port of the loopback interface that nobody has."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def user_name(auth=None, privacy=None):
    """The user that snmpd knows with these protocols."""
    return "-".join(["user", auth or "none", privacy or "none"])


class Snmpd:
    """One snmpd that answers as a PDU, from `start` to `stop`."""

    def __init__(self, directory, model="rpdu2", objects=None, delay=0, address=None, users=USUAL):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.model = model
        self.objects = objects or HERE / "pdus" / f"{model}.txt"
        self.delay = delay
        self.host = address or loopback_address()
        self.port = free_port(self.host)
        self.users = users
        self.auth = AUTH
        # Hexadecimal; absent: snmpd makes one up and keeps it.
        self.engine_id = None
        # Parts of snmpd that are left out, beside smux, which would want a port.
        self.without = []
        self.process = None

    @property
    def address(self):
        """The address as the configuration writes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def start(self):
        """Starts it and waits until it answers."""
        configuration = self.directory / "snmpd.conf"
        configuration.write_text(self._configuration())
        environment = dict(
            os.environ,
            SNMP_PERSISTENT_DIR=str(self.directory / "persistent"),
            SNMPCONFPATH=f"{self.directory}:{self.directory / 'persistent'}",
            MIBS="",
        )
        log = str(self.directory / "snmpd.log")
        snmpd = shutil.which("snmpd", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
        # Without -C, which would make it forget its engine between starts; SNMPCONFPATH hides the machine's own.
        command = [snmpd, "-f", "-Lf", log, "-I", ",".join(["-smux", *self.without])]
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            self._wait_until_it_answers(log)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self):
        """Ends it; it remembers how often it was started."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=10)
        self.process = None

    def restart(self):
        """Ends it and starts it again: its engine's boots go up by one."""
        self.stop()
        return self.start()

    def replace(self):
        """Puts another device in its place: the same address and users, another engine."""
        self.stop()
        shutil.rmtree(self.directory / "persistent")
        return self.start()

    def walk(self):
        """A recording of it, as snmpwalk prints it."""
        command = ["snmpwalk", "-On", "-v2c", "-c", COMMUNITY, self.address, ".1.3.6.1"]
        environment = dict(os.environ, MIBS="", SNMPCONFPATH=str(self.directory / "none"))
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    def __enter__(self):
        return self if self.process else self.start()

    def __exit__(self, *_):
        self.stop()

    def _configuration(self):
        description, identifier = MODELS.get(self.model, ("A printer", ".1.3.6.1.4.1.11.2.3.9.1"))
        transport = "udp6" if ":" in self.host else "udp"
        lines = [
            f"agentAddress {transport}:{self.address}",
            f"sysDescr {description}",
            f"sysObjectID {identifier}",
            f"rocommunity {COMMUNITY} {'' if ':' in self.host else '127.0.0.1'}",
            f"rocommunity6 {COMMUNITY} ::1",
            # A user whose right to read begins at authPriv.
            f'createUser privileged SHA "{AUTH}" AES "{PRIVACY}"',
            "rouser privileged priv",
        ]
        if self.engine_id:
            lines.append(f"exactEngineID {self.engine_id}")
        for auth, privacy in self.users:
            words = ["createUser", user_name(auth, privacy)]
            words += [auth, f'"{self.auth}"'] if auth else []
            words += [privacy, f'"{PRIVACY}"'] if privacy else []
            lines += [" ".join(words), f"rouser {user_name(auth, privacy)} {'auth' if auth else 'noauth'}"]
        return "\n".join([*lines, *self._passes()]) + "\n"

    def _passes(self):
        """The lines that hand the device's own objects to pass_persist.py."""
        if not pathlib.Path(self.objects).exists():
            return []
        answer = f"{sys.executable} {HERE / 'pass_persist.py'} {self.objects} {self.delay}"
        return [f"pass_persist .1.3.6.1.4.1.318 {answer}"]

    def _wait_until_it_answers(self, log):
        """Asks for sysDescr by SNMPv2c until an answer comes."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        community = COMMUNITY.encode()
        body = bytes.fromhex("a01902010102010002010030 0e300c06082b060102010101000500".replace(" ", ""))
        content = b"\x02\x01\x01\x04" + bytes([len(community)]) + community + body
        question = b"\x30" + bytes([len(content)]) + content
        deadline = time.monotonic() + 20
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.settimeout(0.1)
            while time.monotonic() < deadline:
                if self.process.poll() is not None:
                    break
                try:
                    probe.connect((self.host, self.port))
                    probe.send(question)
                    if probe.recv(4096):
                        return
                except OSError:
                    time.sleep(0.02)
        text = pathlib.Path(log).read_text() if pathlib.Path(log).exists() else ""
        raise RuntimeError(f"snmpd does not answer: {text}")
