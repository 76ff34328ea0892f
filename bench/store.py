"""Measures the store: bytes on disk for each stored reading, and the processor's time for storing, packing and rebuilding.

usage: store.py HISTORY_TOOL

The sites are made up by history-tool, stored through the same code as a poll's, and packed after each hour and a half
of readings. A history of two days says what the readings of the last two days cost; by how much one of five days is
larger, what older ones do. The predecessor's table is filled with the same whole-unit powers beside it.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time

DAY = 86_400
# Half past one in the afternoon, UTC: half of a three-hour block is not yet packed.
END = 1_772_409_600 + 13 * 3600 + 1800
BATCH = 90
SITES = {"20 PDUs × (unit, 3 phases, 24 outlets)": (20, 24), "20 PDUs × power of the whole unit": (20, 0)}
READINGS = {"reading", "part_reading", "reading_block", "power_envelope", "run", "poll_rule"}
ROLLUPS = {"rollup", "site_rollup", "bucket"}


def tool(program, *arguments):
    """What history-tool says when it has done what `arguments` ask."""
    command = [program, *map(str, arguments)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def fill(program, path, units, outlets, days):
    """Makes a history of `days` days up to END."""
    minutes = days * DAY // 60
    return tool(program, "fill", path, units, outlets, END - days * DAY, minutes, BATCH)


def sizes(path):
    """Bytes of readings with their indexes and free pages, of rollups, and of the whole file."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        page = database.execute("PRAGMA page_size").fetchone()[0]
        free = database.execute("PRAGMA freelist_count").fetchone()[0] * page
        tables = dict(
            database.execute(
                "SELECT tbl_name, sum(pgsize) FROM dbstat JOIN sqlite_schema USING (name) GROUP BY tbl_name"
            )
        )
    readings = sum(size for table, size in tables.items() if table in READINGS) + free
    return [readings, sum(size for table, size in tables.items() if table in ROLLUPS), os.path.getsize(path)]


def columns(path):
    """Bytes of a reading's power and of its other measurements in a day's block, by kind of element."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        return database.execute(
            """
            SELECT kind, 1.0 * sum(length(power)) / sum(slots), 1.0 * sum(length(measurements)) / sum(slots)
            FROM reading_block JOIN element ON element.id = element_id
            WHERE is_day = 1 GROUP BY kind ORDER BY min(element_id)
            """
        ).fetchall()


def predecessor(path, history, days):
    """Bytes of a reading in the predecessor's table, with its index on time."""
    with sqlite3.connect(path) as database:
        database.execute(
            """
            CREATE TABLE power_readings (
                id INTEGER NOT NULL PRIMARY KEY, pdu_id INTEGER NOT NULL, timestamp DATETIME NOT NULL,
                power_watts FLOAT NOT NULL, power_kw FLOAT NOT NULL
            )
            """
        )
        database.execute("CREATE INDEX ix_power_readings_timestamp ON power_readings (timestamp)")
        database.execute("ATTACH ? AS ours", [history])
        count = database.execute(
            """
            INSERT INTO power_readings (pdu_id, timestamp, power_watts, power_kw)
            SELECT pdu_id, strftime('%Y-%m-%d %H:%M:%S.000000', timestamp), power_watts, power_kw
            FROM ours.power_readings ORDER BY id
            """
        ).rowcount
    assert count == 20 * days * DAY // 60, count
    return os.path.getsize(path) / count


def print_sizes(program, directory):
    """The table of bytes; answers the packing of the largest history and the paths of all."""
    print("\n| bytes for each stored reading | last two days | older |\n| --- | --- | --- |")
    packed = {}
    for number, (name, (units, outlets)) in enumerate(SITES.items()):
        new, old = (os.path.join(directory, f"{number}-{days}.db") for days in (2, 5))
        count = fill(program, new, units, outlets, 2)["readings"]
        packed[name] = fill(program, old, units, outlets, 5)
        parts = ["readings, indexes, free pages", "rollups", "the whole file"]
        more = packed[name]["readings"] - count
        for part, recent, whole in zip(parts, sizes(new), sizes(old)):
            print(f"| {name}: {part} | {recent / count:.2f} | {(whole - recent) / more:.2f} |")
        for kind, power, rest in columns(old):
            print(f"| … a day's block of a {kind}: power, all else | | {power:.2f} + {rest or 0:.2f} |")
    theirs = predecessor(os.path.join(directory, "predecessor.db"), os.path.join(directory, "1-5.db"), 5)
    print(f"| the predecessor's table, indexed by time | {theirs:.1f} | {theirs:.1f} |")
    return packed


def print_times(program, directory, packed):
    """The table of the processor's time."""
    print("\n| processor time | |\n| --- | --- |")
    run = tool(program, "fill", os.path.join(directory, "wide.db"), 358, 24, END, 30, 1)
    elements = run["readings"] // 30
    print(f"| store a run of {elements} elements (median; slowest of 30) ", end="")
    print(f"| {run['median_ms']:.0f} ms; {run['slowest_ms']:.0f} ms |")
    for name, cost in packed.items():
        print(f"| pack a reading of {name} | {cost['pack_ms'] * 1000 / cost['readings']:.1f} µs |")
    for outlets, name in ((0, "power of the whole unit"), (24, "unit, 3 phases, 24 outlets")):
        path = os.path.join(directory, f"month-{outlets}.db")
        readings = fill(program, path, 1, outlets, 30)["readings"]
        spent = tool(program, "rebuild", path)["rebuild_ms"]
        print(f"| rebuild 30 days of one PDU's minutes: {name}, {readings} readings | {spent:.0f} ms |")
    for days in (1, 30):
        spent = tool(program, "explain", path, 1, END - days * DAY, END)
        print(f"| explain {days} of its days, {spent['readings']} readings | {spent['explain_ms']:.0f} ms |")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        began = time.process_time()
        rows = len(database.execute("SELECT * FROM power_readings WHERE pdu_id = 1").fetchall())
        spent = (time.process_time() - began) * 1000
    print(f"| all {rows} rows of one PDU in 30 days through the view `power_readings` | {spent:.0f} ms |")


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as directory:
        packed = print_sizes(program, directory)
        print_times(program, directory, packed)


main()
