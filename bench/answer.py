"""Measures every view of a large history through nginx and pdu-fcgi.

usage: answer.py PROGRAMS_DIRECTORY STATE_DIRECTORY

The histories are made once and kept in STATE_DIRECTORY: 100 PDUs × 24 outlets with rollups of three years and minutes of
the last 400 days of each whole unit, and a tenth of that, 10 PDUs. They end at a fixed time, to which the responder's
clock is set. What history-tool makes in bulk is first compared, for a small site, with what runs leave, table by table.

Each request is a query of its own, so that nginx's cache of a second never answers and the responder is measured. "cold" is
the first request of a responder that has just been started; "from disk" is that after the kernel was told to forget the
database's pages as well; "warm" is one of many.
"""

import argparse
import contextlib
import hashlib
import http.client
import itertools
import json
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

from measure import median, percentile, table

PROJECT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "Tests" / "integration"))
os.environ["PDU_BIN"] = sys.argv[1]

import shifted_clock  # noqa: E402
import web  # noqa: E402

# 2026-10-17T13:30:00Z: half of a three-hour block is not yet packed.
END = 1_792_195_200 + 13 * 3600 + 1800
DAYS, KEPT, OUTLETS = 1096, 400, 24
PERIODS = ["day", "week", "month", "year"]

CONFIGURATION = """\
site: {{ name: Large site, timezone: Europe/London }}
state_directory: "{state}"
web: {{ threads: 2 }}
credentials_file: not-there.yaml
pdus:
  - {{ name: PDU 1, id: pdu1, address: 192.0.2.1, credentials: none }}
"""


def history_tool(programs, *arguments):
    """Runs history-tool."""
    subprocess.run([programs / "history-tool", *map(str, arguments)], check=True, stderr=subprocess.DEVNULL)


def contents(path):
    """A checksum of what a history says, whatever numbers its rows have."""
    digest = hashlib.sha256()
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        for query in [
            'SELECT period, start, "end", rollup.* FROM rollup JOIN bucket ON id = bucket_id ORDER BY 1, 2, 5',
            'SELECT period, start, "end", site_rollup.* FROM site_rollup JOIN bucket ON id = bucket_id ORDER BY 1, 2',
            "SELECT * FROM open_account ORDER BY pdu_id",
            "SELECT * FROM meter_checkpoint ORDER BY day_start, element_id",
            "SELECT start, element_id, step_seconds, slots, power_unit_milliwatts, power, measurements, is_day"
            " FROM reading_block ORDER BY start, element_id",
            "SELECT * FROM power_envelope ORDER BY element_id, month_start",
            "SELECT * FROM reading ORDER BY time, element_id",
            "SELECT * FROM part_reading ORDER BY time, pdu_id",
            "SELECT * FROM poll_rule ORDER BY valid_from",
        ]:
            cursor = database.execute(query)
            # Buckets are numbered in the order in which they were met.
            skip = {index for index, column in enumerate(cursor.description) if column[0] == "bucket_id"}
            for row in cursor:
                digest.update(repr([value for index, value in enumerate(row) if index not in skip]).encode())
    return digest.hexdigest()


def check_bulk(programs):
    """Ends the benchmark where history-tool's bulk is not what runs leave."""
    with tempfile.TemporaryDirectory() as directory:
        paths = {how: pathlib.Path(directory) / how / "history.db" for how in ["large", "slow"]}
        for how, path in paths.items():
            path.parent.mkdir()
            history_tool(programs, how, path, 4, 0, END, 12, 8)
        found = {how: contents(path) for how, path in paths.items()}
    if found["large"] != found["slow"]:
        sys.exit("history-tool large does not make what runs make")
    print("\nA history made in bulk was compared with one made run by run, and is the same.")


def site(programs, state, units):
    """The directory of the history of `units` PDUs, made where it is missing."""
    directory = state / f"{units}-pdus"
    database = directory / "state" / "history.db"
    if not (directory / "complete").exists():
        shutil.rmtree(directory, ignore_errors=True)
        database.parent.mkdir(parents=True)
        begun = time.monotonic()
        print(f"\nMaking {directory}: some minutes.", flush=True)
        history_tool(programs, "large", database, units, OUTLETS, END, DAYS, KEPT)
        print(f"It took {time.monotonic() - begun:.0f} s.")
        (directory / "complete").touch()
    # Brings a kept history to this program's schema, and fills in what that has new.
    history_tool(programs, "pack-all", database)
    (directory / "pdu-monitor.yaml").write_text(CONFIGURATION.format(state=database.parent))
    return directory


