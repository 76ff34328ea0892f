"""SNMPv3 engines are remembered from run to run, and noticed when they are not what they were."""

import sqlite3

import pytest
import snmpd
from agents import Relay, UDPServer
from polling import Poller, credential

USER = credential("SHA", "AES")


@pytest.fixture
def pdu(tmp_path):
    """An rPDU2 of the test's own."""
    with snmpd.Snmpd(tmp_path / "agent") as agent:
        yield agent


def requests(run):
    """How many requests the one PDU of a verbose run needed."""
    line = next(line for line in run.stderr.splitlines() if " requests, " in line)
    return int(line.split(" requests, ")[0].split()[-1])


def poll(poller):
    """A run that stores."""
    return poller.run("--json", "--verbose")


def engine(poller):
    """The one engine that is remembered."""
    with sqlite3.connect(poller.state / "history.db") as history:
        return history.execute("SELECT engine_id, boots, time, observed_at FROM snmp_engine").fetchone()


@pytest.fixture
def known(pdu, tmp_path):
    """A poller that has met the PDU, and reads it with one request from then on."""
    poller = Poller(tmp_path).add("PDU", pdu.address, USER)
    first = poll(poller)
    assert first.outcomes == {"PDU": "ok"}
    assert requests(first) > 1
    return poller


def test_a_known_pdu_costs_one_request(known):
    run = poll(known)
    assert run.outcomes == {"PDU": "ok"}
    assert requests(run) == 1
    assert run.pdu("PDU")["readings"] == known.ask().pdu("PDU")["readings"]


def test_a_restarted_agent_costs_one_request_more(known, pdu):
    poller = known
    boots = engine(poller)[1]
    pdu.restart()
    run = poll(poller)
    assert run.outcomes == {"PDU": "ok"}
    assert requests(run) == 2
    assert engine(poller)[1] == boots + 1


def test_a_replaced_pdu_is_met_anew_within_the_run(known, pdu):
    poller = known
    identity = engine(poller)[0]
    pdu.replace()
    run = poll(poller)
    assert run.outcomes == {"PDU": "ok"}
    assert engine(poller)[0] != identity
    # The refusal, then perhaps the clock.
    assert requests(run) <= 3


def test_a_pdu_whose_boots_were_reset_is_met_anew_within_the_run(known, pdu):
    poller = known
    with sqlite3.connect(poller.state / "history.db") as history:
        history.execute("UPDATE snmp_engine SET boots = boots + 40")
    run = poll(poller)
    assert run.outcomes == {"PDU": "ok"}
    assert engine(poller)[1] < 40


def test_an_engine_that_ignores_what_is_for_another_is_met_anew_within_the_run(known, pdu):
    poller = known
    old = engine(poller)[0]
    pdu.replace()
    # This one drops what names another engine, where snmpd would refuse it with a report.
    with Relay(pdu) as relay:
        answers = relay.answers
        relay.answers = lambda datagram: [] if old in datagram else answers(datagram)
        poller.configuration["pdus"][0]["address"] = relay.address
        with sqlite3.connect(poller.state / "history.db") as history:
            history.execute("UPDATE snmp_engine SET address = ?", (relay.address,))
        poller.configuration["snmp"] |= {"timeout": 0.3, "retries": 3}
        run = poll(poller)
    assert run.outcomes == {"PDU": "ok"}


def test_a_dead_pdu_is_asked_no_more_often_for_being_known(known, pdu):
    poller = known
    pdu.stop()
    with UDPServer(pdu.host, pdu.port) as silent:
        poller.configuration["snmp"] |= {"timeout": 0.3, "retries": 3}
        run = poll(poller)
    assert run.outcomes == {"PDU": "timeout"}
    assert silent.received == 4


def test_the_engine_is_kept_when_a_run_fails(known, pdu):
    poller = known
    before = engine(poller)
    pdu.stop()
    assert poll(poller).outcomes == {"PDU": "unreachable"}
    assert engine(poller) == before


