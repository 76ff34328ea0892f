"""pductl import: the predecessor's history, as its users have it, in both of its schemas."""

import json
import os
import sqlite3

import pytest

from predecessor import OUTLETS, Predecessor, minutes, text, utc
from sites import Site, agent, entry  # noqa: F401

TWO = """pdus:
  - {name: Right, address: 172.0.250.10, credentials: z_right}
  - {name: Left PDU, id: left, address: '172.0.250.99:1161', credentials: z_right}
"""


@pytest.fixture
def site(tmp_path):
    """As it is after an installation: the state directory is there, the history is not."""
    (tmp_path / "state").mkdir(mode=0o750)
    return Site(tmp_path)


@pytest.fixture
def old(tmp_path):
    """A predecessor's file with two PDUs, and a day of minutes of the first: 1 kW."""
    file = Predecessor(tmp_path / "pdu_monitor.db")
    file.pdu(1, "Right PDU", "172.0.250.10").pdu(2, "Left PDU", "172.0.250.11")
    file.readings(1, [(moment, 1000.0) for moment in minutes(utc(2026, 3, 2, 0, 0, 7), 1440)])
    return file


def imported(site, path, *options):
    result = site.pductl("import", str(path), "--json", *options)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def rows(site, sql):
    with sqlite3.connect(f"file:{site.directory}/state/history.db?mode=ro", uri=True) as history:
        return history.execute(sql).fetchall()


def hourly(site, pdu=1):
    return dict(rows(site, f"""
        SELECT period_start, round(total_kwh, 6) FROM power_aggregations
        WHERE period_type = 'hourly' AND pdu_id = {pdu} AND total_kwh IS NOT NULL ORDER BY period_start"""))


def test_a_day_is_taken_with_its_energy_and_a_second_import_adds_nothing(site, old):
    site.write(TWO)
    path = old.close()

    first = imported(site, path)
    before = rows(site, "SELECT * FROM history"), rows(site, "SELECT * FROM power_readings")
    second = imported(site, path)

    assert (first["read"], first["taken"], first["not_taken"]) == (1440, 1440, {})
    assert first["clock"] == "utc" and first["unit"] == "W" and first["interval_seconds"] == 60
    assert [(pdu["former_name"], pdu["name"], pdu["is_configured"]) for pdu in first["pdus"]] == [
        ("Right PDU", "Right", True), ("Left PDU", "Left PDU", True),
    ]
    assert rows(site, "SELECT count(*), min(power_watts), max(power_watts) FROM power_readings") == [(1440, 1000, 1000)]
    assert set(hourly(site).values()) == {1.0, round(59 / 60, 6)} and len(hourly(site)) == 24
    assert (second["taken"], second["not_taken"]) == (0, {"already_there": 1440})
    assert before == (rows(site, "SELECT * FROM history"), rows(site, "SELECT * FROM power_readings"))


def test_the_report_for_people_says_what_was_taken_and_why_the_rest_was_not(site, old):
    site.write(TWO)
    old.readings(1, [("2026-03-02 00:00:50", 7.0), ("yesterday", 5.0), (utc(2026, 3, 3), -4.0)])
    old.readings(9, [(utc(2026, 3, 3), 10.0)])

    result = site.pductl("import", str(old.close()))

    assert result.returncode == 0, result.stderr
    for line in [
        "Right PDU at 172.0.250.10 → Right (by its address)",
        "Left PDU at 172.0.250.11 → Left PDU (by its name)",
        "  1440 of 1443 readings taken, from 2026-03-02T00:00:00Z to 2026-03-02T23:59:00Z",
        "  1 not taken: a second reading of one minute: the first counts",
        "  1 not taken: the power is negative",
        "  1 not taken: the time cannot be read, or the site's clocks never showed it",
        "  1 not taken: its PDU or outlet is not in the file",
    ]:
        assert line in result.stdout.splitlines(), result.stdout
    assert "\x1b" not in result.stdout
    assert "readings_imported" in site.pductl("events", "--since", "2026-01-01").stdout


