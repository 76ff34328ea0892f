"""What the benchmarks share: one process measured, medians, percentiles, and tables in Markdown."""

import math
import os
import statistics
import subprocess
import sys
import time
from typing import NamedTuple


class Cost(NamedTuple):
    """What one process took, and what it said."""

    # Milliseconds.
    wall: float
    cpu: float
    # MiB, at the most.
    memory: float
    # The last line.
    message: str
    # Bytes that it had written to disks (/proc/PID/io, write_bytes), by pages of the page cache that it made dirty.
    written: int = 0
    # All that it said on standard error.
    messages: str = ""


def run(command, environment=None, statuses=(0,), text=None):
    """The cost of one process, which is given `text`; ends the benchmark when it does not end with one of `statuses`."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL if text is None else subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if text is not None:
        process.stdin.write(text)
        process.stdin.close()
    message = process.stderr.read().strip()
    # It has ended by now, or soon; its counts are there until somebody waits for it.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    wall = (time.perf_counter() - begun) * 1000
    written = written_bytes(process.pid)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in statuses:
        sys.exit(f"{command[0]} ended with {process.returncode}: {message}")
    last = message.splitlines()[-1] if message else ""
    cpu = (usage.ru_utime + usage.ru_stime) * 1000
    return Cost(wall, cpu, usage.ru_maxrss / 1024, last, written, message)


def written_bytes(process):
    """What the process has had written to disks; 0 where the system does not count it, or does not tell us."""
    try:
        with open(f"/proc/{process}/io", encoding="utf-8") as file:
            counts = dict(line.split(": ") for line in file.read().splitlines())
    except OSError:
        return 0
    return int(counts["write_bytes"])


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


def stored_readings(database):
    """How many readings of the newest hours `database` holds: a row for each whole unit, and one for a unit's parts."""
    (count,) = database.execute("SELECT count(*) FROM reading").fetchone()
    for (row,) in database.execute("SELECT readings FROM part_reading"):
        # The number of parts follows the version, in groups of seven bits, the lowest first.
        count += row[1] if row[1] < 0x80 else row[1] & 0x7F | row[2] << 7
    return count
