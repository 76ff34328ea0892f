"""Measures what collecting costs: whole runs of pdu-poll against a farm of PDUs on loopback (farm.py), from start to
commit, beside a bare loop on libsnmp and other collectors in the same run.

usage: collect.py PROGRAMS_DIRECTORY STATE_DIRECTORY [PART...]

The parts: scale (10 to 10,000 PDUs), others (100 PDUs beside other collectors), slow (100 PDUs that take 20 ms), outlets
(1,000 PDUs with 24 outlets). STATE_DIRECTORY should be on a disk, for bytes written to count; it is emptied.

A run stores one minute. So that no measured run has to wait for a minute of its own, the history of the first contact is
kept, and each run begins with a copy of it, in a later minute. A run that did not store every PDU ends the benchmark.
"""

import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import time

import collectors
from farm import AUTH, FIVE, PRIVACY, Farm, build
from measure import median, run, stored_readings, table

# As the configuration has it by default.
WINDOW = 256
SIZES = [10, 100, 1000, 10_000]
RUNS = {10: 9, 100: 9, 1000: 5, 10_000: 3}
PHASES = ["history open", "PDUs read", "readings stored"]


class Site:
    """A number of the farm's PDUs, and the history that starts each of its runs."""

    def __init__(self, program, farm, directory, pdus, interval):
        self.program = program
        self.pdus = pdus
        self.readings = pdus * (1 + farm.objects.outlets)
        self.interval = interval
        self.state = pathlib.Path(directory) / f"state-{pdus}"
        self.kept = pathlib.Path(directory) / f"kept-{pdus}"
        path = pathlib.Path(directory) / f"pdus-{pdus}.yaml"
        self.config = farm.write_configuration(path, self.state, pdus, interval, deadline=interval - 1)
        self.first = self.poll()
        # Runs of the minute of the first contact would store nothing.
        self.ready_at = time.time() // interval * interval + interval
        shutil.copytree(self.state, self.kept)

    def known(self):
        """A run that meets PDUs that it knows, in a minute of its own."""
        time.sleep(max(0, self.ready_at - time.time() + 0.1))
        shutil.rmtree(self.state)
        shutil.copytree(self.kept, self.state)
        # What was copied is not written to the disk while the run is measured.
        os.sync()
        cost = self.poll()
        with sqlite3.connect(f"file:{self.state}/history.db?mode=ro", uri=True) as database:
            (runs,) = database.execute("SELECT count(*) FROM run").fetchone()
            readings = stored_readings(database)
        if (runs, readings) != (2, 2 * self.readings):
            sys.exit(f"{self.pdus} PDUs: {readings} readings of {runs} runs are stored")
        return cost

    def poll(self):
        """A run, which must read every PDU."""
        cost = run([self.program, "--config", self.config])
        wanted = f"{self.pdus} PDUs: {self.pdus} ok, 0 failed; {self.readings} readings"
        if wanted not in cost.message:
            sys.exit(f"not every PDU was read: {cost.message}")
        return cost


def phases(site):
    """How long after its start a run of known PDUs had done each of `PHASES`, in milliseconds."""
    time.sleep(max(0, site.ready_at - time.time() + 0.1))
    shutil.rmtree(site.state)
    shutil.copytree(site.kept, site.state)
    os.sync()
    return phase_times(run([site.program, "--config", site.config, "--verbose"]).messages)


def phase_times(messages):
    """What --verbose says of the time, in milliseconds."""
    found = dict(re.findall(r"pdu-poll: ([a-zA-Z ]+) after (\d+) ms", messages))
    return [int(found[phase]) for phase in PHASES]


def bare(program, targets, rounds=3):
    """Milliseconds of wall time and of the processor of the bare loop: the first round, and the others' median."""
    environment = dict(os.environ, FARM_AUTH=AUTH, FARM_PRIVACY=PRIVACY, MIBS="")
    result = subprocess.run(
        [program, str(WINDOW), str(rounds), *FIVE],
        input="\n".join(targets) + "\n",
        capture_output=True,
        text=True,
        env=environment,
    )
    lines = [line.split() for line in result.stdout.splitlines()]
    if result.returncode != 0 or any(int(line[1]) != len(targets) for line in lines):
        sys.exit(f"the bare loop did not hear from everybody: {result.stdout}{result.stderr}")
    times = [(float(line[3]), float(line[4])) for line in lines]
    return times[0], tuple(median([one[column] for one in times[1:]]) for column in (0, 1))


