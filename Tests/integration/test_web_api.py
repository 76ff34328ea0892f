"""The interface of the contract, as a browser gets it: through nginx, pdu-fcgi and the history."""

import datetime
import json
import re
import shutil
import sqlite3

import pytest

import web
from served import history, responder, site  # noqa: F401

ENDPOINTS = [
    "pdus", "pdus/1", "pdus/1/outlets", "pdus/1/phases", "pdus/1/banks", "pdus/1/sensors",
    "current-status", "power-data", "statistics", "events", "history", "consumers", "overview", "settings",
]
COLUMNS = ["labels", "kwh", "avg_power", "max_power", "min_power"]


def part_readings(row):
    """The measurements in a row of part_reading by element id, in W, Wh, A, V and VA: see Storage/PartReadings.swift."""
    numbers = []
    number = shift = 0
    for byte in row:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(number)
            number = shift = 0
    version, count, *rest = numbers
    assert version == 1
    columns = ["power", "energy", "current", "voltage", "apparent", "factor"]
    readings = {}
    element = 999_999
    for _ in range(count):
        step, marks = rest[:2]
        element += step >> 1 ^ -(step & 1)
        present = [column for place, column in enumerate(columns) if marks >> place & 1]
        readings[element] = {}
        for column, packed in zip(present, rest[2:]):
            zigzag = packed >> 1
            value = zigzag >> 1 ^ -(zigzag & 1)
            readings[element][column] = value if packed & 1 else value / 1000
        rest = rest[2 + len(present):]
    assert not rest
    return readings


def rows(history, sql, *parameters):
    connection = sqlite3.connect(f"file:{history}/state/history.db?mode=ro", uri=True)
    try:
        return connection.execute(sql, parameters).fetchall()
    finally:
        connection.close()


def test_the_pdus_are_those_of_the_database(site, history):
    pdus = site.get("/api/pdus").data

    assert [(pdu["id"], pdu["name"], pdu["ip"]) for pdu in pdus] == rows(
        history, "SELECT id, name, ip_address FROM pdus ORDER BY id"
    )
    assert len(pdus) == 2


def test_the_status_is_the_newest_reading(site, history):
    for pdu in site.get("/api/current-status").data:
        [(watts,)] = rows(
            history,
            "SELECT power_watts FROM power_readings WHERE pdu_id = ? ORDER BY timestamp DESC LIMIT 1",
            pdu["id"],
        )
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", pdu["last_reading"])
        if pdu["age_seconds"] <= 150:
            assert pdu["status"] == "online"
            assert pdu["current_power_watts"] == watts
            assert pdu["current_power_kw"] == pytest.approx(watts / 1000, abs=1e-9)
        else:
            assert pdu["status"] == "stale"
            assert pdu["current_power_watts"] is None and pdu["current_power_kw"] is None


@pytest.mark.parametrize("query, pdu", [("&pdu_ids[]=1", 1), ("&pdu_ids=2", 2), ("", None)])
@pytest.mark.parametrize("period, kind, count", [("day", "hourly", 24), ("week", "daily", 7), ("year", "monthly", 12)])
def test_the_buckets_are_the_aggregations_of_the_database(site, history, query, pdu, period, kind, count):
    data = site.get(f"/api/power-data?period={period}{query}").data

    assert {len(data[column]) for column in COLUMNS} == {count}
    stored = {
        start: values
        for start, *values in rows(
            history,
            "SELECT period_start, total_kwh, max_power_watts, min_power_watts FROM power_aggregations "
            "WHERE period_type = ? AND pdu_id IS ?",
            kind, pdu,
        )
    }
    compared = 0
    for start, *values in zip(data["starts"], data["kwh"], data["max_power"], data["min_power"]):
        known = stored.get(utc(start))
        if known is None:
            assert values == [None, None, None]
        else:
            assert values == pytest.approx(known, abs=1e-6)
            compared += 1
    assert compared >= 1


def utc(text):
    time = datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(datetime.timezone.utc)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("period", ["day", "week", "month", "year"])
