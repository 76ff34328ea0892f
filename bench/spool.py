"""What it costs to keep runs in the spool, and to take them up again.

usage: spool.py PROGRAMS DIRECTORY [--pdus 100] [--outlets 24] [--runs 60]

Reads a farm of PDUs: some runs that are stored, then as many whose database has no room left, then one that takes all of
these up. Says what each took, and how long the files are.
"""

import argparse
import errno
import os
import pathlib
import sys
import tempfile

import measure
from farm import Farm

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Tests" / "integration"))
from faults import faults, together  # noqa: E402
from shifted_clock import at  # noqa: E402

# 2026-03-02T12:00:00Z.
BASE = 1_772_452_800


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--pdus", type=int, default=100)
    parser.add_argument("--outlets", type=int, default=24)
    parser.add_argument("--runs", type=int, default=60)
    arguments = parser.parse_args()
    arguments.directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=arguments.directory) as scratch:
        scratch = pathlib.Path(scratch)
        state = scratch / "state"
        with Farm(scratch / "farm", arguments.pdus, outlets=arguments.outlets) as farm:
            path = farm.write_configuration(scratch / "farm.yaml", state)

            def run(minute, statuses, *environments):
                environment = dict(os.environ, **together(at(BASE + 60 * minute + 1), *environments))
                command = [arguments.programs / "pdu-poll", "--config", path]
                return measure.run(command, environment=environment, statuses=statuses)

            stored = [run(minute, (0,)) for minute in range(arguments.runs)]
            full = faults(state, error=errno.ENOSPC, files="history.db")
            first = arguments.runs
            kept = [run(minute, (70,), full) for minute in range(first, first + arguments.runs)]
            lengths = [file.stat().st_size for file in (state / "spool").glob("*.run")]
            if len(lengths) != arguments.runs:
                sys.exit(f"{len(lengths)} of {arguments.runs} runs are in the spool")
            taken = run(first + arguments.runs, (0,))
            if list((state / "spool").glob("*.run")):
                sys.exit("not all runs were taken up")

    def row(name, costs):
        return [name] + [f"{measure.median([getattr(cost, part) for cost in costs]):.0f}" for part in ("wall", "cpu", "memory")]

    measure.table(
        f"{arguments.pdus} PDUs of {arguments.outlets} outlets; medians",
        ["run", "ms", "CPU ms", "MiB"],
        [
            row(f"{arguments.runs} runs, stored", stored),
            row(f"{arguments.runs} runs, kept in the spool", kept),
            row(f"one run that takes {arguments.runs} up", [taken]),
        ],
    )
    size = measure.median(lengths)
    print(f"\nA file has {size:.0f} bytes (median), {max(lengths)} at the most: of 16 MiB, {(16 << 20) / size:.0f} runs.")


if __name__ == "__main__":
    main()
