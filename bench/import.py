"""Measures taking over the predecessor's database: five million readings of it, in both of its schemas.

usage: import.py PROGRAMS DIRECTORY

The files are made once and kept in DIRECTORY. Beside each import stands one that finds everything there already, and the
same rows merely read by SQLite, which is the least that any import takes.
"""

import datetime
import os
import shutil
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "Tests", "integration"))

from measure import run, table  # noqa: E402
from predecessor import OUTLETS, WHOLE, Predecessor  # noqa: E402

READINGS = 5_000_000
BEGIN = datetime.datetime(2024, 1, 1)


def times(count):
    return [(BEGIN + datetime.timedelta(minutes=minute)).strftime("%Y-%m-%d %H:%M:03.250000") for minute in range(count)]


def watts(owner, minute):
    return 400.0 + 10 * owner + minute % 1440 / 5 + minute * 7919 % 13


def made(path, outlets):
    """The file at `path`, made where it is missing."""
    if os.path.exists(path):
        return path
    file = Predecessor(path + ".new", OUTLETS if outlets else WHOLE)
    file.database.execute("PRAGMA synchronous = OFF")
    if outlets:
        file.pdu(1, "Raritan", "172.0.250.9")
        for number in range(1, 37):
            file.port(number, 1, number, f"server {number}")
        minutes = READINGS // 37
        for minute, text in enumerate(times(minutes)):
            file.readings(1, [(text, watts(40, minute))])
            file.database.executemany(
                "INSERT INTO port_power_readings (port_id, timestamp, power_watts, power_kw, current_amps, voltage,"
                " power_factor, status) VALUES (?, ?, ?, ?, ?, 230.0, 0.95, 'ON')",
                ((port, text, w, w / 1000, w / 230) for port in range(1, 37) for w in [watts(port, minute) / 10]),
            )
    else:
        pdus = 6
        for number in range(1, pdus + 1):
            file.pdu(number, f"PDU {number}", f"172.0.250.{number}")
        for minute, text in enumerate(times(READINGS // pdus)):
            file.database.executemany(
                "INSERT INTO power_readings (pdu_id, timestamp, power_watts, power_kw) VALUES (?, ?, ?, ?)",
                ((pdu, text, w, w / 1000) for pdu in range(1, pdus + 1) for w in [watts(pdu, minute)]),
            )
    file.close()
    os.rename(path + ".new", path)
    return path


def only_read(path, sql):
    """Seconds that SQLite takes to hand out the rows."""
    begun = time.perf_counter()
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        for _ in database.execute(sql):
            pass
    return time.perf_counter() - begun


def measured(programs, directory, name, outlets):
    path = made(os.path.join(directory, f"{name}.db"), outlets)
    site = os.path.join(directory, "site")
    shutil.rmtree(site, ignore_errors=True)
    os.makedirs(os.path.join(site, "state"))
    configuration = os.path.join(site, "pdu-monitor.yaml")
    with open(configuration, "w", encoding="utf-8") as file:
        file.write(f"site: {{timezone: Europe/London}}\nstate_directory: {site}/state\ncredentials: {{}}\npdus: []\n")
    command = [os.path.join(programs, "pductl"), "import", path, "--config", configuration]
    first, second = run(command), run(command)
    history = os.path.join(site, "state", "history.db")
    with sqlite3.connect(history) as database:
        readings = database.execute("SELECT sum(readings) FROM rollup JOIN bucket ON bucket.id = bucket_id "
                                    "WHERE period = 'monthly'").fetchone()[0]
    rows = "SELECT * FROM port_power_readings" if outlets else "SELECT * FROM power_readings"
    sizes = [f"{os.path.getsize(file) / 2**20:.0f}" for file in (path, history)]
    return [
        name, f"{readings:,}", f"{first.wall / 1000:.1f} s; {first.cpu / 1000:.1f} s", f"{first.memory:.0f} MiB",
        f"{second.wall / 1000:.1f} s", f"{only_read(path, rows):.1f} s", " → ".join(sizes) + " MiB",
    ]


def main():
    programs, directory = sys.argv[1:3]
    os.makedirs(directory, exist_ok=True)
    table(
        "Five million readings of the predecessor",
        ["its file", "readings taken", "import: wall; CPU", "memory", "again", "only read by Python", "size"],
        [measured(programs, directory, "whole units", False), measured(programs, directory, "outlets", True)],
    )


if __name__ == "__main__":
    main()