def describe(directory):
    """What is in the history, in a sentence."""
    path = directory / "state" / "history.db"
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        minutes = database.execute(
            "SELECT (SELECT sum(slots) FROM reading_block WHERE element_id < 1000000)"
            " + (SELECT count(*) FROM reading WHERE element_id < 1000000)"
        ).fetchone()[0]
        envelopes = database.execute("SELECT sum(length(days)) FROM power_envelope").fetchone()[0]
        powers = database.execute("SELECT sum(length(power) + length(measurements)) FROM reading_block").fetchone()[0]
        hours = database.execute(
            "SELECT count(*) FROM bucket CROSS JOIN rollup ON bucket_id = id WHERE period = 'hourly'"
        ).fetchone()[0]
    return (
        f"{minutes / 1e6:.1f} million minutes of whole units, {hours / 1e6:.1f} million hourly rollups,"
        f" {path.stat().st_size / 2**30:.1f} GiB; envelopes are {100 * envelopes / powers:.1f} % of the packed readings"
    )


@contextlib.contextmanager
def running(directory):
    """nginx and a responder at the history's time; gives both."""
    ahead = END + 20 - int(time.time())
    responder = web.Responder(directory, env=os.environ | shifted_clock.ahead(ahead))
    stack = web.stand_alone(responder)
    try:
        yield stack, responder
    finally:
        stack.close()
        responder.close()


class Client:
    """Asks over one connection."""

    numbers = itertools.count()

    def __init__(self, stack):
        self.connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=60)

    def get(self, path, expected=200):
        """Milliseconds until the whole answer was there, and the answer."""
        target = f"{path}{'&' if '?' in path else '?'}n={next(Client.numbers)}"
        begun = time.perf_counter()
        self.connection.request("GET", target)
        response = self.connection.getresponse()
        body = response.read()
        took = (time.perf_counter() - begun) * 1000
        if response.status != expected:
            sys.exit(f"{target[:200]}: {response.status} {body[:300]!r}")
        return took, body


def forget_pages(directory):
    """Asks the kernel to forget what it has of the database."""
    for path in (directory / "state").iterdir():
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def ids(generator, count, units):
    """So many PDUs at random, as a parameter."""
    return "pdu_ids=" + ",".join(map(str, sorted(generator.sample(range(1, units + 1), count))))


