"""What the benchmarks share: one process measured, medians, percentiles, and tables in Markdown."""

import math
import os
import statistics
import subprocess
import sys
import time
from typing import NamedTuple


class Cost(NamedTuple):
    """What one process took: milliseconds of wall time and of the processor, peak memory in MiB, its last message."""

    wall: float
    cpu: float
    memory: float
    message: str


def run(command, environment=None, statuses=(0,)):
    """The cost of one process; ends the benchmark when it does not end with one of `statuses`."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    message = process.stderr.read().strip()
    _, status, usage = os.wait4(process.pid, 0)
    wall = (time.perf_counter() - begun) * 1000
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in statuses:
        sys.exit(f"{command[0]} ended with {process.returncode}: {message}")
    last = message.splitlines()[-1] if message else ""
    return Cost(wall, (usage.ru_utime + usage.ru_stime) * 1000, usage.ru_maxrss / 1024, last)


def median(values):
    """The middle one of `values`."""
    return statistics.median(values)


def percentile(values, share):
    """The value that `share` (0 to 1) of `values` do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def table(title, head, rows):
    """Prints a table in Markdown; every cell is text or a number that is shown as it is."""
    print(f"\n{title}\n")
    print(f"| {' | '.join(head)} |")
    print(f"| {' | '.join('---' for _ in head)} |")
    for row in rows:
        print(f"| {' | '.join(str(cell) for cell in row)} |")
    sys.stdout.flush()
