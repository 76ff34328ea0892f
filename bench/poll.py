"""Measures whole runs of pdu-poll against the demonstration's two PDUs.

usage: poll.py PDU_POLL STATE_DIRECTORY

Every run belongs to a due time of its own, ten seconds apart, so that every run stores readings; the first one,
which meets the PDUs for the first time, is reported apart. Beside each run, net-snmp's own snmpget asks each of the
two PDUs for one object, as a measure of the machine at that moment.
"""

import os
import sqlite3
import statistics
import sys
import tempfile
import time

from measure import run

INTERVAL = 10
RUNS = 15


def configuration(state, directory):
    """A configuration for the demonstration's PDUs with a history of its own."""
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
    for name, address in demonstration_pdus(state):
        lines.append(f'  - {{ name: "{name}", address: "{address}", credentials: demo, nominal_voltage: 230 }}')
    path = os.path.join(directory, "pdu-monitor.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return path


def snmpget_commands(state, directory):
    """One snmpget for each of the demonstration's PDUs, with the passphrases in a file and not in its arguments."""
    with open(os.path.join(state, "demo.auth"), encoding="utf-8") as auth:
        with open(os.path.join(state, "demo.privacy"), encoding="utf-8") as privacy:
            settings = {"defAuthPassphrase": auth.read().strip(), "defPrivPassphrase": privacy.read().strip()}
    settings |= {"defVersion": "3", "defSecurityName": "demo", "defSecurityLevel": "authPriv"}
    settings |= {"defAuthType": "SHA", "defPrivType": "AES", "mibs": ""}
    with open(os.path.join(directory, "snmp.conf"), "w", encoding="utf-8") as file:
        file.writelines(f"{name} {value}\n" for name, value in settings.items())
    os.environ["SNMPCONFPATH"] = directory
    return [["snmpget", address, "1.3.6.1.2.1.1.2.0"] for _, address in demonstration_pdus(state)]


def demonstration_pdus(state):
    """Name and address of each."""
    with sqlite3.connect(f"file:{state}/history.db?mode=ro", uri=True) as database:
        return database.execute("SELECT name, address FROM pdu WHERE is_configured = 1").fetchall()


def main():
    program, state = sys.argv[1:]
    state = os.path.abspath(state)
    rest, gets = [], []
    with tempfile.TemporaryDirectory() as directory:
        poll = [program, "--config", configuration(state, directory)]
        snmpget = snmpget_commands(state, directory)
        first = run(poll)
        while len(rest) < RUNS:
            time.sleep(INTERVAL - time.time() % INTERVAL + 0.5)
            rest.append(run(poll))
            both = [run(command) for command in snmpget]
            gets.append([both[0][0] + both[1][0], both[0][1] + both[1][1], max(both[0][2], both[1][2])])
    print(f"\npdu-poll, {rest[-1][3].removeprefix('pdu-poll: ')} ({RUNS} runs, each storing)\n")
    print("| | median | lowest | highest | first contact | 2 × snmpget, median |")
    print("| --- | --- | --- | --- | --- | --- |")
    for index, (name, unit) in enumerate([("wall", "ms"), ("CPU", "ms"), ("peak memory", "MiB")]):
        values = [one[index] for one in rest]
        print(
            f"| {name} | {statistics.median(values):.1f} {unit} | {min(values):.1f} | {max(values):.1f}"
            f" | {first[index]:.1f} | {statistics.median(one[index] for one in gets):.1f} |"
        )


main()
