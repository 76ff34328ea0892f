"""A site for pductl: a configuration on disk, the real programs, and a stock snmpd as the PDU."""

import os
import pathlib
import shutil
import subprocess

import pytest

from snmpd import AUTH, PRIVACY, Snmpd, user_name

PROJECT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(os.environ.get("PDU_BIN") or PROJECT / ".build" / "debug")
USER = user_name("SHA", "AES")
CREDENTIALS = f"""credentials:
  wrong:
    {{user: {USER}, auth_protocol: SHA, auth_passphrase: not-the-passphrase}}
  z_right:
    user: {USER}
    auth_protocol: SHA
    auth_passphrase: "{AUTH}"
    privacy_protocol: AES128
    privacy_passphrase: "{PRIVACY}"
  card: {{version: 2c, community: public}}
"""


class Site:
    """A configuration in a directory of its own, and the programs run with it."""

    def __init__(self, directory):
        self.directory = directory
        self.path = directory / "pdu-monitor.yaml"
        self.write()

    def write(self, pdus="pdus: []\n", more="", credentials=CREDENTIALS, zone="Europe/London"):
        (self.directory / "credentials.yaml").write_text(credentials)
        (self.directory / "credentials.yaml").chmod(0o600)
        self.path.write_text(
            f"site: {{timezone: {zone}}}\nstate_directory: state\nweb: {{socket: fcgi.sock}}\n"
            f"snmp: {{timeout: 0.5, retries: 1}}\ncredentials_file: credentials.yaml\n{more}{pdus}"
        )

    def run(self, program, *arguments):
        return subprocess.run(
            [PROGRAMS / program, *arguments, "--config", self.path],
            cwd=self.directory, capture_output=True, text=True, timeout=60,
        )

    def pductl(self, *arguments):
        return self.run("pductl", *arguments)


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


@pytest.fixture(scope="module")
def agent(tmp_path_factory):
    if not shutil.which("snmpd", path=os.environ["PATH"] + ":/usr/sbin:/sbin"):
        pytest.skip("needs snmpd (Debian package snmpd)")
    with Snmpd(tmp_path_factory.mktemp("snmpd")) as agent:
        yield agent


def entry(address, credentials="z_right", name="Rack"):
    return f"pdus:\n  - {{name: {name}, address: '{address}', credentials: {credentials}}}\n"