def test_no_energy_is_made_up_over_a_gap(site, tmp_path):
    site.write(TWO)
    file = Predecessor(tmp_path / "gap.db").pdu(1, "Right PDU", "172.0.250.10")
    file.readings(1, [(moment, 600.0) for moment in minutes(utc(2026, 3, 2, 10), 61)])
    file.readings(1, [(moment, 600.0) for moment in minutes(utc(2026, 3, 2, 14), 61)])

    imported(site, file.close())

    assert hourly(site) == {"2026-03-02T10:00:00Z": 0.6, "2026-03-02T14:00:00Z": 0.6}
    explained = site.pductl("explain", "Right", "2026-03-02T09:00:00Z", "2026-03-02T16:00:00Z").stdout
    assert "1.200 kWh" in explained and "nothing was made up" in explained, explained


def test_a_pdu_that_is_configured_nowhere_is_kept_and_not_polled(site, old):
    site.write("pdus: []\n")

    report = imported(site, old.close())

    assert [pdu["is_configured"] for pdu in report["pdus"]] == [False, False]
    assert rows(site, "SELECT name, ip_address FROM pdus") == [("Right PDU", "172.0.250.10")]
    assert rows(site, "SELECT is_configured FROM pdu") == [(0,)]


def test_a_pdu_may_be_mapped_by_hand(site, old):
    site.write(TWO)
    path = old.close()

    wrong = site.pductl("import", str(path), "--map", "Right PDU=Lift PDU")
    report = imported(site, path, "--map", "Right PDU=Left PDU")

    assert wrong.returncode == 2 and 'did you mean "Left PDU"?' in wrong.stderr
    assert report["pdus"][0]["name"] == "Left PDU" and report["pdus"][0]["match"] == "as told"
    assert rows(site, "SELECT key FROM pdu") == [("left",)]


def test_a_dry_run_says_the_same_and_changes_nothing(site, old):
    site.write(TWO)
    path = old.close()

    trial = imported(site, path, "--dry-run")

    assert trial["taken"] == 1440 and trial["is_dry_run"] is True
    assert rows(site, "SELECT count(*) FROM pdu") == [(0,)]
    assert imported(site, path)["taken"] == 1440


def test_what_the_poller_has_read_stays_and_goes_on(site, agent, old, tmp_path):
    site.write(entry(agent.address, name="Right PDU"))
    assert site.run("pdu-poll").returncode == 0
    own = rows(site, "SELECT * FROM power_readings")

    report = imported(site, old.close())
    again = site.run("pdu-poll")

    assert report["taken"] == 1440
    assert set(own) < set(rows(site, "SELECT * FROM power_readings"))
    assert again.returncode == 0, again.stderr
    assert rows(site, "SELECT count(*) FROM pdu WHERE is_configured") == [(1,)]
    kept = hourly(site)
    assert site.pductl("rebuild").returncode == 0
    assert hourly(site) == kept


# --- Units ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row, unit, watts",
    [
        (lambda moment: (moment, 1.5, 1.5), "kW", 1500.0),
        (lambda moment: (moment, 1.5, 1500.0), "kW", 1500.0),
        (lambda moment: (moment, 1500.0, 1500.0), "W", 1500.0),
        (lambda moment: (moment, 1500.0, 1.5), "W", 1500.0),
    ],
)
def test_watts_and_kilowatts_are_told_apart(site, tmp_path, row, unit, watts):
    site.write(TWO)
    file = Predecessor(tmp_path / "unit.db").pdu(1, "Right PDU", "172.0.250.10")
    file.readings(1, [row(moment) for moment in minutes(utc(2026, 3, 2), 60)])

    report = imported(site, file.close())

    assert (report["unit"], report["taken"]) == (unit, 60), report
    assert rows(site, "SELECT DISTINCT power_watts FROM power_readings") == [(watts,)]


