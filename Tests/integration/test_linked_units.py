"""A chain of PDUs behind one address, from snmpd to the web interface and pductl: a host and its guests.

The middle one has the address; it is module 2, its guests are 1 and 3.
"""

import dataclasses
import json
import os
import pathlib
import re
import sqlite3
import subprocess
import time

import pytest

import web
from polling import BINARIES, Poller, credential
from recorded import RecordedAgent
from shifted_clock import ahead

CHAIN = pathlib.Path(__file__).resolve().parents[1] / "devices" / "fixtures" / "apc-rpdu2-chain.snmprec"
RPDU2 = "1.3.6.1.4.1.318.1.1.26."
UNITS = ["Chain", "Chain unit 1", "Chain unit 3"]
HOST, TOP, BOTTOM = UNITS


def without_module(module, snmprec):
    """The recording without the rows of a module, which each table has in its column 2."""
    rows = {
        (name.rsplit(".", 2)[0], name.rsplit(".", 1)[1])
        for name, _, value in fields(snmprec)
        if name.startswith(RPDU2) and name.rsplit(".", 2)[1] == "2" and value == str(module)
    }
    kept = [
        "|".join(field)
        for field in fields(snmprec)
        if (field[0].rsplit(".", 2)[0], field[0].rsplit(".", 1)[1]) not in rows
    ]
    assert len(kept) < len(list(fields(snmprec))) - 50
    return "\n".join(kept) + "\n"


def fields(snmprec):
    return [line.split("|", 2) for line in snmprec.splitlines() if line and not line.startswith("#")]


@dataclasses.dataclass
class Moment:
    """What everybody says at one time."""

    # By name: the list of PDUs, the latest of each, all that is known of each, and its outlets.
    pdus: dict
    latest: dict
    whole: dict
    outlets: dict
    # What `pductl status` prints.
    status: str