def test_the_total_is_the_sum_of_the_bars_to_the_last_digit(site, period):
    bars = site.get(f"/api/power-data?period={period}").data
    statistics = site.get(f"/api/statistics?period={period}").data

    millionths = [round(kwh * 1e6) for kwh in bars["kwh"] if kwh is not None]
    assert round(statistics["total_kwh"] * 1e6) == sum(millionths)
    assert statistics["max_power_watts"] == max(watts for watts in bars["max_power"] if watts is not None)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:00", statistics["peak_hour"])


def test_both_ways_to_name_pdus_and_none_mean_the_same(site):
    answers = [
        site.get(f"/api/power-data?period=week{ids}").data
        for ids in ["", "&pdu_ids[]=1&pdu_ids[]=2", "&pdu_ids%5B%5D=2&pdu_ids%5B%5D=1", "&pdu_ids=1,2", "&pdu_ids=1%2C2"]
    ]

    assert all(answer == answers[0] for answer in answers)


def test_a_pdu_has_the_parts_of_the_database(site, history):
    pdu = site.get("/api/pdus/1").data

    assert pdu.items() >= site.get("/api/pdus").data[0].items()
    assert pdu["element_id"] == 1
    for kind in ["outlet", "phase", "bank"]:
        parts = site.get(f"/api/pdus/1/{kind}s").data
        assert [(part["element_id"], part["number"]) for part in parts] == rows(
            history, "SELECT id, number FROM element WHERE pdu_id = 1 AND kind = ? ORDER BY number", kind
        )
        assert pdu["counts"][f"{kind}s"] == len(parts)
        for part in parts:
            assert len(part["hourly_watts"]) == 24
            assert part["last_reading"] == pdu["last_reading"]
            if pdu["status"] == "online":
                (row,) = rows(
                    history, "SELECT readings FROM part_reading WHERE pdu_id = 1 ORDER BY time DESC LIMIT 1"
                )[0]
                newest = part_readings(row)[part["element_id"]]
                assert (part["power_watts"], part["current_amps"]) == (newest.get("power"), newest.get("current"))
    assert pdu["counts"]["outlets"] > 0
    assert pdu["counts"]["sensors"] == len(site.get("/api/pdus/1/sensors").data)


def test_the_hours_of_an_outlet_are_those_of_its_power_data(site):
    outlet = site.get("/api/pdus/1/outlets").data[0]
    hours = site.get(f"/api/power-data?period=day&element_ids={outlet['element_id']}").data

    # The hour may have passed in between.
    assert outlet["hourly_watts"][:-1] in (hours["avg_power"][:-1], hours["avg_power"][1:])
    assert any(watts is not None for watts in outlet["hourly_watts"])


def test_all_outlets_together_are_less_than_their_extremes_added_up(site):
    ids = [outlet["element_id"] for outlet in site.get("/api/pdus/1/outlets").data]
    together = site.get("/api/statistics?period=week&element_ids=" + ",".join(map(str, ids))).data
    alone = [site.get(f"/api/statistics?period=week&element_ids[]={id}").data for id in ids]

    assert together["element_ids"] == ids and together["pdu_ids"] == [1]
    assert together["total_kwh"] == pytest.approx(sum(one["total_kwh"] for one in alone), abs=1e-4)
    assert max(one["max_power_watts"] for one in alone) < together["max_power_watts"]
    assert together["max_power_watts"] < sum(one["max_power_watts"] for one in alone)
    assert together["min_power_watts"] > sum(one["min_power_watts"] for one in alone)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:00", together["peak_hour"])