def test_a_changed_passphrase_is_told_apart_with_a_known_engine(known):
    poller = known
    parts = poller.configuration["credentials"]["of PDU"]
    parts["privacy_passphrase"] = "not-the-passphrase"
    assert poll(poller).outcomes == {"PDU": "wrong_privacy_passphrase"}
    parts["auth_passphrase"] = "not-the-passphrase"
    assert poll(poller).outcomes == {"PDU": "wrong_auth_passphrase"}


NEW = "a-new-authentication-secret"


def rekey(pdu):
    """Gives the PDU's users another passphrase; its engine stays the same, and has started once more."""
    pdu.stop()
    kept = pdu.directory / "persistent" / "snmpd.conf"
    lines = kept.read_text().splitlines(keepends=True)
    kept.write_text("".join(line for line in lines if not line.startswith("usmUser")))
    pdu.auth = NEW
    pdu.start()


def test_a_rekeyed_pdu_is_refused_for_its_passphrase_and_known_again_with_the_new_one(known, pdu):
    poller = known
    before = engine(poller)
    rekey(pdu)
    assert poll(poller).outcomes == {"PDU": "wrong_auth_passphrase"}
    poller.configuration["credentials"]["of PDU"]["auth_passphrase"] = NEW
    run = poll(poller)
    assert run.outcomes == {"PDU": "ok"}
    # Its new boots, at the most.
    assert requests(run) <= 2
    assert engine(poller)[:2] == (before[0], before[1] + 1)
    assert requests(poll(poller)) == 1


def test_a_pdu_rekeyed_together_with_the_configuration_is_met_anew_within_the_run(known, pdu):
    poller = known
    rekey(pdu)
    poller.configuration["credentials"]["of PDU"]["auth_passphrase"] = NEW
    run = poll(poller)
    assert run.outcomes == {"PDU": "ok"}
    assert requests(run) == 2


def test_a_pdu_replaced_and_rekeyed_is_met_anew_within_the_run(known, pdu):
    poller = known
    identity = engine(poller)[0]
    pdu.auth = NEW
    pdu.replace()
    poller.configuration["credentials"]["of PDU"]["auth_passphrase"] = NEW
    run = poll(poller)
    assert run.outcomes == {"PDU": "ok"}
    assert requests(run) <= 3
    assert engine(poller)[0] != identity


def test_a_pdu_rekeyed_for_privacy_alone_is_told_from_a_dead_one(known, pdu):
    poller = known
    poller.configuration["credentials"]["of PDU"]["privacy_passphrase"] = NEW
    assert poll(poller).outcomes == {"PDU": "wrong_privacy_passphrase"}
    poller.configuration["credentials"]["of PDU"]["privacy_passphrase"] = snmpd.PRIVACY
    run = poll(poller)
    assert run.outcomes == {"PDU": "ok"}
    assert requests(run) == 1


def test_a_restarted_pdu_is_met_anew_through_a_network_that_loses_datagrams(known, pdu):
    poller = known
    pdu.restart()
    # The refusal is lost once, and so is the question that follows from it.
    with Relay(pdu, drops=lambda count: count in (1, 3)) as relay:
        poller.configuration["pdus"][0]["address"] = relay.address
        with sqlite3.connect(poller.state / "history.db") as history:
            history.execute("UPDATE snmp_engine SET address = ?", (relay.address,))
        poller.configuration["snmp"] |= {"timeout": 3, "retries": 3}
        run = poll(poller)
    assert run.outcomes == {"PDU": "ok"}
    assert requests(run) == 4


def test_pdus_with_the_same_engine_id_and_other_passphrases_do_not_mix(tmp_path):
    """Badly cloned management cards."""
    agents = [snmpd.Snmpd(tmp_path / name) for name in ("a", "b")]
    agents[0].engine_id = agents[1].engine_id = "0x8000000001020304"
    agents[1].auth = "quite-another-secret"
    with agents[0], agents[1]:
        # Its clock differs, too.
        agents[1].restart()
        agents[1].restart()
        poller = Poller(tmp_path)
        for number in range(3):
            poller.add(f"A{number}", agents[0].address, USER)
            poller.add(f"B{number}", agents[1].address, USER | {"auth_passphrase": agents[1].auth})
        assert set(poller.ask().outcomes.values()) == {"ok"}
