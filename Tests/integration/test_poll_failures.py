"""Each way of failing has its own reason, says what to do, and harms no other PDU."""

import time

import pytest
import snmpd
from agents import Nonsense, Relay, UDPServer, damaged
from polling import Poller, community, credential

WRONG = "not-the-passphrase"
SECRETS = [snmpd.AUTH, snmpd.PRIVACY, snmpd.COMMUNITY, WRONG]


@pytest.fixture(scope="module")
def pdu(tmp_path_factory):
    """An rPDU2."""
    with snmpd.Snmpd(tmp_path_factory.mktemp("rpdu2"), users=snmpd.EVERY) as agent:
        yield agent


MISTAKES = {
    "a user that the PDU does not know": (credential("SHA", "AES", user="nobody"), "unknown_user"),
    "such a user without authentication": (credential(user="nobody"), "unknown_user"),
    "more than the user may": (
        credential("SHA", privacy_protocol="AES", privacy_passphrase=WRONG, security_level="authPriv"),
        "unsupported_security_level",
    ),
    "authentication of a user without": (
        credential(auth_protocol="SHA", auth_passphrase=WRONG, security_level="authNoPriv"),
        "unsupported_security_level",
    ),
    "less than the user must": (credential("SHA", user="privileged"), "unsupported_security_level"),
    "another hash": (credential("SHA", "AES", auth_protocol="MD5"), "wrong_auth_passphrase"),
    "another cipher": (credential("SHA", "AES", privacy_protocol="DES"), "wrong_privacy_passphrase"),
    "a wrong community": (community("2c", WRONG), "timeout"),
}
for protocol in snmpd.AUTH_PROTOCOLS:
    MISTAKES[f"a wrong passphrase for {protocol}"] = (
        credential(protocol, "AES", auth_passphrase=WRONG),
        "wrong_auth_passphrase",
    )
for protocol in snmpd.PRIVACY_PROTOCOLS:
    MISTAKES[f"a wrong passphrase for {protocol}"] = (
        credential("SHA", protocol, privacy_passphrase=WRONG),
        "wrong_privacy_passphrase",
    )


@pytest.fixture(scope="module")
def mistakes(pdu, tmp_path_factory):
    """What became of every mistake, all made in one run."""
    poller = Poller(tmp_path_factory.mktemp("mistakes"))
    for name, (mistake, _) in MISTAKES.items():
        poller.add(name, pdu.address, mistake)
    return poller.ask()


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_the_credential_is_told_apart(mistakes, name):
    assert mistakes.status == 1
    assert mistakes.outcomes[name] == MISTAKES[name][1]
    assert mistakes.pdu(name)["readings"] == []
    line = next(line for line in mistakes.stderr.splitlines() if line.startswith(f"pdu-poll: {name} ("))
    assert MISTAKES[name][1] in line
    assert f'credential "of {name}"' in line


def test_no_failure_shows_a_secret(mistakes):
    for secret in SECRETS:
        assert secret not in mistakes.stdout + mistakes.stderr


def test_a_silent_address_is_a_timeout(tmp_path):
    with UDPServer() as silent:
        start = time.monotonic()
        run = Poller(tmp_path, timeout=0.3, retries=2).add("PDU", silent.address, credential("SHA", "AES")).ask()
        elapsed = time.monotonic() - start
    assert run.outcomes == {"PDU": "timeout"}
    assert silent.received == 3
    assert elapsed >= 0.9
    assert run.pdu("PDU")["latency_ms"] is None


def test_a_closed_port_is_unreachable_at_once(tmp_path):
    start = time.monotonic()
    run = Poller(tmp_path, timeout=10).add("PDU", f"127.0.0.1:{snmpd.free_port()}", credential("SHA", "AES")).ask()
    assert run.outcomes == {"PDU": "unreachable"}
    assert "Connection refused" in run.pdu("PDU")["detail"]
    assert time.monotonic() - start < 5


def test_a_name_that_does_not_resolve_is_unreachable(tmp_path):
    run = Poller(tmp_path, deadline=20).add("PDU", "no-such-host.invalid", credential("SHA", "AES")).ask()
    assert run.outcomes == {"PDU": "unreachable"}
    assert "the name does not resolve" in run.pdu("PDU")["detail"]


@pytest.mark.parametrize("question", [credential("SHA", "AES"), community("2c"), community("1")])
@pytest.mark.parametrize(
    "text", [b"hello, this is not SNMP", b"", b"\x30\x84\xff\xff\xff\xff", b"\x30\x80" * 700, bytes(1400)]
)
def test_nonsense_is_a_bad_response(tmp_path, question, text):
    with Nonsense(text) as nonsense:
        run = Poller(tmp_path, timeout=0.2).add("PDU", nonsense.address, question).ask()
    assert run.outcomes == {"PDU": "bad_response"}


