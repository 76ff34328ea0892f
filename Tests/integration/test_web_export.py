"""Exports through nginx: what is in them, what they cost, and what becomes of one whose reader is slow or leaves."""

import csv
import datetime
import gzip
import http.client
import io
import json
import re
import shutil
import socket
import sqlite3
import zoneinfo

import pytest

import web
from served import history, responder, site  # noqa: F401

MINUTES = "/api/v1/export.csv?period=month&resolution=minute&kind=outlet"


def rows_of(answer):
    assert answer.status == 200, answer.body[:500]
    assert answer.body.endswith(b"\r\n")
    return list(csv.DictReader(io.StringIO(answer.body.decode(), newline=""), strict=True))


def peak_kibibytes(responder):
    with open(f"/proc/{responder.pid}/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1])


class Reader:
    """Somebody who asks and then reads as slowly as a test wants."""

    def __init__(self, site, target):
        self.socket = socket.socket()
        # Small buffers, so that it is felt how slowly it reads.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(30)
        self.socket.connect(("127.0.0.1", site.port))
        self.socket.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        self.head = b""
        while b"\r\n\r\n" not in self.head:
            self.head += self.socket.recv(512)

    def close(self):
        self.socket.close()


def test_a_table_agrees_with_the_history_and_the_sites_clocks(site):
    newest = site.get("/api/v1/site").json["data"]["newest_run"]
    end = datetime.datetime.fromisoformat(newest).date()
    query = f"start={end - datetime.timedelta(days=20)}&end={end}&resolution=day"
    rows = rows_of(site.get(f"/api/v1/export.csv?{query}&pdu_ids=1"))
    buckets = site.get(f"/api/v1/history?{query}&pdu_ids=1").json["data"]

    assert len(rows) == len(buckets) == 20
    zone = zoneinfo.ZoneInfo("Europe/London")
    for row, bucket in zip(rows, buckets, strict=True):
        start = datetime.datetime.fromisoformat(row["start_utc"])
        assert start == datetime.datetime.fromisoformat(bucket["start"])
        local = start.astimezone(zone)
        assert row["start_local"] == local.strftime("%Y-%m-%d %H:%M:%S")
        assert row["utc_offset"] == local.isoformat()[-6:]
        assert (row["pdu"], row["kind"], row["number"], row["name"]) == ("Demo PDU A", "pdu", "0", "")
        for column in ["energy_kwh", "power_mean_watts", "power_max_watts", "power_min_watts", "coverage"]:
            assert float(row[column]) == bucket[column]
        assert row["method"] == bucket["method"]


def test_json_has_the_same_rows(site):
    query = "period=day&kind=outlet&pdu_ids=1"
    rows = rows_of(site.get(f"/api/v1/export.csv?{query}"))
    data = site.get(f"/api/v1/export.json?{query}").json["data"]

    assert len(rows) == len(data) > 24
    for row, one in zip(rows, data, strict=True):
        assert list(row) == list(one)
        for name, value in one.items():
            assert row[name] == ("" if value is None else str(value)) or float(row[name]) == value


def test_it_comes_compressed_where_that_is_asked_for(site):
    plain = site.get("/api/v1/export.csv?period=month")
    packed = site.get("/api/v1/export.csv?period=month", Accept_Encoding="gzip")

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) * 5 < len(plain.body)
    assert plain.headers["Content-Encoding"] is None


def test_a_name_that_a_spreadsheet_takes_for_a_formula_is_made_harmless(history, tmp_path):
    shutil.copytree(history, tmp_path / "site", symlinks=True)
    web.write_configuration(tmp_path / "site")
    with sqlite3.connect(tmp_path / "site/state/history.db") as database:
        changed = database.execute(
            "UPDATE element_version SET name = '=HYPERLINK(\"http://x\",\"y\")' WHERE name = 'web-1'"
        ).rowcount
    database.close()
    assert changed
    responder = web.Responder(tmp_path / "site")
    site = web.stand_alone(responder)
    try:
        names = {row["name"] for row in rows_of(site.get("/api/v1/export.csv?kind=outlet"))}
        told = {row["name"] for row in site.get("/api/v1/export.json?kind=outlet").json["data"]}
    finally:
        site.close()
        responder.close()

    assert "'=HYPERLINK(\"http://x\",\"y\")" in names
    assert "=HYPERLINK(\"http://x\",\"y\")" in told
    assert not any(name.startswith(("=", "+", "-", "@")) for name in names)


def test_a_month_of_minutes_costs_no_memory_to_speak_of(site, responder):
    site.get("/api/v1/export.csv?period=day&kind=outlet")
    before = peak_kibibytes(responder)
    answer = site.get(MINUTES)

    assert len(answer.body) > 50_000_000
    assert answer.body.endswith(b"\r\n")
    # Less than the hundredth part of a year's file, and it does not grow with the length.
    assert peak_kibibytes(responder) - before < 60_000


def test_a_slow_reader_holds_up_nobody_and_whoever_leaves_makes_room(site):
    slow = Reader(site, MINUTES)
    assert slow.head.startswith(b"HTTP/1.1 200")
    # Of three threads, exports may have one; everybody else is answered as ever.
    refused = site.get("/api/v1/export.csv")
    assert refused.status == 429
    assert refused.headers["Retry-After"] == "1"
    assert json.loads(refused.body)["code"] == "too_many_at_once"
    for number in range(20):
        assert site.get(f"/api/v1/history?limit={number + 1}").status == 200

    slow.close()

    web.wait_until(lambda: site.get("/api/v1/export.csv").status == 200, "the place of who left")


def test_a_slow_reader_does_not_keep_the_history_from_being_checkpointed(history, tmp_path):
    shutil.copytree(history, tmp_path / "site", symlinks=True)
    web.write_configuration(tmp_path / "site")
    responder = web.Responder(tmp_path / "site")
    site = web.stand_alone(responder)
    slow = None
    try:
        slow = Reader(site, MINUTES)
        database = sqlite3.connect(tmp_path / "site/state/history.db", timeout=5)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("UPDATE pdu SET name = name")
        database.commit()
        busy, _, _ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        database.close()
    finally:
        if slow:
            slow.close()
        site.close()
        responder.close()

    assert busy == 0


def test_one_that_breaks_off_is_not_taken_for_whole(history):
    responder = web.Responder(history)
    site = web.stand_alone(responder)
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    try:
        connection.request("GET", MINUTES)
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.read(1000).startswith(b"start_utc,")
        responder.process.kill()
        with pytest.raises(http.client.IncompleteRead):
            answer.read()
    finally:
        connection.close()
        site.close()
        responder.close()


def test_the_responder_stops_in_the_middle_of_one(history):
    responder = web.Responder(history)
    site = web.stand_alone(responder)
    slow = Reader(site, MINUTES)
    try:
        assert responder.stop(seconds=10) == 0
    finally:
        slow.close()
        site.close()
        responder.close()
