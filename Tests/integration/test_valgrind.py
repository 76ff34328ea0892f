"""No memory is lost: the programs under valgrind, which knows every allocation of libsnmp, OpenSSL and SQLite, too."""

import functools
import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest

import agents
import polling
import snmpd
import web
from polling import Poller, community, credential

VALGRIND = shutil.which("valgrind")
# So that none of the statuses of our programs is mistaken for it.
FOUND = 99


@functools.cache
def is_sanitized():
    """Whether the programs under test have a sanitizer of their own, which does not go with valgrind."""
    return b"__asan_init" in (polling.BINARIES / "pdu-poll").read_bytes() or b"__tsan_init" in (
        polling.BINARIES / "pdu-poll"
    ).read_bytes()


@pytest.fixture(autouse=True)
def _valgrind(binaries):
    if VALGRIND is None:
        pytest.skip("needs valgrind (Debian package valgrind)")
    if is_sanitized():
        pytest.skip("the programs under test are built with a sanitizer, and valgrind cannot run those")


def under_valgrind(log):
    """The words before a program's own; what valgrind says goes to the file `log`."""
    return [
        VALGRIND, "--quiet", "--leak-check=full", "--show-leak-kinds=definite,indirect",
        "--errors-for-leak-kinds=definite,indirect", f"--error-exitcode={FOUND}", "--num-callers=30",
        f"--suppressions={pathlib.Path(__file__).parents[1] / 'sanitizers' / 'valgrind.supp'}", f"--log-file={log}",
    ]


def poll(poller, log):
    """Runs pdu-poll under valgrind on the configuration of `poller`; its exit status and what it said."""
    poller.write()
    done = subprocess.run(
        [*under_valgrind(log), polling.BINARIES / "pdu-poll", "--config", poller.path],
        capture_output=True, text=True, timeout=570, check=False,
    )
    assert done.returncode != FOUND, log.read_text()
    assert log.read_text() == ""
    return done


def changed(answer):
    """An answer whose last byte is another, so that no digest of it is right."""
    return [answer[:-1] + bytes([answer[-1] ^ 1])]


def test_a_poll_loses_no_memory(tmp_path):
    """First contact, known PDUs, and every way to fail that leaves a conversation in the middle."""
    with (
        snmpd.Snmpd(tmp_path / "agent") as agent,
        agents.Nonsense() as nonsense,
        agents.UDPServer() as silent,
        agents.Relay(agent, answered=changed) as forger,
    ):
        # valgrind is slow, above all at making keys: no deadline and no time-out may come of that, however busy the
        # machine is.
        poller = Poller(tmp_path, timeout=60, retries=4, deadline=590)
        poller.configuration["poll"]["interval"] = 600
        poller.add("Left", agent.address, credential("SHA", "AES"))
        poller.add("Plain", agent.address, credential())
        poller.add("Old", agent.address, community(), timeout=59)
        poller.add("Stranger", agent.address, credential("SHA", "AES", user="nobody"))
        poller.add("Wrong", agent.address, credential("SHA", "AES", auth_passphrase="something else"))
        poller.add("Nonsense", nonsense.address, credential("SHA", "AES"), timeout=5, retries=0)
        poller.add("Silent", silent.address, credential("SHA", "AES"), timeout=5, retries=0)
        poller.add("Forged", forger.address, credential("SHA", "AES"), timeout=10, retries=0)
        poller.add("Nowhere", "does-not-exist.invalid", credential("SHA", "AES"))
        for attempt in ["first contact", "known"]:
            done = poll(poller, tmp_path / f"valgrind {attempt}.log")
            assert done.returncode == 1, done.stderr
            for name, reason in {
                "Stranger": "unknown_user", "Wrong": "wrong_auth_passphrase", "Nonsense": "bad_response",
                "Silent": "timeout", "Nowhere": "unreachable", "Forged": "bad_response",
            }.items():
                assert re.search(rf"^pdu-poll: {name} .*: {reason}: ", done.stderr, re.MULTILINE), done.stderr
            assert re.search(r"^pdu-poll: 9 PDUs: 3 ok, 6 failed", done.stderr, re.MULTILINE), done.stderr


def ask(path, document, query):
    """The answer of the responder at the socket `path`, however long it takes."""
    with web.connect(path, seconds=120) as connection:
        connection.sendall(web.request(DOCUMENT_URI=document, QUERY_STRING=query))
        return web.output(web.receive(connection))


def test_answering_loses_no_memory():
    """Hundreds of requests of every kind, well-formed and not, and an orderly stop."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="pdu-web-"))
    log = directory / "valgrind.log"
    site = web.shared_history()
    responder = web.Program(
        *under_valgrind(log), web.BINARIES / "pdu-fcgi", "--config", site / "pdu-monitor.yaml",
        "--socket", directory / "s", log=directory / "fcgi.log",
    )
    try:
        web.wait_until(lambda: web.listens(directory / "s"), responder.text, seconds=300)
        targets = [
            ("/api/pdus", ""), ("/api/current-status", ""), ("/api/pdus/1", ""), ("/api/pdus/1/outlets", ""),
            ("/api/power-data", "period=day"), ("/api/power-data", "period=year&pdu_ids[]=1"),
            ("/api/statistics", "period=month"), ("/api/events", ""), ("/api/none", ""),
            ("/api/power-data", "period=decade"), ("/api/explain", "pdu_id=1&period=day"),
        ]
        for turn in range(200):
            path, query = targets[turn % len(targets)]
            assert ask(directory / "s", path, query).startswith("Status: ")
            for piece in [b"", b"GET / HTTP/1.0\r\n\r\n", web.request()[: turn % 90]] if turn % 5 == 0 else []:
                with web.connect(directory / "s") as client:
                    client.sendall(piece)
        assert responder.stop(seconds=300) == 0, log.read_text()
        assert log.read_text() == ""
    finally:
        if responder.is_alive():
            responder.process.kill()
            responder.process.wait()
        shutil.rmtree(directory)