def test_answers_to_other_questions_are_not_taken(pdu, tmp_path):
    def other_request_id(answer):
        # The request-id is the first INTEGER inside the response (tag 0xa2), here of four bytes.
        place = answer.index(b"\xa2")
        place = answer.index(b"\x02\x04", place) + 2
        return [answer[:place] + bytes(byte ^ 0x55 for byte in answer[place : place + 4]) + answer[place + 4 :]]

    with Relay(pdu, other_request_id) as relay:
        run = Poller(tmp_path, timeout=0.3).add("PDU", relay.address, community("2c")).ask()
    assert run.outcomes == {"PDU": "bad_response"}
    assert "another question" in run.pdu("PDU")["detail"]


def test_something_else_that_speaks_snmp_is_an_unsupported_device(tmp_path):
    with snmpd.Snmpd(tmp_path / "agent", "printer") as agent:
        run = Poller(tmp_path).add("PDU", agent.address, credential("SHA", "AES")).ask()
    assert run.outcomes == {"PDU": "unsupported_device"}
    assert "A printer" in run.pdu("PDU")["detail"]


def test_lost_requests_are_repeated(pdu, tmp_path):
    with Relay(pdu, drops=lambda count: count % 2 == 1) as relay:
        run = Poller(tmp_path, timeout=0.3, retries=1).add("PDU", relay.address, credential("SHA", "AES")).ask()
    assert run.outcomes == {"PDU": "ok"}


def test_an_answer_that_comes_after_its_time_out_still_counts(pdu, tmp_path):
    with Relay(pdu, delay=0.5) as relay:
        run = Poller(tmp_path, timeout=0.4, retries=3).add("PDU", relay.address, credential("SHA", "AES")).ask()
    assert run.outcomes == {"PDU": "ok"}


def test_answers_that_come_twice_do_no_harm(pdu, tmp_path):
    with Relay(pdu, lambda answer: [answer, answer]) as relay:
        poller = Poller(tmp_path)
        poller.add("v3", relay.address, credential("SHA", "AES"))
        poller.add("v2c", relay.address, community("2c"))
        assert poller.ask().outcomes == {"v3": "ok", "v2c": "ok"}


def test_an_agent_that_ignores_its_user_is_not_taken_for_dead(pdu, tmp_path):
    # Discovery is answered twice; whatever names the user is dropped, as cards do with an address they do not list.
    with Relay(pdu, lambda answer: [answer, answer]) as relay:
        answers = relay.answers
        relay.answers = lambda datagram: [] if b"user-" in datagram else answers(datagram)
        run = Poller(tmp_path, timeout=0.2).add("PDU", relay.address, credential("SHA", "AES")).ask()
    assert run.outcomes == {"PDU": "timeout"}
    assert "answers discovery" in run.pdu("PDU")["detail"]


@pytest.mark.parametrize("seed", range(6))
def test_damaged_answers_never_crash(pdu, tmp_path, seed):
    with Relay(pdu, damaged(seed)) as relay:
        poller = Poller(tmp_path, timeout=0.2, deadline=10)
        for number in range(4):
            poller.add(f"v3 {number}", relay.address, credential("SHA", "AES"))
            poller.add(f"noAuth {number}", relay.address, credential())
            poller.add(f"v2c {number}", relay.address, community("2c"))
        run = poller.ask()
    assert run.status in (0, 1)
    assert len(run.outcomes) == 12


def test_the_deadline_ends_what_is_unfinished_and_keeps_what_was_read(pdu, tmp_path):
    with UDPServer() as silent:
        poller = Poller(tmp_path, timeout=30, deadline=2)
        poller.add("Dead", silent.address, credential("SHA", "AES"))
        poller.add("Alive", pdu.address, credential("SHA", "AES"))
        start = time.monotonic()
        run = poller.run("--json")
        elapsed = time.monotonic() - start
    assert run.outcomes == {"Dead": "deadline", "Alive": "ok"}
    assert run.status == 1
    assert 1.9 <= elapsed < 15


def test_the_dead_and_the_mad_delay_nobody(pdu, tmp_path):
    with UDPServer() as silent, Nonsense(times=200) as flood:
        poller = Poller(tmp_path, timeout=30, deadline=3)
        poller.configuration["poll"]["concurrency"] = 4
        for number in range(12):
            poller.add(f"Dead {number}", silent.address, credential("SHA", "AES"))
        for number in range(3):
            poller.add(f"Mad {number}", flood.address, credential("SHA", "AES"))
        poller.add("Lost", "no-such-host.invalid", credential("SHA", "AES"))
        poller.add("Alive", pdu.address, credential("SHA", "AES"))
        run = poller.ask()
    # It stands at the very end of a queue that four dead ones fill at a time.
    assert run.outcomes["Alive"] == "ok"
    assert set(run.outcomes.values()) <= {"ok", "deadline", "unreachable", "bad_response"}


def test_a_slow_pdu_is_read_all_the_same(tmp_path):
    # Every object takes a while, so that a request for many outlasts its time-out and less has to be asked.
    with snmpd.Snmpd(tmp_path / "agent", delay=0.01) as agent:
        run = Poller(tmp_path, timeout=0.5, retries=1).add("PDU", agent.address, credential("SHA", "AES")).ask()
    assert run.outcomes == {"PDU": "ok"}
    assert len(run.pdu("PDU")["readings"]) == 7