def test_a_row_whose_columns_disagree_is_not_taken_and_the_unit_may_be_told(site, tmp_path):
    site.write(TWO)
    file = Predecessor(tmp_path / "unit.db").pdu(1, "Right PDU", "172.0.250.10")
    file.readings(1, [(moment, 12.0) for moment in minutes(utc(2026, 3, 2), 60)])
    file.readings(1, [(utc(2026, 3, 2, 2), 12.0, 77.0)])
    path = file.close()

    trial = imported(site, path, "--unit", "kW", "--dry-run")
    report = imported(site, path)

    assert trial["unit"] == "kW" and trial["taken"] == 60
    assert report["not_taken"] == {"units_disagree": 1}


def test_power_made_of_a_current_is_marked_as_an_estimate(site, tmp_path):
    site.write("pdus: []\n")
    file = Predecessor(tmp_path / "estimate.db").pdu(1, "Right PDU", "172.0.250.10")
    file.readings(1, [(moment, round(22.8 * (20 + index % 5), 4)) for index, moment in enumerate(minutes(utc(2026, 3, 2), 200))])

    report = imported(site, file.close())

    assert report["power_is_estimate"] is True and any("22.8 W" in doubt for doubt in report["doubts"])
    assert rows(site, "SELECT power_is_estimate FROM element_version") == [(1,)]


# --- The clock --------------------------------------------------------------------------------------------------------


def london(file, moments):
    """The readings of `moments` as a clock in London showed them."""
    import zoneinfo

    zone = zoneinfo.ZoneInfo("Europe/London")
    file.readings(1, [(text(moment.astimezone(zone)), 1200.0) for moment in moments])
    return file


@pytest.mark.parametrize("start", [utc(2026, 3, 28, 20), utc(2025, 10, 25, 20)], ids=["spring", "autumn"])
def test_local_times_are_known_by_the_change_of_the_clocks(site, tmp_path, start):
    site.write(TWO)
    file = Predecessor(tmp_path / "local.db").pdu(1, "Right PDU", "172.0.250.10")
    moments = minutes(start, 600)

    report = imported(site, london(file, moments).close())

    assert report["clock"] == "local" and report["clock_is_sure"] is True, report
    assert report["taken"] == 600
    times = [time for (time,) in rows(site, "SELECT timestamp FROM power_readings ORDER BY timestamp")]
    assert times == [moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in moments]


@pytest.mark.parametrize("start", [utc(2026, 3, 28, 20), utc(2025, 10, 25, 20)], ids=["spring", "autumn"])
def test_times_in_utc_are_known_by_it_too(site, tmp_path, start):
    site.write(TWO)
    file = Predecessor(tmp_path / "utc.db").pdu(1, "Right PDU", "172.0.250.10")
    file.readings(1, [(moment, 1200.0) for moment in minutes(start, 600)])

    report = imported(site, file.close())

    assert report["clock"] == "utc" and report["clock_is_sure"] is True, report
    assert report["taken"] == 600


def test_the_last_change_of_the_file_tells_the_clock_and_a_person_overrules_it(site, tmp_path):
    site.write(TWO)
    file = Predecessor(tmp_path / "summer.db").pdu(1, "Right PDU", "172.0.250.10")
    moments = minutes(utc(2026, 6, 1, 10), 60)
    path = london(file, moments).close()
    last = moments[-1].timestamp()

    os.utime(path, (last + 1, last + 1))
    by_file = imported(site, path, "--dry-run")
    os.utime(path)
    default = imported(site, path, "--dry-run")
    told = imported(site, path, "--clock", "local")

    assert (by_file["clock"], by_file["clock_is_sure"]) == ("local", True)
    assert (default["clock"], default["clock_is_sure"]) == ("utc", False)
    assert any("--clock local" in doubt for doubt in default["doubts"])
    assert told["clock"] == "local"
    assert rows(site, "SELECT min(timestamp) FROM power_readings") == [("2026-06-01T10:00:00Z",)]


