"""Measures what one run costs the store as sites grow, and whether packing and retention keep up with the largest.

usage: storing.py HISTORY_TOOL [REFERENCE_HISTORY_TOOL] [--day]

Each run opens the database, stores in one transaction, commits and closes, as a poll does. With the program of another
version as reference, both store the same runs in turn. --day goes on for thirty hours of 1,000 PDUs × 24 outlets, with
three seconds for packing after each run, as the poller gives it, and then archives and deletes a day of them; that takes
some minutes and 1 GB.
"""

import json
import os
import subprocess
import sys
import tempfile
import time

from measure import table

# 2026-03-01T10:10:00Z: no run of those measured is the first one of an hour, which writes what is said below.
BEGIN = 1_772_359_800
HOUR = 1_772_362_800
SITES = [(10, 0), (100, 0), (1000, 0), (10_000, 0), (100, 1), (1000, 24)]
# A unit without outlets is one element; with them it has three phases as well.
RUNS = 9
INTERVAL = 60
PACKING_SECONDS = 3


def tool(program, *arguments):
    """What history-tool says when it has done what `arguments` ask, and as "disk" the bytes that went to the disk."""
    process = subprocess.Popen([program, *map(str, arguments)], stdout=subprocess.PIPE, text=True)
    answer = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{program} {arguments[0]} ended with {process.returncode}")
    return json.loads(answer) | {"disk": usage.ru_oublock * 512}


def elements(units, outlets):
    """How many elements a run of a made-up site reads."""
    return units * (1 + 3 + outlets if outlets else 1)


def growth(programs, directory):
    """The table of one run by the size of the site, for each program."""
    rows = []
    costs = {}
    for units, outlets in SITES:
        count = elements(units, outlets)
        for name, program in programs.items():
            path = os.path.join(directory, f"{name}-{units}-{outlets}.db")
            tool(program, "fill", path, units, outlets, BEGIN, 2, 1)
            cost = tool(program, "fill", path, units, outlets, BEGIN + 2 * INTERVAL, RUNS, 1)
            costs[name, units, outlets] = cost
            rows.append(
                [
                    f"{units:,} × {count // units}",
                    name,
                    f"{cost['median_ms']:.1f}",
                    f"{cost['median_ms'] * 1000 / count:.1f}",
                    f"{cost['disk'] / RUNS / 1e6:.2f}",
                    f"{cost['disk'] / RUNS / count:.0f}",
                    f"{cost['transaction_ms']:.0f}" if "transaction_ms" in cost else "",
                    f"{cost['peak_kib'] / 1024:.0f}" if "peak_kib" in cost else "",
                ]
            )
    table(
        f"One run, from opening the database to closing it; the median of {RUNS}",
        [
            "PDUs × elements",
            "program",
            "CPU, ms",
            "CPU of an element, µs",
            "to disk, MB",
            "to disk of an element, B",
            "transaction, ms of wall time",
            "peak memory, MiB",
        ],
        rows,
    )
    if len(programs) > 1:
        print("\nRatios to the reference, CPU and bytes:", end="")
        for units, outlets in SITES:
            ours, theirs = (costs[name, units, outlets] for name in programs)
            cpu, disk = (ours[key] / theirs[key] for key in ("median_ms", "disk"))
            print(f" {units:,} × {elements(units, outlets) // units}: {cpu:.2f}, {disk:.2f};", end="")
        print()


def hour(program, directory):
    """What the first run of an hour costs, which enters the hour that is over into the rollups of parts."""
    path = os.path.join(directory, "hour.db")
    tool(program, "fill", path, 1000, 24, HOUR - 2 * INTERVAL, 2, 1)
    cost = tool(program, "fill", path, 1000, 24, HOUR, 1, 1)
    print(
        f"\nThe first run of an hour, 1,000 × 28: {cost['median_ms']:.0f} ms of the processor,"
        f" {cost['written_bytes'] / 1e6:.1f} MB to disk."
    )


def day(program, directory):
    """Whether packing keeps up for thirty hours, and what a day's retention costs."""
    path = os.path.join(directory, "day.db")
    runs = 30 * 60
    begun = time.monotonic()
    cost = tool(program, "fill", path, 1000, 24, BEGIN, runs, 1, PACKING_SECONDS)
    table(
        f"{runs} runs of 1,000 × 28 with packing, {time.monotonic() - begun:.0f} s",
        ["", ""],
        [
            ["storing, CPU of a run, ms: median; slowest", f"{cost['median_ms']:.0f}; {cost['slowest_ms']:.0f}"],
            ["storing, to disk for a run, MB: mean", f"{cost['all_written_bytes'] / runs / 1e6:.2f}"],
            ["packing, CPU of a run, ms: mean; slowest",
             f"{cost['pack_ms'] / runs:.0f}; {cost['slowest_pack_ms']:.0f}"],
            ["packing, to disk for a run, MB: mean", f"{cost['pack_written_bytes'] / runs / 1e6:.2f}"],
            ["runs in a row after which something was left to pack, at the most", f"{cost['longest_backlog']:.0f}"],
            ["peak memory, MiB", f"{cost['peak_kib'] / 1024:.0f}"],
            ["database, MB", f"{os.path.getsize(path) / 1e6:.0f}"],
        ],
    )
    begun = time.monotonic()
    steps = subprocess.run(
        [program, "retain", path, str(BEGIN + 24 * 3600)], check=True, capture_output=True, text=True
    ).stdout.split()
    took = time.monotonic() - begun
    print(f"\nArchiving and deleting the readings of the first day (14 hours of it): {len(steps)} steps, {took:.0f} s.")


def main():
    """Prints the tables."""
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    programs = {"this one": os.path.abspath(arguments[0])}
    if len(arguments) > 1:
        programs["reference"] = os.path.abspath(arguments[1])
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIRECTORY")) as directory:
        growth(programs, directory)
        hour(programs["this one"], directory)
        if "--day" in sys.argv:
            day(programs["this one"], directory)


main()
