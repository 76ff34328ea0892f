"""Running pdu-poll on a configuration of the test's own."""

import dataclasses
import json
import os
import pathlib
import subprocess

import snmpd

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARIES = pathlib.Path(os.environ.get("PDU_BIN", ROOT / ".build" / "debug"))


def credential(auth=None, privacy=None, **changes):
    """The credential of the snmpd user with these protocols, with some parts changed; None takes a part out."""
    level = "authPriv" if privacy else "authNoPriv" if auth else "noAuthNoPriv"
    parts = {"version": 3, "user": snmpd.user_name(auth, privacy), "security_level": level}
    if auth:
        parts |= {"auth_protocol": auth, "auth_passphrase": snmpd.AUTH}
    if privacy:
        parts |= {"privacy_protocol": privacy, "privacy_passphrase": snmpd.PRIVACY}
    parts |= changes
    return {key: value for key, value in parts.items() if value is not None}


def community(version="2c", text=snmpd.COMMUNITY):
    """A credential of SNMPv1 or v2c."""
    return {"version": version, "community": text}


@dataclasses.dataclass
class Run:
    """A run of pdu-poll that has ended."""

    status: int
    stdout: str
    stderr: str

    @property
    def report(self):
        """What --json printed."""
        return json.loads(self.stdout)

    @property
    def outcomes(self):
        """The reason by PDU, "ok" for those that were read."""
        return {pdu["name"]: pdu["reason"] or pdu["status"] for pdu in self.report["pdus"]}

    def pdu(self, name):
        """What --json printed of one PDU."""
        return next(pdu for pdu in self.report["pdus"] if pdu["name"] == name)


class Poller:
    """pdu-poll with a configuration file, built up PDU by PDU."""

    def __init__(self, directory, timeout=1, retries=1, deadline=50):
        self.directory = pathlib.Path(directory)
        self.state = self.directory / "state"
        self.path = self.directory / "pdu-monitor.yaml"
        self.configuration = {
            "site": {"name": "Test", "timezone": "Europe/London"},
            "state_directory": str(self.state),
            "poll": {"interval": 60, "deadline": deadline, "concurrency": 16},
            "snmp": {"timeout": timeout, "retries": retries},
            "credentials": {},
            "pdus": [],
        }

    def add(self, name, address, credential, **more):
        """Adds a PDU with a credential of its own."""
        self.configuration["credentials"][f"of {name}"] = dict(credential)
        self.configuration["pdus"].append(
            {"name": name, "address": address, "credentials": f"of {name}", **more}
        )
        return self

    def write(self):
        """Writes the configuration file; JSON is YAML."""
        self.path.write_text(json.dumps(self.configuration))
        self.path.chmod(0o600)

    def run(self, *arguments, **options):
        """Runs pdu-poll."""
        self.write()
        return run("--config", self.path, *arguments, **options)

    def ask(self, *arguments):
        """Reads without storing, for the JSON."""
        return self.run("--dry-run", "--json", *arguments)


def run(*arguments, timeout=60, environment=None):
    """Runs pdu-poll to its end."""
    done = subprocess.run(
        [BINARIES / "pdu-poll", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
        env=dict(os.environ, **(environment or {})),
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr)
