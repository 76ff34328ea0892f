"""script/server as a newcomer uses it: it starts, it answers, Ctrl-C leaves nothing behind."""

import os
import signal
import socket
import sqlite3

import pytest

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


def test_it_starts_again_on_what_it_left(server):
    server.start()
    server.stop()
    connection = sqlite3.connect(server.database)
    before = connection.execute("SELECT count(*) FROM run").fetchone()[0]
    connection.close()

    server.start(seconds=60)

    assert server.data("api/current-status")[0]["status"] == "online"
    connection = sqlite3.connect(server.database)
    assert connection.execute("SELECT count(*) FROM run").fetchone()[0] >= before
    connection.close()
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
