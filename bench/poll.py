"""Measures whole runs of pdu-poll against the demonstration's two PDUs.

usage: poll.py PDU_POLL STATE_DIRECTORY

Every run belongs to a due time of its own, ten seconds apart, so that every run stores readings; the first one,
which meets the PDUs for the first time, is reported apart.
"""

import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

INTERVAL = 10
RUNS = 15


def configuration(state, directory):
    """A configuration for the demonstration's PDUs with a history of its own."""
    with sqlite3.connect(f"file:{state}/history.db?mode=ro", uri=True) as database:
        pdus = database.execute("SELECT name, address FROM pdu WHERE is_configured = 1").fetchall()
    lines = [
        "site: { timezone: Etc/UTC }",
        f"state_directory: {directory}",
        f"poll: {{ interval: {INTERVAL}, deadline: {INTERVAL - 1} }}",
        "credentials:",
        "  demo:",
        "    user: demo",
        "    auth_protocol: SHA",
        f"    auth_passphrase_file: {state}/demo.auth",
        "    privacy_protocol: AES",
        f"    privacy_passphrase_file: {state}/demo.privacy",
        "pdus:",
    ]
    for name, address in pdus:
        lines.append(f'  - {{ name: "{name}", address: "{address}", credentials: demo, nominal_voltage: 230 }}')
    path = os.path.join(directory, "pdu-monitor.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return path


def run(program, path):
    """One run: wall and CPU milliseconds, peak memory in MiB, and its closing line."""
    begun = time.perf_counter()
    process = subprocess.Popen([program, "--config", path], stderr=subprocess.PIPE, text=True)
    message = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = (time.perf_counter() - begun) * 1000
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"pdu-poll ended with {process.returncode}: {message}")
    return wall, (usage.ru_utime + usage.ru_stime) * 1000, usage.ru_maxrss / 1024, message.strip().splitlines()[-1]


def main():
    program, state = sys.argv[1:]
    with tempfile.TemporaryDirectory() as directory:
        path = configuration(os.path.abspath(state), directory)
        first = run(program, path)
        rest = []
        while len(rest) < RUNS:
            time.sleep(INTERVAL - time.time() % INTERVAL + 0.5)
            rest.append(run(program, path))
    print(f"\npdu-poll, {rest[-1][3].removeprefix('pdu-poll: ')} ({RUNS} runs, each storing)\n")
    print("| | median | lowest | highest | first contact |")
    print("| --- | --- | --- | --- | --- |")
    for index, (name, unit) in enumerate([("wall", "ms"), ("CPU", "ms"), ("peak memory", "MiB")]):
        values = [one[index] for one in rest]
        print(
            f"| {name} | {statistics.median(values):.1f} {unit} | {min(values):.1f} | {max(values):.1f}"
            f" | {first[index]:.1f} |"
        )


main()