def questions(units):
    """Name, limit in milliseconds, and a maker of a path, of everything that is measured."""
    found = []
    for endpoint in ["power-data", "statistics"]:
        for period in PERIODS:
            for name, count in [("one PDU", 1), (f"{min(10, units // 2)} PDUs", min(10, units // 2)), ("all", 0)]:
                chosen = (lambda generator, count=count: "&" + ids(generator, count, units)) if count else (lambda _: "")
                found.append((
                    f"{endpoint}, {period}, {name}", 5,
                    lambda generator, chosen=chosen, endpoint=endpoint, period=period:
                        f"/api/{endpoint}?period={period}{chosen(generator)}",
                ))
    count = min(10, units)
    for name, chosen in [("now", ""), ("a year ago", "&start=2025-10-10&end=2025-10-11")]:
        found.append((
            f"readings, a day by the minute {name}, {count} PDUs", 50,
            lambda generator, chosen=chosen: f"/api/readings?{ids(generator, count, units)}{chosen}",
        ))
    return found


def remember_pages(directory):
    """Has the kernel read all of the database, as it has on a machine that has been up for a while."""
    for path in (directory / "state").iterdir():
        with open(path, "rb", buffering=0) as file:
            while file.read(1 << 24):
                pass


def first_times(directory, path, generator, count, prepare=lambda: None):
    """How long the first request of a responder takes, `count` times, after `prepare`."""
    times = []
    for _ in range(count):
        with running(directory) as (stack, _):
            prepare()
            client = Client(stack)
            # nginx's own first request, and the connection.
            client.get("/", 200)
            times.append(client.get(path(generator))[0])
    return times


def measure(directory, units, warm, cold, seed=1):
    """By question: warm times, cold times, times from disk, and bytes."""
    asked = questions(units)
    generators = {name: random.Random(f"{seed} {name}") for name, _, _ in asked}
    remember_pages(directory)
    found = {}
    for name, limit, path in asked:
        generator = generators[name]
        first = first_times(directory, path, generator, cold)
        with running(directory) as (stack, _):
            client = Client(stack)
            for _ in range(10):
                client.get(path(generator))
            answers = [client.get(path(generator)) for _ in range(warm)]
        found[name] = (limit, [took for took, _ in answers], first, len(answers[0][1]))
    # Last, since what is forgotten would have to be read again by whoever comes next.
    return {
        name: (limit, warm_times, first,
               first_times(directory, path, generators[name], cold, lambda: forget_pages(directory)), size)
        for (name, _, path), (limit, warm_times, first, size) in zip(asked, found.values())
    }


def worst(directory, units):
    """Rows about the worst that anybody can ask."""
    path = directory / "state" / "history.db"
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        outlets = [row[0] for row in database.execute("SELECT id FROM element WHERE kind = 'outlet' ORDER BY id")]

    def chosen(count):
        return "element_ids=" + ",".join(map(str, outlets[:count]))

    half = "pdu_ids=" + ",".join(map(str, range(1, units, 2)))
    rows = []
    with running(directory) as (stack, responder):
        client = Client(stack)
        for name, target, status in [
            ("half of the PDUs, a year", f"/api/power-data?period=year&{half}", 200),
            ("1,000 outlets, a day", f"/api/power-data?period=day&{chosen(1000)}", 200),
            ("1,000 outlets, a month", f"/api/power-data?period=month&{chosen(1000)}", 200),
            ("all 2,400 outlets", f"/api/power-data?period=year&{chosen(len(outlets))}", 400),
            ("5,000 ids", "/api/power-data?pdu_ids=" + ",".join(["1"] * 5000), 400),
            ("a query of 40,000 bytes", "/api/power-data?pdu_ids=" + ",".join(["1"] * 20_000), 414),
            ("readings, all PDUs, a week", "/api/readings?start=2026-10-01&end=2026-10-08", 413),
            ("readings, 100,800 points", "/api/readings?start=2026-10-01&end=2026-10-08&pdu_ids=1,2,3,4,5,6,7,8,9,10", 200),
            ("explain one PDU, a year", "/api/explain?element=1&start=2025-10-01&end=2026-10-01", 200),
            ("explain all PDUs, 400 days", "/api/explain?start=2025-09-01&end=2026-10-05", 200),
        ]:
            took = [client.get(target, status)[0] for _ in range(3)]
            with open(f"/proc/{responder.pid}/status", encoding="ascii") as file:
                peak = next(line for line in file if line.startswith("VmHWM")).split()[1]
            rows.append([name, status, f"{median(took):.0f} ms", f"{int(peak) / 1024:.0f} MiB"])
    return rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("state", type=pathlib.Path)
    parser.add_argument("--warm", type=int, default=300)
    parser.add_argument("--cold", type=int, default=5)
    parser.add_argument("--units", type=int, default=100)
    options = parser.parse_args()
    state = options.state.resolve()
    check_bulk(options.programs)
    large = site(options.programs, state, options.units)
    small = site(options.programs, state, max(2, options.units // 10))
    print(f"\n{options.units} PDUs: {describe(large)}.")
    print(f"\n{max(2, options.units // 10)} PDUs: {describe(small)}.")
    found = measure(large, options.units, options.warm, options.cold)
    table(
        f"Milliseconds through nginx ({options.warm} requests warm; medians of {options.cold} cold and from disk)",
        ["request", "bytes", "median", "p99", "limit", "cold", "from disk"],
        [
            [name, size, f"{median(warm):.2f}", f"{percentile(warm, 0.99):.2f}", limit,
             f"{median(cold):.1f}", f"{median(disk):.1f}"]
            for name, (limit, warm, cold, disk, size) in found.items()
        ],
    )
    grown(large, small, options)
    table("The worst that can be asked", ["request", "status", "median", "peak memory so far"],
          worst(large, options.units))


def grown(large, small, options):
    """The same questions of both histories, turn by turn, so that the machine is the same for both."""
    few = max(2, options.units // 10)
    rows = []
    remember_pages(large)
    remember_pages(small)
    with running(large) as (first, _), running(small) as (second, _):
        clients = Client(first), Client(second)
        generator = random.Random(2)
        count = min(5, few - 1)
        for period in PERIODS:
            for name, number in [("one PDU", 1), (f"{count} PDUs", count)]:
                times = [], []
                for turn in range(options.warm + 5):
                    for client, units, into in zip(clients, (options.units, few), times):
                        took, _ = client.get(f"/api/power-data?period={period}&{ids(generator, number, units)}")
                        if turn >= 5:
                            into.append(took)
                values = [(median(into), percentile(into, 0.99)) for into in times]
                rows.append([
                    f"power-data, {period}, {name}", *(f"{one:.2f} / {p99:.2f}" for one, p99 in values),
                    f"{values[0][0] / values[1][0]:.2f}", f"{values[0][1] / values[1][1]:.2f}",
                ])
    table(
        f"{options.units} PDUs beside {few}: median / p99 in milliseconds, and what ten times the readings cost",
        ["request", f"{options.units} PDUs", f"{few} PDUs", "ratio of medians", "ratio of p99"], rows,
    )


if __name__ == "__main__":
    main()
