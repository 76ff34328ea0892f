"""pdu-fcgi as a process: how it gets its socket, how it ends, and what it makes of clients that mean no good."""

import os
import pathlib
import random
import re
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading

import pytest

import web

PROGRAM = web.BINARIES / "pdu-fcgi"


@pytest.fixture
def short():
    """A directory whose name leaves room for a socket's."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="pdu-web-"))
    yield directory
    shutil.rmtree(directory)


def run(*arguments, **options):
    return subprocess.run(
        [PROGRAM, *arguments], capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL, **options
    )


# How it gets its socket.


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_socket_of_its_own_is_for_its_group_and_goes_with_it(responder, how):
    assert stat.S_IMODE(responder.socket.stat().st_mode) == 0o660
    assert web.ask(responder.socket).startswith("Status: 200 OK\r\n")

    assert responder.stop(how) == 0
    assert not responder.socket.exists()


def test_a_socket_left_by_a_crash_is_replaced(responder):
    responder.process.kill()
    responder.process.wait()
    assert responder.socket.exists()

    responder.start()

    assert web.ask(responder.socket).startswith("Status: 200")


def test_a_socket_in_use_is_left_to_its_owner(responder, history):
    second = run("--config", history / "pdu-monitor.yaml", "--socket", responder.socket)

    assert second.returncode == 75
    assert "in use" in second.stderr
    assert web.ask(responder.socket).startswith("Status: 200")


def test_a_file_in_the_place_of_the_socket_is_left_alone(history, short):
    (short / "precious").write_text("data")

    result = run("--config", history / "pdu-monitor.yaml", "--socket", short / "precious")

    assert result.returncode == 2
    assert "not a socket" in result.stderr
    assert (short / "precious").read_text() == "data"


def test_spawn_fcgi_can_start_it(history, short):
    spawn = shutil.which("spawn-fcgi")
    if not spawn:
        pytest.skip("needs spawn-fcgi (Debian package spawn-fcgi)")
    program = web.Program(
        spawn, "-n", "-s", short / "s", "--", PROGRAM, "--config", history / "pdu-monitor.yaml", log=short / "log"
    )
    web.wait_until(lambda: web.listens(short / "s"), program.text)

    assert web.ask(short / "s").startswith("Status: 200")
    assert program.stop() == 0


def activated(history, listener, log):
    """pdu-fcgi with `listener` as systemd passes it: as descriptor 3, and with the number of who it is for."""
    return web.Program(
        sys.executable, "-c", web.Supervisor.PROLOGUE, listener.fileno(), PROGRAM,
        "--config", history / "pdu-monitor.yaml", log=log, pass_fds=[listener.fileno()],
    )


def test_systemds_socket_is_served_and_outlives_every_service_on_it(history, short):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(short / "s"))
    listener.listen()
    for _ in range(2):
        program = activated(history, listener, short / "log")

        assert web.ask(short / "s").startswith("Status: 200"), program.text
        assert program.stop() == 0
        assert (short / "s").exists()
    listener.close()


def test_systemd_itself_can_start_it(history, short):
    activate = shutil.which("systemd-socket-activate")
    if not activate:
        pytest.skip("needs systemd-socket-activate (Debian package systemd)")
    program = web.Program(
        activate, "-l", short / "s", PROGRAM, "--config", history / "pdu-monitor.yaml", log=short / "log"
    )
    web.wait_until(lambda: (short / "s").exists(), "the socket")

    assert web.ask(short / "s").startswith("Status: 200"), program.text
    assert program.stop() == 0


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--config", "{site}/pdu-monitor.yaml"], "--socket PATH"),
        (["--config", "{site}/nothing.yaml", "--socket", "{short}/s"], "nothing.yaml"),
        (["--config", "{site}/pdu-monitor.yaml", "--socket", "{short}/" + "x" * 120], "too long"),
        (["--config", "{site}/pdu-monitor.yaml", "--socket", "{short}/no/s"], "No such file"),
        (["--sockets", "{short}/s"], "did you mean --socket"),
        (["--socket"], "needs a value"),
        (["serve"], "serve"),
    ],
    ids=["no-socket", "no-configuration", "long", "no-directory", "typo", "no-value", "operand"],
)
def test_what_it_cannot_start_with_is_a_usage_error(history, short, arguments, words):
    result = run(*[text.format(site=history, short=short) for text in arguments])

    assert result.returncode == 2
    assert words in result.stderr
    assert result.stdout == ""


def test_a_broken_configuration_names_its_line(short):
    (short / "broken.yaml").write_text("site: { name: X, timezone: Europe/Londres }\n")

    result = run("--config", short / "broken.yaml", "--socket", short / "s")

    assert result.returncode == 2
    assert f"{short}/broken.yaml:1:" in result.stderr
    assert not (short / "s").exists()


def test_help_and_version_are_data(short):
    assert run("--help").stdout.startswith("Usage: pdu-fcgi")
    assert re.fullmatch(r"pdu-fcgi \d+\.\d+\.\d+\n", run("--version").stdout)


# How it ends.


def open_sockets(pid):
    """How many sockets a process has open."""
    links = []
    for path in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            links.append(os.readlink(path))
        except OSError:
            pass
    return sum(link.startswith("socket:") for link in links)


def test_sigterm_lets_the_request_in_hand_finish(history, tmp_path):
    # A database that somebody holds shut makes a request that takes as long as we like, up to a second.
    shutil.copytree(history / "state", tmp_path / "state")
    web.write_configuration(tmp_path)
    holder = sqlite3.connect(tmp_path / "state" / "history.db", isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    holder.execute("UPDATE pdu SET name = name")
    responder = web.Responder(tmp_path)
    # The one that listens; whoever looked whether it does may not have been seen off yet.
    web.wait_until(lambda: open_sockets(responder.pid) == 1, "the first client to be let go of")
    connection = web.connect(responder.socket)
    connection.sendall(web.request())
    web.wait_until(lambda: open_sockets(responder.pid) > 1, "the request to be in hand", seconds=1)

    responder.process.send_signal(signal.SIGTERM)
    answer = web.output(web.receive(connection))

    assert answer.startswith("Status: 503 ") and "history_busy" in answer
    assert responder.process.wait(10) == 0
    holder.close()
    responder.close()


# Who may read and write.


def test_a_user_who_may_only_read_can_serve(history, tmp_path):
    if os.getuid() != 0:
        pytest.skip("needs root, to become another user")
    site = pathlib.Path(tempfile.mkdtemp(prefix="pdu-read-"))
    shutil.copytree(history / "state", site / "state")
    web.write_configuration(site)
    group = 64_321
    for path in [site, site / "state", *(site / "state").iterdir(), site / "pdu-monitor.yaml"]:
        os.chown(path, 0, group)
        path.chmod(0o2750 if path.is_dir() else 0o640)
    before = {path.name: path.read_bytes() for path in (site / "state").iterdir()}
    # In another user's place a program in a checkout of root's could not be read.
    program = site / "pdu-fcgi"
    shutil.copy(PROGRAM, program)
    program.chmod(0o755)
    runtime = site / "run"
    runtime.mkdir()
    os.chown(runtime, 65_534, group)
    (site / "log").touch(0o666)
    try:
        responder = web.Program(
            program, "--config", site / "pdu-monitor.yaml", "--socket", runtime / "s",
            log=site / "log", user=65_534, group=65_534, extra_groups=[group],
        )
        web.wait_until(lambda: web.listens(runtime / "s") or not responder.is_alive(), "the socket")
        if not responder.is_alive() and "shared libraries" in responder.text:
            pytest.skip("the Swift runtime of this machine is for root alone")

        for endpoint in ["pdus", "current-status", "power-data", "statistics"]:
            answer = web.ask(runtime / "s", DOCUMENT_URI=f"/api/{endpoint}")
            assert answer.startswith("Status: 200 "), answer + responder.text
        assert responder.stop() == 0
        assert {path.name: path.read_bytes() for path in (site / "state").iterdir()} == before
    finally:
        shutil.rmtree(site)


# Clients that mean no good.

GARBAGE = {
    "http": b"GET /api/pdus HTTP/1.1\r\nHost: x\r\n\r\n",
    "zeros": bytes(5000),
    "other-version": web.record(1, bytes([0, 1, 0, 0, 0, 0, 0, 0]), version=9),
    "huge-lengths": web.BEGIN + web.record(4, b"\xff" * 8 + b"A") + web.record(4),
    "many-parameters": web.BEGIN + b"".join(web.record(4, web.pair("A", "b" * 60_000)) for _ in range(40)),
    "cut-off": web.request()[:40],
    "management": web.record(9, web.pair("FCGI_MAX_CONNS", "") * 50, request=0),
    "abort": web.BEGIN + web.record(2),
    "authorizer": web.record(1, bytes([0, 2, 0, 0, 0, 0, 0, 0])) + web.record(4),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_refused_and_the_next_request_served(responder, name):
    pid = responder.pid
    for _ in range(5):
        with web.connect(responder.socket) as connection:
            try:
                connection.sendall(GARBAGE[name])
                connection.shutdown(socket.SHUT_WR)
                assert web.receive(connection) == b""
            except (BrokenPipeError, ConnectionResetError):
                pass

    assert web.ask(responder.socket).startswith("Status: 200")
    assert responder.is_alive() and responder.pid == pid


def test_random_bytes_leave_no_descriptor_and_no_thread_behind(responder):
    generator = random.Random(7)
    web.ask(responder.socket)
    before = open_sockets(responder.pid)
    sound = web.request()
    for _ in range(500):
        data = bytearray(sound)
        for _ in range(generator.randint(1, 6)):
            data[generator.randrange(len(data))] = generator.randrange(256)
        with web.connect(responder.socket) as connection:
            try:
                connection.sendall(bytes(data))
            except BrokenPipeError:
                pass

    assert web.ask(responder.socket).startswith("Status: 200")
    web.wait_until(lambda: open_sockets(responder.pid) <= before, "the last connection to be closed")
    threads = int(re.search(r"Threads:\s+(\d+)", pathlib.Path(f"/proc/{responder.pid}/status").read_text())[1])
    assert threads == 1 + 3


def test_silent_clients_are_let_go_of_and_the_log_says_so(responder):
    silent = web.connect(responder.socket)
    halfway = web.connect(responder.socket)
    halfway.sendall(web.BEGIN)

    assert web.receive(silent) == b"" and web.receive(halfway) == b""
    web.wait_until(lambda: "stayed silent" in responder.text, responder.text)
    assert "stopped in the middle of a head" in responder.text
    silent.close()
    halfway.close()


def test_a_client_that_asks_to_keep_the_connection_keeps_no_thread(responder):
    keeping = web.record(1, bytes([0, 1, 1, 0, 0, 0, 0, 0])) + web.request()[len(web.BEGIN) :]
    with web.connect(responder.socket) as connection:
        connection.sendall(keeping)

        assert web.output(web.receive(connection)).startswith("Status: 200")


def test_clients_that_leave_early_or_never_read_harm_nobody(responder):
    for _ in range(50):
        with web.connect(responder.socket) as connection:
            connection.sendall(web.request(DOCUMENT_URI="/api/power-data"))
    stubborn = [web.connect(responder.socket) for _ in range(3)]
    for connection in stubborn:
        connection.sendall(web.request(DOCUMENT_URI="/api/power-data"))

    assert web.ask(responder.socket).startswith("Status: 200")
    for connection in stubborn:
        connection.close()


def test_requests_at_the_same_time_all_get_their_own_answer(responder):
    paths = ["/api/pdus", "/api/current-status", "/api/power-data", "/api/statistics", "/api/nothing"]
    wrong = []

    def worker(number):
        path = paths[number % len(paths)]
        status = "Status: 404 " if path.endswith("nothing") else "Status: 200 "
        for _ in range(30):
            if not web.ask(responder.socket, DOCUMENT_URI=path).startswith(status):
                wrong.append(path)

    threads = [threading.Thread(target=worker, args=[number]) for number in range(15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
