"""script/server as a newcomer uses it: it starts, it answers, Ctrl-C leaves nothing behind."""

import contextlib
import os
import signal
import socket
import sqlite3

import pytest

import snmpd
from stack import Stack, wait_until


@pytest.fixture
def server(binaries, tmp_path):
    server = Stack(tmp_path, months=0)
    yield server
    server.stop()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_it_starts_answers_and_stops_whole(server, how):
    server.start()
    assert {"nginx", "pdu-fcgi", "snmpd"} <= set(server.processes().values())
    assert server.get("")[0] == 200

    status = server.stop(how)

    assert status == 0
    wait_until(lambda: not server.processes(), f"the end of {server.processes()}", seconds=10)
    assert server.says("Stopping.")


def rollups(database):
    """How many buckets of elements the history has; runs are forgotten once their minutes are packed."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return connection.execute("SELECT count(*) FROM rollup").fetchone()[0]


def test_it_starts_again_on_what_it_left(server):
    server.start()
    server.stop()
    before = rollups(server.database)

    server.start(seconds=60)

    assert server.data("api/current-status")[0]["status"] == "online"
    assert rollups(server.database) >= before > 1000
    assert "Making up" not in server.text


def test_a_port_in_use_is_said_in_one_line(server):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", server.port))
        taken.listen()
        server.launch()

        status = server.process.wait(timeout=60)

    assert status == 1
    lines = server.text.splitlines()
    assert lines == [f"script/server: port {server.port} is in use: PORT={server.port + 1} script/server"]


def test_it_does_not_touch_a_history_that_is_not_its_own(server):
    server.state.mkdir()
    server.database.write_bytes(b"somebody's readings")

    server.launch()

    assert server.process.wait(timeout=60) == 1
    assert "is not the demonstration's" in server.text
    assert server.database.read_bytes() == b"somebody's readings"


def test_two_of_them_do_not_share_a_directory(server, tmp_path):
    server.start()
    second = Stack(tmp_path, months=0)
    second.log = tmp_path / "second.log"

    second.launch()

    assert second.process.wait(timeout=60) == 1
    assert "another script/server is using" in second.text
    assert server.get("")[0] == 200


def test_it_ends_when_a_part_of_it_dies(server):
    server.start()
    victim = next(pid for pid, name in server.processes().items() if name == "pdu-fcgi")

    os.kill(victim, signal.SIGKILL)

    assert server.process.wait(timeout=90) == 1
    assert "pdu-fcgi has stopped" in server.text
    wait_until(lambda: not server.processes(), "the end of the rest", seconds=10)


CONFIGURATION = """\
site: {{ name: Mine, timezone: Europe/London }}
state_directory: /nonexistent/never/used
credentials_file: secrets.yaml
pdus:
  - {{ name: My PDU, address: "{address}", credentials: mine }}
"""
CREDENTIALS = """\
credentials:
  mine:
    version: 3
    user: {user}
    security_level: authPriv
    auth_protocol: SHA
    auth_passphrase: {auth}
    privacy_protocol: AES
    privacy_passphrase: {privacy}
"""


def test_with_a_configuration_it_reads_those_pdus_and_no_others(server, tmp_path):
    mine = tmp_path / "my configuration"
    mine.mkdir()
    user = snmpd.user_name("SHA", "AES")
    secrets = mine / "secrets.yaml"
    secrets.write_text(CREDENTIALS.format(user=user, auth=snmpd.AUTH, privacy=snmpd.PRIVACY))
    secrets.chmod(0o600)
    with snmpd.Snmpd(tmp_path / "agent") as agent:
        (mine / "pdu-monitor.yaml").write_text(CONFIGURATION.format(address=agent.address))
        server.environment["CONFIG"] = str(mine / "pdu-monitor.yaml")

        server.start()

        pdus = server.data("api/current-status")
        assert [(pdu["name"], pdu["status"]) for pdu in pdus] == [("My PDU", "online")]
    assert "snmpd" not in server.processes().values()
    assert server.database.exists()
    assert not (server.state / "DEMONSTRATION").exists()


def test_a_wrong_configuration_is_explained_and_nothing_starts(server, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("site: { name: Wrong }\npduz: []\n")
    server.environment["CONFIG"] = str(wrong)

    server.launch()

    assert server.process.wait(timeout=60) == 1
    assert "2:1" in server.text and "pduz" in server.text
    assert "is running" not in server.text


def test_made_up_history_never_mixes_with_a_configuration(server, tmp_path):
    server.state.mkdir()
    (server.state / "DEMONSTRATION").touch()
    mine = tmp_path / "mine.yaml"
    mine.write_text("pdus: []\n")
    server.environment["CONFIG"] = str(mine)

    server.launch()

    assert server.process.wait(timeout=60) == 1
    assert "made-up history" in server.text