# --- Outlets ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def outlets(tmp_path):
    file = Predecessor(tmp_path / "outlets.db", OUTLETS).pdu(1, "Raritan PX3-5892", "172.0.250.9")
    times = minutes(utc(2026, 3, 2), 120)
    file.readings(1, [(moment, 100.0) for moment in times])
    for number in range(1, 37):
        file.port(100 + number, 1, number, "Outlet 3" if number == 3 else f"server {number}")
    for port, watts in [(101, 40.0), (102, 60.0), (103, 0.0)]:
        file.outlet_readings(port, [(moment, watts) for moment in times])
    return file.group("Web", [101, 102]).group("Empty", [130]).group("Mixed", [103, 131])


def test_outlets_are_taken_with_their_measurements_and_names(site, outlets):
    site.write("pdus: []\n")

    report = imported(site, outlets.close())

    assert report["schema"] == "outlets" and report["taken"] == 480
    assert report["pdus"][0]["outlet_readings"]["taken"] == 360
    assert rows(site, """
        SELECT element.number, element_version.name FROM element JOIN element_version ON element_id = element.id
        WHERE kind = 'outlet' ORDER BY number""") == [
            (1, "server 1"), (2, "server 2"), (3, None),
        ]
    explained = site.pductl("explain", "Raritan PX3-5892/outlet/1", "2026-03-02T00:00:00Z", "2026-03-02T01:00:00Z")
    assert "0.040 kWh" in explained.stdout, explained.stdout + explained.stderr


def test_groups_and_labels_are_taken_and_stay(site, outlets):
    site.write("pdus:\n  - {name: Rack, address: 172.0.250.9, credentials: z_right}\n")
    path = outlets.close()

    first = imported(site, path)
    with sqlite3.connect(site.directory / "state" / "settings.db") as settings:
        groups = settings.execute("SELECT name, colour, description FROM element_group ORDER BY name").fetchall()
        members = settings.execute("SELECT count(*) FROM group_member").fetchone()
        labels = settings.execute("SELECT label FROM element_label ORDER BY label").fetchall()
        settings.execute("UPDATE element_label SET label = 'mine' WHERE label = 'server 1'")
    second = imported(site, path)

    assert first["groups"] == ["Web", "Mixed"] and first["labels"] == 2
    assert groups == [("Mixed", "#1f77b4", "of old"), ("Web", "#1f77b4", "of old")] and members == (3,)
    assert labels == [("server 1",), ("server 2",)]
    assert any("none of its outlets has a reading" in sentence for sentence in first["left"])
    assert second["groups"] == [] and second["labels"] == 0 and second["taken"] == 0
    with sqlite3.connect(site.directory / "state" / "settings.db") as settings:
        assert settings.execute("SELECT count(*) FROM element_label WHERE label = 'mine'").fetchone() == (1,)


# --- What is no such file ----------------------------------------------------------------------------------------------


def test_other_files_are_refused_with_what_they_are(site, agent, tmp_path):
    site.write(entry(agent.address))
    site.run("pdu-poll")
    (tmp_path / "text.db").write_text("not a database, but a text that is long enough to be looked into" * 20)
    sqlite3.connect(tmp_path / "empty.db").execute("CREATE TABLE pdus (id INTEGER)").connection.close()
    before = rows(site, "SELECT * FROM history")

    answers = {
        name: site.pductl("import", name)
        for name in ["nowhere.db", "text.db", "empty.db", "state/history.db"]
    }

    assert all(answer.returncode != 0 for answer in answers.values())
    assert "No such file" in answers["nowhere.db"].stderr
    assert "not a database" in answers["text.db"].stderr
    assert "no database of the predecessor" in answers["empty.db"].stderr
    assert "pductl restore" in answers["state/history.db"].stderr
    assert rows(site, "SELECT * FROM history") == before
