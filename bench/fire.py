"""A run in which much goes wrong at once, beside one in which nothing does.

usage: fire.py PROGRAMS DIRECTORY [--pdus 2000] [--loss 2]

Of every hundred PDUs, 20 are dead, 10 answer 2 s late, 5 answer with noise, one has another passphrase than the
configuration says, and 64 are as they should be; of all datagrams, some per cent are lost in each direction. Says what
became of each kind in a run that knows nobody and in one that knows all, what the runs cost, and what the same number of
PDUs cost when nothing goes wrong. Ends with 1 when a PDU that can be read was not, when a failure has another reason than
its own, or when the deadline was not kept.
"""

import argparse
import collections
import json
import pathlib
import sqlite3
import sys
import tempfile

import measure
from farm import Farm

DEAD, SLOW, GARBAGE, STRANGE = 20, 10, 5, 1
# Seconds; what a dead PDU is given up after: 15 s.
DEADLINE, TIMEOUT, RETRIES = 50, 3, 4
# What each kind may come to.
EXPECTED = {
    "dead": {"timeout"},
    "2 s late": {"ok"},
    "noise": {"bad_response"},
    "wrong passphrase": {"wrong_auth_passphrase"},
    "healthy": {"ok"},
}


def kind(number):
    """What is the matter with PDU `number`."""
    place = number % 100
    if place < DEAD:
        return "dead"
    if place < DEAD + SLOW:
        return "2 s late"
    if place < DEAD + SLOW + GARBAGE:
        return "noise"
    return "wrong passphrase" if place >= 100 - STRANGE else "healthy"


def relay(loss, seed=1):
    """The relay's options."""
    words = ["--dead", DEAD, "--slow", f"{SLOW}:2000", "--garbage", GARBAGE, "--loss", loss, "--seed", seed]
    return [str(word) for word in words]


def write_configuration(farm, path, state, deadline=DEADLINE):
    """A configuration of the farm's PDUs, some of whose passphrases are wrong."""
    farm.write_configuration(path, state, deadline=deadline)
    stranger = pathlib.Path(path).with_suffix(".stranger")
    stranger.write_text("not-the-passphrase\n", encoding="utf-8")
    stranger.chmod(0o600)
    lines = []
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        if line.startswith("  - { name:"):
            number = int(line.split('"')[1].removeprefix("PDU "))
            if kind(number) == "wrong passphrase":
                line = line.replace("credentials: farm", "credentials: stranger")
        if line == "pdus:":
            lines += ["  stranger:", "    user: farm", "    auth_protocol: SHA"]
            lines += [f"    auth_passphrase_file: {stranger.absolute()}", "    privacy_protocol: AES"]
            lines += [f"    privacy_passphrase_file: {pathlib.Path(path).with_suffix('.privacy').absolute()}"]
            lines += [f"snmp: {{ timeout: {TIMEOUT}, retries: {RETRIES} }}"]
        lines.append(line)
    pathlib.Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def outcomes(state):
    """What became of each PDU in the newest run, by its number: the reason, "ok" for those that were read."""
    history = sqlite3.connect(f"file:{state}/history.db?mode=ro", uri=True)
    rows = history.execute(
        "SELECT name, failure, last_read_at = last_attempt_at FROM pdu JOIN pdu_status ON pdu_id = id"
    ).fetchall()
    history.close()
    return {int(name.removeprefix("PDU ")): failure or ("ok" if read else "nothing") for name, failure, read in rows}


def by_kind(found):
    """How many of each kind came to what."""
    counts = collections.defaultdict(collections.Counter)
    for number, outcome in found.items():
        counts[kind(number)][outcome] += 1
    return counts


def wrong(found, count):
    """What is not as it must be, in words."""
    faults = [f"PDU {number}: nothing is known" for number in range(count) if number not in found]
    for number, outcome in found.items():
        if outcome not in EXPECTED[kind(number)]:
            faults.append(f"PDU {number} ({kind(number)}): {outcome}")
    return faults


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--pdus", type=int, default=2000)
    parser.add_argument("--loss", type=float, default=2)
    arguments = parser.parse_args()
    count = arguments.pdus
    arguments.directory.mkdir(parents=True, exist_ok=True)
    rows, faults = [], []
    counts = {}

    def run(name, path, state, statuses):
        cost = measure.run([arguments.programs / "pdu-poll", "--config", path], statuses=statuses)
        rows.append([name, f"{cost.wall / 1000:.1f}", f"{cost.cpu / 1000:.2f}", f"{cost.memory:.0f}"])
        if cost.wall > (DEADLINE + 5) * 1000:
            faults.append(f"{name}: {cost.wall / 1000:.1f} s, with a deadline of {DEADLINE}")
        return outcomes(state)

    with tempfile.TemporaryDirectory(dir=arguments.directory) as scratch:
        scratch = pathlib.Path(scratch)
        with Farm(scratch / "well", count) as farm:
            path = farm.write_configuration(scratch / "well.yaml", scratch / "well.state", deadline=DEADLINE)
            for name in ("all well, nobody known", "all well, all known"):
                found = run(name, path, scratch / "well.state", (0,))
                faults += [f"{name}: PDU {number}: {what}" for number, what in found.items() if what != "ok"]
        with Farm(scratch / "fire", count, relay=relay(arguments.loss)) as farm:
            write_configuration(farm, scratch / "fire.yaml", scratch / "fire.state")
            for name in ("under fire, nobody known", "under fire, all known"):
                found = run(name, scratch / "fire.yaml", scratch / "fire.state", (1,))
                counts[name] = by_kind(found)
                faults += [f"{name}: {fault}" for fault in wrong(found, count)]
    measure.table(f"{count} PDUs, {arguments.loss} % of the datagrams lost each way", ["run", "s", "CPU s", "MiB"], rows)
    measure.table(
        "What became of them",
        ["kind", *counts],
        [
            [name, *(", ".join(f"{count} {what}" for what, count in sorted(each[name].items())) for each in counts.values())]
            for name in EXPECTED
        ],
    )
    if faults:
        print(json.dumps(faults[:20], indent=1), file=sys.stderr)
        sys.exit(f"{len(faults)} things are not as they must be")


if __name__ == "__main__":
    main()
