"""The whole way: snmpd, pdu-poll, the database, pdu-fcgi, nginx, JSON; each step looked at."""

import re
import sqlite3
import time


def query(stack, sql, *parameters):
    connection = sqlite3.connect(f"file:{stack.database}?mode=ro", uri=True)
    try:
        return connection.execute(sql, parameters).fetchall()
    finally:
        connection.close()


def test_both_pdus_are_read_over_snmpv3_and_online(stack):
    pdus = stack.data("api/current-status")

    assert [pdu["name"] for pdu in pdus] == ["Demo PDU A", "Demo PDU B"]
    assert [pdu["status"] for pdu in pdus] == ["online", "online"]
    assert all(1000 < pdu["current_power_watts"] < 4000 for pdu in pdus)
    assert stack.says("2 PDUs: 2 ok, 0 failed")


def test_the_page_is_there_and_says_what_it_is(stack):
    status, headers, body = stack.get("")

    assert status == 200
    assert headers["Content-Type"].startswith("text/html")
    assert b"<main" in body


def test_the_chart_library_comes_compressed_from_this_host(stack):
    _, _, page = stack.get("")
    path = re.search(rb"vendor/plotly-part-[0-9.]+\.min\.js", page).group().decode()

    status, headers, body = stack.get(path, **{"Accept-Encoding": "gzip"})

    assert status == 200
    assert headers["Content-Encoding"] == "gzip"
    assert len(body) < 400_000


def test_the_reading_on_the_page_is_the_reading_in_the_database(stack):
    # A poll between the two questions would be no error: then ask again.
    for _ in range(3):
        shown = stack.data("api/current-status")[0]
        [(timestamp, watts)] = query(
            stack,
            "SELECT timestamp, power_watts FROM power_readings WHERE pdu_id = ? ORDER BY timestamp DESC LIMIT 1",
            shown["id"],
        )
        if stack.data("api/current-status")[0] == shown:
            break

    assert watts == shown["current_power_watts"]
    assert timestamp[:16] == shown["last_reading"][:16] or "+" in shown["last_reading"]


def test_a_poll_arrives_every_minute(stack):
    first = stack.data("api/current-status")[0]["last_reading"]
    deadline = time.monotonic() + 90

    while stack.data("api/current-status")[0]["last_reading"] == first:
        assert time.monotonic() < deadline, stack.text
        time.sleep(0.5)

    minutes = [row[0] for row in query(stack, "SELECT minute FROM run ORDER BY minute DESC LIMIT 2")]
    assert minutes[0] - minutes[1] == 60


def test_the_past_and_the_present_are_one_series(stack):
    newest = query(
        stack,
        "SELECT total_kwh, avg_power_watts FROM power_aggregations "
        "WHERE period_type = 'hourly' AND pdu_id IS NOT NULL ORDER BY period_start DESC LIMIT 2",
    )
    jumps = query(stack, "SELECT kind, detail FROM event WHERE kind LIKE '%reset%'")

    # The counter goes on where the made-up past ended: no more energy in an hour than power allows.
    assert all(kwh is None or kwh <= watts / 1000 * 1.1 + 0.2 for kwh, watts in newest)
    assert jumps == []


def test_every_period_has_something_to_show(stack):
    for period, least in {"day": 20, "week": 7, "month": 28, "year": 2}.items():
        data = stack.data(f"api/power-data?period={period}")
        assert len({len(data[key]) for key in ["labels", "kwh", "avg_power", "max_power", "min_power"]}) == 1
        assert sum(value is not None for value in data["kwh"]) >= least, period


def test_statistics_know_when_the_peak_was(stack):
    statistics = stack.data("api/statistics?period=week")

    assert statistics["min_power_watts"] < statistics["avg_power_watts"] < statistics["max_power_watts"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:00", statistics["peak_hour"])


def test_a_request_that_cannot_be_served_says_why(stack):
    status, headers, body = stack.get("api/power-data?period=fortnight")

    assert status == 400
    assert headers["Content-Type"].startswith("application/json")
    assert b'"success":false' in body and b"day" in body


def test_the_demonstration_says_that_it_is_one(stack):
    assert (stack.state / "DEMONSTRATION").exists()
    assert all(name.startswith("Demo ") for (name,) in query(stack, "SELECT name FROM pdus"))