def medians(costs):
    """Median wall and CPU milliseconds, and the most memory."""
    return median([cost.wall for cost in costs]), median([cost.cpu for cost in costs]), max(c.memory for c in costs)


def scale(programs, directory):
    """Known PDUs from 10 to 10,000, beside the bare loop."""
    loop = build(directory, "bare_poll", "-lnetsnmp")
    with Farm(directory / "agents", SIZES[-1]) as farm:
        # The largest first: a minute passes until it can be read again.
        sites = {
            size: Site(programs / "pdu-poll", farm, directory, size, 60 if size > 1000 else 10)
            for size in reversed(SIZES)
        }
        rows, steps = [], []
        for size in SIZES:
            targets = [farm.target(number) for number in range(size)]
            ours, theirs = [], []
            for _ in range(RUNS[size]):
                farm.move()
                ours.append(sites[size].known())
                theirs.append(bare(loop, targets))
            wall, cpu, memory = medians(ours)
            opening = [median([one[0][column] for one in theirs]) for column in (0, 1)]
            warm = [median([one[1][column] for one in theirs]) for column in (0, 1)]
            first = sites[size].first
            rows.append(
                [
                    f"{size:,}",
                    f"{first.wall:,.0f} ms; {first.cpu:,.0f} ms; {first.memory:.0f} MiB",
                    f"{wall:,.0f} ms; {cpu:,.0f} ms; {memory:.0f} MiB",
                    f"{cpu * 1000 / size:,.0f} µs",
                    f"{opening[0]:,.0f} ms; {opening[1]:,.0f} ms",
                    f"{warm[0]:,.0f} ms; {warm[1]:,.0f} ms",
                    f"{opening[0] / wall:.2f}",
                ]
            )
            steps.append((size, opening[0], phases(sites[size])))
    head = ["PDUs", "first contact: wall; CPU; memory", "known: wall; CPU; memory", "CPU per PDU"]
    head += ["bare loop, opening: wall; CPU", "bare loop, warm", "rate, of the bare loop's"]
    table(f"Whole runs of pdu-poll, five objects each, storing (medians of {list(RUNS.values())} runs)", head, rows)
    rows = [
        [f"{size:,}", f"{opened} ms", f"{read - opened} ms", f"{stored - read} ms", f"{bare_wall / (read - opened):.2f}"]
        for size, bare_wall, (opened, read, stored) in steps
    ]
    head = ["PDUs", "until the history is open", "asking and reading", "storing", "rate of asking, of the bare loop's"]
    table("Where the time of one run goes (--verbose)", head, rows)


def others(programs, directory):
    """100 known PDUs, turn by turn with other collectors."""
    loop = build(directory, "bare_poll", "-lnetsnmp")
    size, turns = 100, 7
    names = ["pdu-poll, a whole run, storing", "bare loop on libsnmp, opening its sessions", "the same, sessions open"]
    names += ["prometheus-snmp-exporter (the exporter alone)", "a process for each PDU (snmpbulkget)"]
    names += ["ezsnmp, one after the other (a whole process)", "gufo-snmp, asyncio (a whole process)"]
    results = {name: [] for name in names}
    missing = {name: 0 for name in names}
    with Farm(directory / "agents", size) as farm:
        site = Site(programs / "pdu-poll", farm, directory, size, 10)
        targets = [farm.target(number) for number in range(size)]
        exporter = collectors.Exporter(directory)
        try:
            exporter.scrape(targets)
            for _ in range(turns):
                farm.move()
                cost = site.known()
                opening, warm = bare(loop, targets)
                turn = [(cost.wall, cost.cpu), opening, warm]
                turn.append(exporter.scrape(targets))
                turn.append(collectors.processes(targets, directory))
                for library in ("ezsnmp", "gufo"):
                    command = [sys.executable, collectors.__file__, library]
                    cost = run(command, text="\n".join(targets))
                    turn.append((cost.wall, cost.cpu))
                    missing[names[len(turn) - 1]] += size * len(FIVE) - int(cost.message.split()[0])
                for name, one in zip(names, turn):
                    results[name].append(one)
        finally:
            exporter.stop()
    ours = [median([one[column] for one in results[names[0]]]) for column in (0, 1)]
    rows = []
    for name in names:
        wall, cpu = (median([one[column] for one in results[name]]) for column in (0, 1))
        least = [min(one[column] for one in results[name]) for column in (0, 1)]
        rows.append(
            [name + (f"; {missing[name]} objects missing" if missing[name] else ""), f"{wall:.0f} ms ({least[0]:.0f})", f"{cpu:.0f} ms ({least[1]:.0f})"]
            + [f"{wall / ours[0]:.1f}", f"{cpu / ours[1]:.1f}"]
        )
    head = ["", "wall (least)", "CPU (least)", "wall, of ours", "CPU, of ours"]
    table(f"{size} known PDUs, five objects each, medians of {turns} turns", head, rows)


