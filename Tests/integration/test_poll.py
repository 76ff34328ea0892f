"""pdu-poll reads stock snmpd processes that answer as PDUs."""

import sqlite3

import pytest
import snmpd
from polling import Poller, community, credential


@pytest.fixture(scope="module")
def pdu(tmp_path_factory):
    """An rPDU2."""
    with snmpd.Snmpd(tmp_path_factory.mktemp("rpdu2"), users=snmpd.EVERY) as agent:
        yield agent


@pytest.fixture(scope="module")
def every_protocol(pdu, tmp_path_factory):
    """What became of the same PDU, asked with every pair of protocols in one run."""
    poller = Poller(tmp_path_factory.mktemp("protocols"), timeout=2, retries=2)
    for auth, privacy in snmpd.EVERY:
        poller.add(snmpd.user_name(auth, privacy), pdu.address, credential(auth, privacy))
    return poller.ask()


@pytest.mark.parametrize("auth, privacy", snmpd.EVERY)
def test_every_pair_of_protocols_is_spoken(every_protocol, auth, privacy):
    pdu = every_protocol.pdu(snmpd.user_name(auth, privacy))
    assert (pdu["status"], pdu["detail"]) == ("ok", None)
    assert pdu["readings"][0]["power_watts"] == 1210


@pytest.mark.parametrize("version", ["1", "2c"])
def test_communities_are_spoken_where_configured(pdu, tmp_path, version):
    run = Poller(tmp_path).add("PDU", pdu.address, community(version)).ask()
    assert run.outcomes == {"PDU": "ok"}
    assert len(run.pdu("PDU")["readings"]) == 7


def test_a_reading_says_what_the_pdu_says(pdu, tmp_path):
    run = Poller(tmp_path).add("Left", pdu.address, credential("SHA", "AES")).ask()
    assert run.status == 0
    left = run.pdu("Left")
    assert left["address"] == pdu.address
    assert left["profile"] == "apc-rpdu2"
    assert left["reason"] is None
    assert left["latency_ms"] >= 0
    keys = ["power_watts", "apparent_power_va", "current_amps", "voltage_volts", "power_factor", "energy_kwh", "state"]
    table = [[r["element"], r["number"], r["name"]] + [r[key] for key in keys] for r in left["readings"]]
    assert table == [
        ["pdu", 0, "Rack 7 left", 1210, 1280, 5.6, 229, 0.95, 12345.6, None],
        ["phase", 1, None, 1210, 1280, 5.6, 229, 0.95, None, None],
        ["bank", 1, None, None, None, 3.1, None, None, None, None],
        ["bank", 2, None, None, None, 2.5, None, None, None, None],
        ["outlet", 1, "web-1", 672, None, 3.1, None, None, 7000.1, "on"],
        ["outlet", 2, "db-1", 529, None, 2.5, None, None, 5340, "on"],
        ["outlet", 3, "spare", 0, None, 0, None, None, 5.5, "off"],
    ]
    sensor = left["sensors"][0]
    assert (sensor["name"], sensor["temperature_celsius"], sensor["humidity_percent"]) == ("Front", 23.1, 41)


def test_power_that_is_calculated_is_marked_as_an_estimate(tmp_path):
    with snmpd.Snmpd(tmp_path / "agent", "rpdu") as agent:
        poller = Poller(tmp_path)
        poller.add("Old", agent.address, credential("SHA", "AES"), nominal_voltage=230, power_factor=0.9)
        run = poller.ask()
    whole = run.pdu("Old")["readings"][0]
    assert (whole["power_watts"], whole["power_is_estimate"]) == (910.8, True)
    assert whole["energy_kwh"] is None


def test_a_run_is_stored_and_summed_up(pdu, tmp_path):
    poller = Poller(tmp_path).add("Left", pdu.address, credential("SHA", "AES"))
    run = poller.run()
    assert run.status == 0
    assert run.stdout == ""
    assert run.stderr.startswith("pdu-poll: 1 PDUs: 1 ok, 0 failed; 7 readings; ")
    with sqlite3.connect(poller.state / "history.db") as history:
        rows = history.execute("SELECT pdu_id, power_watts, power_kw, timestamp FROM power_readings").fetchall()
        names = history.execute("SELECT id, name, ip_address FROM pdus").fetchall()
    assert [row[:3] for row in rows] == [(names[0][0], 1210, 1.21)]
    assert rows[0][3].endswith(":00Z")
    assert names[0][1:] == ("Left", pdu.host)


def test_a_dry_run_leaves_nothing_behind(pdu, tmp_path):
    poller = Poller(tmp_path).add("Left", pdu.address, credential("SHA", "AES"))
    assert poller.run("--dry-run").status == 0
    assert not poller.state.exists()


def test_pdus_can_be_chosen_by_name(pdu, tmp_path):
    poller = Poller(tmp_path)
    for name in ["Left", "Right", "Middle"]:
        poller.add(name, pdu.address, credential("SHA", "AES"))
    assert list(poller.ask("--pdu", "Right", "--pdu=Left").outcomes) == ["Left", "Right"]
    wrong = poller.ask("--pdu", "Lfet")
    assert wrong.status == 2
    assert 'no PDU in the configuration is called "Lfet"; did you mean "Left"?' in wrong.stderr


def test_ipv6_addresses_are_reached(tmp_path):
    try:
        agent = snmpd.Snmpd(tmp_path / "agent", address="::1").start()
    except (OSError, RuntimeError):
        pytest.skip("this machine has no IPv6 loopback interface")
    with agent:
        run = Poller(tmp_path).add("PDU", agent.address, credential("SHA", "AES")).ask()
    assert run.outcomes == {"PDU": "ok"}


def test_names_are_resolved_and_every_address_of_a_name_is_tried(tmp_path):
    # localhost is often ::1 first, where nothing listens on this port.
    with snmpd.Snmpd(tmp_path / "agent", address="127.0.0.1") as agent:
        run = Poller(tmp_path).add("PDU", f"localhost:{agent.port}", credential("SHA", "AES")).ask()
    assert run.outcomes == {"PDU": "ok"}