class Chain:
    """A chain and those who watch it, whose clock the test moves on."""

    def __init__(self, directory):
        self.recording = CHAIN.read_text()
        self.agent = RecordedAgent(directory / "agent", self.recording).start()
        self.poller = Poller(directory, timeout=1, retries=1)
        self.poller.add(HOST, self.agent.address, credential("SHA", "AES"), id="chain")
        self.database = self.poller.state / "history.db"
        self.directory = directory
        # A few seconds into a minute.
        self.base = 60 - int(time.time()) % 60 + 5

    def close(self):
        self.agent.stop()

    def become(self, snmprec):
        """Changes what the agent answers; its uptime does not show it."""
        self.agent.stop()
        self.agent.take(snmprec)
        self.agent.start()

    def poll(self, minute):
        """A run at that minute from the beginning."""
        return self.poller.run("--json", "--verbose", environment=ahead(self.base + 60 * minute))

    def pductl(self, *arguments, minute):
        environment = dict(os.environ, **ahead(self.base + 60 * minute + 20))
        return subprocess.run(
            [BINARIES / "pductl", *arguments, "--config", self.poller.path],
            env=environment, capture_output=True, text=True, timeout=60,
        )

    def look(self, minute):
        """What pdu-fcgi and pductl say twenty seconds after the run of that minute."""
        environment = dict(os.environ, **ahead(self.base + 60 * minute + 20))
        responder = web.Responder(self.directory, env=environment)
        try:
            def data(path):
                text = web.ask(responder.socket, DOCUMENT_URI=path)
                answer = json.loads(text.split("\r\n\r\n", 1)[1])
                assert answer["success"], text
                return answer["data"]

            pdus = {pdu["name"]: pdu for pdu in data("/api/pdus")}
            latest = {pdu["name"]: pdu for pdu in data("/api/current-status")}
            whole = {name: data(f"/api/pdus/{pdu['id']}") for name, pdu in pdus.items()}
            outlets = {name: data(f"/api/pdus/{pdu['id']}/outlets") for name, pdu in pdus.items()}
        finally:
            responder.close()
        return Moment(pdus, latest, whole, outlets, self.pductl("status", minute=minute).stdout)

    def rows(self, sql, *parameters):
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as database:
            return database.execute(sql, parameters).fetchall()

    def content(self):
        """Everything in the database but how often it has changed."""
        tables = [name for (name,) in self.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        return {
            table: self.rows(f'SELECT * FROM "{table}" ORDER BY 1, 2' if table != "history" else "SELECT 1")
            for table in tables
        }


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    chain = Chain(tmp_path_factory.mktemp("chain"))
    yield chain
    chain.close()


@pytest.fixture(scope="module")
def story(chain):
    """What happens, once for all tests: what the runs said, and what was to be seen."""
    runs, moments = {}, {}

    def run(*minutes):
        for minute in minutes:
            runs[minute] = chain.poll(minute)
        moments[minutes[-1]] = chain.look(minutes[-1])

    run(0, 1)
    chain.become(without_module(3, chain.recording))
    run(2, 5)
    # It comes back with another name; everything is read again at the latest half an hour after the last time.
    chain.become(chain.recording.replace("|bottom\n", "|cellar\n"))
    run(40)
    chain.agent.stop()
    run(41, 44)
    return runs, moments


@pytest.fixture(scope="module")
def runs(story):
    return story[0]


@pytest.fixture(scope="module")
def moments(story):
    return story[1]


def test_one_address_is_three_pdus(chain, runs, moments):
    report = runs[1].report["pdus"]
    assert [(pdu["name"], pdu.get("host"), pdu.get("unit")) for pdu in report] == [
        (HOST, None, None), (TOP, HOST, 1), (BOTTOM, HOST, 3),
    ]
    assert chain.rows("SELECT name, ip_address FROM pdus ORDER BY id") == [(name, chain.agent.host) for name in UNITS]
    pdus = moments[1].pdus
    assert [(pdus[name]["host_id"], pdus[name]["unit"]) for name in UNITS] == [
        (None, None), (pdus[HOST]["id"], 1), (pdus[HOST]["id"], 3),
    ]
    assert [pdus[name]["device_name"] for name in UNITS] == ["middle", "top", "bottom"]
    assert [pdus[name]["address"] for name in UNITS] == [chain.agent.address] * 3
    assert moments[1].whole[HOST]["linked_ids"] == [pdus[TOP]["id"], pdus[BOTTOM]["id"]]


def test_the_second_run_asks_for_what_moves_of_all_three(runs):
    requests = [int(re.search(r", (\d+) requests", runs[minute].stderr)[1]) for minute in [0, 1]]
    assert requests[1] <= 3 < requests[0]
    assert "2 more units behind this address" in runs[1].stderr
    assert [pdu["readings"] for pdu in runs[1].report["pdus"]] == [pdu["readings"] for pdu in runs[0].report["pdus"]]


def test_each_is_shown_with_what_it_measures(moments):
    latest, outlets = moments[1].latest, moments[1].outlets
    assert [(latest[name]["status"], latest[name]["current_power_watts"]) for name in UNITS] == [
        ("online", 460), ("online", 230), ("online", 2070),
    ]
    assert [[outlet["name"] for outlet in outlets[name]] for name in UNITS] == [
        ["core-a", "core-b"], [], ["blade-1", "blade-2", "blade-3"],
    ]
    assert [moments[1].whole[name]["serial"] for name in UNITS] == ["5A0000H00002", "5A0000G00001", "5A0000T00003"]
    for name, watts in zip(UNITS, [460, 230, 2070]):
        assert re.search(rf"^{name} +127\.\S+ +{watts} W +\d+ s  online$", moments[1].status, re.M), moments[1].status


def test_readings_of_each_are_stored(chain, moments):
    ids = [moments[1].pdus[name]["id"] for name in UNITS]
    rows = chain.rows("SELECT pdu_id, power_watts FROM power_readings WHERE timestamp IN "
                      "(SELECT DISTINCT timestamp FROM power_readings ORDER BY timestamp LIMIT 2) ORDER BY timestamp")
    assert sorted(rows) == sorted(2 * list(zip(ids, [460, 230, 2070])))


def test_a_guest_that_vanishes_is_offline_with_a_sentence_and_the_others_go_on(runs, moments):
    # At once, in the same run.
    assert [pdu["name"] for pdu in runs[2].report["pdus"]] == [HOST, TOP]
    assert runs[2].outcomes[HOST] == "ok"
    latest = moments[5].latest
    assert [latest[name]["status"] for name in UNITS] == ["online", "online", "offline"]
    assert latest[BOTTOM]["failure"] == "unreachable"
    sentence = "Chain was read, but unit 3 was not among the units that its address answers for."
    assert latest[BOTTOM]["failure_detail"] == sentence
    assert latest[BOTTOM]["current_power_watts"] is None
    assert [latest[name]["current_power_watts"] for name in [HOST, TOP]] == [460, 230]
    assert moments[5].pdus[BOTTOM]["configured"]
    assert re.search(rf"^{BOTTOM} .* offline: unreachable$", moments[5].status, re.M)
    assert sentence in moments[5].status


def test_a_guest_that_comes_back_with_another_name_keeps_its_id_and_history(chain, moments):
    before, after = moments[1].pdus[BOTTOM], moments[40].pdus[BOTTOM]
    assert (before["device_name"], after["device_name"]) == ("bottom", "cellar")
    assert after["id"] == before["id"]
    assert len(moments[40].pdus) == 3
    assert moments[40].latest[BOTTOM]["status"] == "online"
    assert moments[40].latest[BOTTOM]["failure"] is None
    minutes = chain.rows("SELECT count(*) FROM power_readings WHERE pdu_id = ?", after["id"])
    assert minutes == [(3,)]
    outlets = [[outlet["element_id"] for outlet in moments[minute].outlets[BOTTOM]] for minute in [1, 40]]
    assert outlets[0] == outlets[1]


def test_when_the_host_dies_all_are_offline_for_the_same_reason(runs, moments):
    assert runs[44].outcomes.keys() == {HOST}
    reason = runs[44].outcomes[HOST]
    assert reason in ["timeout", "unreachable"]
    latest = moments[44].latest
    assert [latest[name]["status"] for name in UNITS] == ["offline"] * 3
    assert {latest[name]["failure"] for name in UNITS} == {reason}
    assert {latest[name]["failure_detail"] for name in UNITS} == {runs[44].pdu(HOST)["detail"]}
    assert len(re.findall(rf"offline: {reason}$", moments[44].status, re.M)) == 3


def test_what_happened_is_told(chain, story):
    told = chain.pductl("events", minute=44).stdout
    assert re.search(r"Chain unit 3\b.*unit 3 was not among the units", told), told


def test_a_rebuild_gives_the_same_bytes(chain, story):
    before = chain.content()
    rebuilt = chain.pductl("rebuild", minute=45)
    assert rebuilt.returncode == 0, rebuilt.stderr
    after = chain.content()
    assert [table for table in before if before[table] != after.get(table)] == []
    assert before.keys() == after.keys()
    assert len(before["rollup"]) > 3