def slow(programs, directory):
    """100 known PDUs that take 20 ms to answer."""
    size, turns = 100, 7
    with Farm(directory / "agents", size, relay=["--delay", "20"]) as farm:
        site = Site(programs / "pdu-poll", farm, directory, size, 10)
        wall, cpu, _ = medians([site.known() for _ in range(turns)])
        targets = [farm.target(number) for number in range(size)]
        theirs = bare(build(directory, "bare_poll", "-lnetsnmp"), targets, turns)[1]
    table(
        f"{size} known PDUs that take 20 ms to answer, medians of {turns} turns",
        ["", "wall", "CPU"],
        [
            ["pdu-poll, a whole run, storing", f"{wall:.0f} ms", f"{cpu:.0f} ms"],
            ["bare loop on libsnmp, sessions open", f"{theirs[0]:.0f} ms", f"{theirs[1]:.0f} ms"],
        ],
    )


def outlets(programs, directory):
    """1,000 PDUs with 24 outlets, one minute after the other."""
    size, turns, interval = 1000, 4, 10
    with Farm(directory / "agents", size, outlets=24) as farm:
        state = directory / "outlets"
        path = directory / "outlets.yaml"
        # Reading everything takes longer than ten seconds on a busy machine.
        farm.write_configuration(path, state, interval=60, deadline=59)
        command = [programs / "pdu-poll", "--config", path, "--verbose"]
        first = run(command)
        farm.write_configuration(path, state, interval=interval, deadline=interval - 1)
        known = []
        for _ in range(turns):
            farm.move()
            time.sleep(interval - time.time() % interval + 0.1)
            known.append(run(command))
        if f"{size} ok, 0 failed; {size * 25} readings" not in known[-1].message:
            sys.exit(f"not every PDU was read: {known[-1].message}")
        with sqlite3.connect(f"file:{state}/history.db?mode=ro", uri=True) as database:
            stored = stored_readings(database)
        if stored != (turns + 1) * size * 25:
            sys.exit(f"{stored} readings are stored")
    rows = []
    for name, costs in (("first contact", [first]), (f"known, median of {turns}", known)):
        opened, read, kept = (median(times) for times in zip(*(phase_times(cost.messages) for cost in costs)))
        wall, cpu, memory = medians(costs)
        rows.append(
            [name, f"{wall:,.0f} ms", f"{cpu:,.0f} ms", f"{memory:.0f} MiB", f"{read - opened:,.0f} ms"]
            + [f"{kept - read:,.0f} ms", f"{median([cost.written for cost in costs]) / 2**20:.1f} MiB"]
        )
    head = ["", "wall", "CPU", "memory", "asking and reading", "in the transaction", "written to disk"]
    table("1,000 PDUs with 24 outlets: 25,000 elements stored and rolled up", head, rows)


def main():
    programs, directory = pathlib.Path(sys.argv[1]).absolute(), pathlib.Path(sys.argv[2]).absolute()
    known = {part.__name__: part for part in (scale, others, slow, outlets)}
    for name in sys.argv[3:] or known:
        if name not in known:
            sys.exit(f"no part is called {name}; there are: {', '.join(known)}")
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        known[name](programs, directory)
    shutil.rmtree(directory, ignore_errors=True)


main()