@pytest.mark.parametrize(
    "target, status, words",
    [
        ("/api/power-data?period=fortnight", 400, "day, week, month or year"),
        ("/api/power-data?period=day&period=week", 400, "more than once"),
        ("/api/statistics?pdu_ids[]=x", 400, "positive whole numbers"),
        ("/api/statistics?pdu_ids=1,,2", 400, "positive whole numbers"),
        ("/api/statistics?pdu_ids[0]=1", 400, "pdu_ids[]"),
        ("/api/power-data?pdu_ids=" + ",".join(["1"] * 1001), 400, "1000"),
        ("/api/power-data?pdu_ids=77", 404, "no PDU 77"),
        ("/api/power-data?element_ids=77", 404, "no element 77"),
        ("/api/power-data?element_ids=1&pdu_ids=1", 400, "not both"),
        ("/api/statistics?element_ids=1,1000000", 400, "one kind"),
        ("/api/pdus/77", 404, "no PDU 77"),
        ("/api/pdus/77/outlets", 404, "no PDU 77"),
        ("/api/pdus/1/anything", 404, "/api/pdus/{id}/outlets"),
        ("/api/pdus/one", 404, "/api/pdus/{id}"),
        ("/api/power-data?a=%zz", 400, "percent sign"),
        ("/api/power-data?a=%ff", 400, "UTF-8"),
        ("/api/nothing", 404, "/api/power-data"),
        ("/api/", 404, "/api/power-data"),
        ("/api/pdus/", 404, "/api/power-data"),
        ("/api/pdus?x=" + "a" * 33000, 414, "bytes"),
        ("/api/pdus?x=" + "a" * 90000, 414, "too long"),
        ("/api/pdus%00", 400, "understood"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_cannot_be_served_is_said_in_the_contracts_form(site, target, status, words):
    answer = site.get(target)

    assert answer.status == status
    assert words in answer.error
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused_with_those_allowed(site, method):
    answer = site.get("/api/pdus", method=method, body=b"x" if method != "OPTIONS" else None)

    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert answer.error


def test_a_long_body_is_refused(site):
    answer = site.get("/api/pdus", method="POST", body=b"x" * 70_000)

    assert answer.status == 413
    assert "65536" in answer.error


ABSURD = [
    "?", "??", "&&&", "=", "=&=", "%00", "%", "period", "period=%00day", "period=day%00", "period[]=day", "PERIOD=day",
    "pdu_ids=1;2", "pdu_ids=1%20", "pdu_ids=%2B1", "pdu_ids=-0", "pdu_ids=1e3", "pdu_ids=NaN", "pdu_ids[][]=1",
    "pdu_ids[]=9223372036854775807", "pdu_ids[]=9223372036854775808", "pdu_ids=" + "9" * 5000, "pdu_ids=" + "," * 5000,
    "pdu_ids=1' OR '1'='1", "pdu_ids=1);DROP TABLE pdu;--", "period=<script>alert(1)</script>", "period=../../etc/passwd",
    "period=$(reboot)", "period=${jndi:ldap://x}", "x=" + "%41" * 9000, "a" * 20000, "&" * 20000, "x=1&" * 1500,
    "x=1&" * 2500, "%f0%9f%94%8c=%f0%9f%94%8c", "%c0%ae", "%ed%a0%80", "\u202eperiod=day".encode().hex(), "period=day#x",
]


@pytest.mark.parametrize("query", ABSURD, ids=lambda query: query[:24].encode("unicode_escape").decode())
def test_absurd_queries_get_an_answer_and_harm_nothing(site, responder, query):
    target = f"/api/power-data?{query}".replace(" ", "%20").replace("<", "%3C").replace(">", "%3E")

    answer = site.get(target)

    assert answer.status in {200, 400, 404, 414}
    assert answer.json["success"] is (answer.status == 200)
    text = answer.body.decode()
    assert "SELECT" not in text and str(responder.site) not in text and "<script" not in text
    assert responder.is_alive()


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_answers_are_kept_but_asked_for_again(site, endpoint):
    first = site.get(f"/api/{endpoint}")

    assert first.headers["Cache-Control"] == "private, no-cache"
    tag = first.headers["ETag"]
    assert re.fullmatch(r'W/"[0-9a-f]+"', tag)
    # The tag changes with half a minute; then there is a new one to ask with.
    for _ in range(3):
        answer = site.get(f"/api/{endpoint}", If_None_Match=f'"other", {tag}')
        if answer.status == 304:
            break
        tag = answer.headers["ETag"]
    assert answer.status == 304
    assert answer.body == b""
    assert answer.headers["ETag"] == tag
    assert site.get(f"/api/{endpoint}", If_None_Match='W/"0000000000000000"').status == 200


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_head_is_get_without_the_body(site, endpoint):
    head = site.get(f"/api/{endpoint}", method="HEAD")

    assert head.status == 200
    assert head.body == b""
    assert int(head.headers["Content-Length"]) > 20
    # And leaves nothing without a body in the cache.
    assert json.loads(site.get(f"/api/{endpoint}").body)["success"] is True


def test_answers_carry_the_security_headers_once(site):
    for answer in [site.get("/api/pdus"), site.get("/api/nothing"), site.get("/")]:
        for name in ["Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy"]:
            assert len(answer.headers.get_all(name)) == 1, name
        assert answer.headers["Server"] == "nginx"
    # What the API answers loads nothing, whoever opens it by itself; and it is short, since it comes with every answer.
    assert site.get("/api/pdus").headers["Content-Security-Policy"].startswith("default-src 'none'; ")


def test_a_large_answer_is_compressed_for_who_can_read_it(site):
    answer = site.get("/api/power-data?period=month", Accept_Encoding="gzip")

    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_a_responder_that_is_down_is_a_503_and_comes_back_by_itself(history):
    responder = web.Responder(history)
    site = web.stand_alone(responder)
    try:
        assert site.get("/api/pdus").status == 200
        responder.stop()
        # Beyond the second for which nginx keeps an answer.
        web.wait_until(lambda: site.get("/api/pdus").status != 200, "the end of the cached answer")

        down = site.get("/api/pdus")
        assert down.status == 503
        assert int(down.headers["Retry-After"]) > 0
        assert "pdu-fcgi" in down.error
        assert site.get("/").status == 200

        responder.start()
        assert site.get("/api/pdus").status == 200
    finally:
        site.close()
        responder.close()


def test_a_database_that_is_missing_comes_and_is_replaced_without_a_restart(history, tmp_path):
    web.write_configuration(tmp_path)
    responder = web.Responder(tmp_path)
    site = web.stand_alone(responder)
    try:
        missing = site.get("/api/current-status")
        assert missing.status == 503
        assert int(missing.headers["Retry-After"]) > 0
        assert missing.json["code"] == "history_missing"
        assert str(tmp_path) not in missing.body.decode()
        # What is wrong with a request is said all the same.
        assert site.get("/api/power-data?period=x").status == 400

        (tmp_path / "state").mkdir()
        copy(history, tmp_path)
        assert len(site.get("/api/pdus").data) == 2

        (tmp_path / "new").mkdir()
        other = sqlite3.connect(tmp_path / "new" / "history.db")
        sqlite3.connect(f"file:{history}/state/history.db?mode=ro", uri=True).backup(other)
        other.execute("UPDATE pdu SET name = 'Renamed' WHERE id = 1")
        other.commit()
        other.close()
        for suffix in ["-wal", "-shm"]:
            (tmp_path / "state" / f"history.db{suffix}").unlink(missing_ok=True)
        (tmp_path / "new" / "history.db").rename(tmp_path / "state" / "history.db")
        web.wait_until(lambda: site.get("/api/pdus").data[0]["name"] == "Renamed", "the other database")
    finally:
        site.close()
        responder.close()


def copy(history, target):
    """The history of one site as that of another."""
    destination = sqlite3.connect(target / "state" / "history.db")
    source = sqlite3.connect(f"file:{history}/state/history.db?mode=ro", uri=True)
    source.backup(destination)
    source.close()
    destination.close()


@pytest.mark.parametrize(
    "content, code", [(b"", "history_"), (b"not a database at all" * 500, "history_damaged")], ids=["empty", "garbage"]
)
def test_a_file_that_is_no_history_is_a_503(tmp_path, content, code):
    web.write_configuration(tmp_path)
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "history.db").write_bytes(content)
    responder = web.Responder(tmp_path)
    try:
        answer = web.ask(responder.socket)

        assert answer.startswith("Status: 503 ")
        assert f'"code":"{code}' in answer
        assert (tmp_path / "state" / "history.db").read_bytes() == content
    finally:
        responder.close()


def test_a_get_writes_nothing_even_where_it_could(history, tmp_path):
    shutil.copytree(history / "state", tmp_path / "state")
    web.write_configuration(tmp_path)
    before = contents(tmp_path / "state")
    responder = web.Responder(tmp_path)
    try:
        for endpoint in ENDPOINTS:
            assert web.ask(responder.socket, DOCUMENT_URI=f"/api/{endpoint}").startswith("Status: 200 ")
    finally:
        responder.close()

    after = contents(tmp_path / "state")
    assert after["history.db"] == before["history.db"]
    assert after["history.db-wal"] == before["history.db-wal"]
    assert after.keys() == before.keys()


def contents(directory):
    return {path.name: path.read_bytes() for path in directory.iterdir()}
