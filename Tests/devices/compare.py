#!/usr/bin/env python3
"""Compares what pdu-poll reads of recordings of real devices with what third parties decode from them.

    Tests/devices/compare.py                     every recording: a line each, and what is not explained
    Tests/devices/compare.py apc/ap8932          one: whatever is not matched, with the reason
    Tests/devices/compare.py apc/ap8932 --all    and whatever is
    Tests/devices/compare.py apc/ap8932 --ours   what we read, and which objects it came from
    Tests/devices/compare.py --table             docs/devices.md
    Tests/devices/compare.py --short             the same, in a few lines

The exit status is 1 when something is neither matched nor explained (see reasons.py). The recordings lie in
../shared/devices, or where PDU_DEVICES says.
"""

import argparse
import concurrent.futures
import dataclasses
import functools
import signal
import sys

import checks
import program
import recordings
import report
import thirdparty
import verdicts
from program import shown
from reasons import Reasons, Wrong


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of an expected value.

    `how` is matched; twin, when another column of the device says the same; checked, when it is the same in
    another unit or rounded; wrong, when the third party's value is, or is of something that is not there;
    explained, when it is not read for another reason; open, when it must not stay so.
    """

    expectation: thirdparty.Expectation
    how: str
    words: str
    reason: str | None = None

    @property
    def is_explained(self):
        return self.how in ["checked", "wrong", "explained"]


@dataclasses.dataclass
class Comparison:
    """A recording, what we read of it, and what became of every value that third parties read."""

    recording: recordings.Recording
    reading: program.Reading
    outcomes: list
    not_read: list
    # Reasons by problem; None where there is none.
    problems: list
    # Entries of reasons that are of no use any more.
    stale: list

    @property
    def errors(self):
        """Everything that is neither matched nor explained, in sentences."""
        open_values = [
            f"{o.expectation.label} [{o.expectation.names[0]}]: expected {shown(o.expectation.value)}; {o.words}"
            for o in self.outcomes
            if o.how == "open"
        ]
        open_problems = [f"{p.words} [{p.name}]" for p, reason in self.problems if reason is None]
        return open_values + open_problems + self.stale


@functools.cache
def compare(recording, with_program=None):
    """Compares one recording. Raises reasons.Wrong for a file of reasons that cannot be understood."""
    reading = read(recording, with_program)
    every = list(thirdparty.every(recording.expected, recording.objects))
    expectations = [value for value in every if isinstance(value, thirdparty.Expectation)]
    reasons = Reasons(recording.name)
    judge = verdicts.Judge(reading, expectations)
    outcomes, not_read = [], [value for value in every if isinstance(value, thirdparty.NotRead)]
    for expectation in expectations:
        outcome = _outcome(expectation, judge, reasons)
        if outcome is None:
            not_read.append(thirdparty.NotRead("state", expectation.label))
        else:
            outcomes.append(outcome)
    problems = []
    for problem in checks.every(reading, recording.objects):
        entry, _ = reasons.find([problem.name])
        problems.append((problem, entry.reason if entry else None))
    stale = [_stale(entry, reasons.file.name, outcomes) for entry in reasons.unused()]
    return Comparison(recording, reading, outcomes, not_read, problems, stale)


def read(recording, with_program=None):
    """What the program reads of a recording."""
    run = program.walk(recording.file, "--json", "--oids", program=with_program)
    if run.status not in [0, 1]:
        raise RuntimeError(f"exit status {run.status}: {run.stderr.strip()}")
    return program.Reading(run.report)


def _outcome(expectation, judge, reasons):
    verdict = judge.verdict(expectation)
    if verdict.agrees:
        return Outcome(expectation, "matched", verdict.words)
    if _is_alarm(expectation, judge.reading):
        return None
    entry, name = reasons.find(expectation.names)
    if entry is None:
        return Outcome(expectation, "open", verdict.words)
    if entry.read_from:
        twin = entry.twin(name)
        verdict = judge.verdict(expectation, oid=twin)
        if verdict.agrees:
            return Outcome(expectation, "twin", f"{verdict.words} (from {twin})")
        if entry.decimals is not None and not verdicts.reason_holds(entry, verdict, expectation):
            words = f"{verdict.words} (from {twin}, in finer steps)"
            return Outcome(expectation, "checked", words, "another column has finer steps, and is read")
        return Outcome(expectation, "open", f"its twin {twin}: {verdict.words}")
    failure = verdicts.reason_holds(entry, verdict, expectation)
    if failure:
        return Outcome(expectation, "open", failure)
    is_checked = entry.times is not None or entry.decimals is not None
    how = "checked" if is_checked else "wrong" if entry.is_wrong else "explained"
    return Outcome(expectation, how, verdict.words, entry.reason)


def _is_alarm(expectation, reading):
    """Whether what LibreNMS calls a state is none of a switch: its word is none, and we do not read it as one."""
    if expectation.quantity != "state" or not isinstance(expectation.where, thirdparty.Object):
        return False
    return thirdparty.switch_state(expectation.value) is None and not reading.from_object(expectation.where.oid)


def _stale(entry, file, outcomes):
    matched = any(entry.match(name) is not None for outcome in outcomes for name in outcome.expectation.names)
    if matched:
        return f"{file}: {entry.key}: what it explains is matched; the entry must go"
    return f"{file}: {entry.key}: no expected value and no problem is called so"


def _listing(comparison, everything):
    for outcome in comparison.outcomes:
        if outcome.how == "matched" and not everything:
            continue
        expectation = outcome.expectation
        print(
            f"{outcome.how}: {expectation.label} [{expectation.names[0]}]: expected {shown(expectation.value)}"
        )
        print(f"    {outcome.words}")
        if outcome.reason:
            print(f"    reason: {outcome.reason}")
    for problem, reason in comparison.problems:
        print(f"{'explained' if reason else 'problem'}: {problem.words} [{problem.name}]")
        if reason:
            print(f"    reason: {reason}")


def _ours(recording, with_program):
    reading = read(recording, with_program)
    print(f"profile {reading.profile}, {reading.failure or 'read'}")
    print(", ".join(f"{key}: {value}" for key, value in reading.identity.items()))
    for value in reading.values:
        print(f"{value}  {' '.join(value.oids)}")


def _arguments():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0],
        epilog=__doc__.split("\n\n", 1)[1],
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("recordings", nargs="*", metavar="VENDOR/RECORDING")
    parser.add_argument("--all", action="store_true", help="list what is matched, too")
    parser.add_argument("--ours", action="store_true", help="list what we read")
    parser.add_argument("--table", action="store_true", help="print docs/devices.md")
    parser.add_argument(
        "--short", action="store_true", help="print the table of docs/devices.md for a terminal"
    )
    parser.add_argument(
        "--program", help="pdu-poll, or a program that takes the recording as its first argument"
    )
    return parser.parse_args()


def _every(chosen, with_program):
    """The comparisons, made several at a time; in place of one that failed, its error."""

    def one(recording):
        try:
            return compare(recording, with_program)
        except (Wrong, RuntimeError, OSError) as error:
            return error

    with concurrent.futures.ThreadPoolExecutor() as pool:
        return list(pool.map(one, chosen))


def main():
    arguments = _arguments()
    known = {recording.name: recording for recording in recordings.every()}
    if not known:
        print(recordings.MISSING, file=sys.stderr)
        return 0 if arguments.short else 2
    unknown = [name for name in arguments.recordings if name not in known]
    if unknown:
        print(f"no recording is called {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    chosen = [known[name] for name in arguments.recordings] or list(known.values())
    if arguments.ours:
        for recording in chosen:
            _ours(recording, arguments.program)
        return 0
    comparisons, failures = [], {}
    for recording, result in zip(chosen, _every(chosen, arguments.program)):
        if isinstance(result, Comparison):
            comparisons.append(result)
        else:
            failures.setdefault(str(result), []).append(recording.name)
    for error, names in failures.items():
        print(f"{error}\n    {', '.join(names)}", file=sys.stderr)
    if not comparisons:
        return 1
    if arguments.table:
        print(report.markdown(comparisons), end="")
        return 1 if failures else 0
    if arguments.short:
        print(report.short(comparisons))
        return 1 if failures else 0
    for comparison in comparisons:
        print(report.line(comparison))
        if arguments.recordings:
            _listing(comparison, arguments.all)
        for error in comparison.stale if arguments.recordings else comparison.errors:
            print(f"    error: {error}")
    return 1 if failures or any(comparison.errors for comparison in comparisons) else 0


if __name__ == "__main__":
    # Ends quietly when the reader of a pipe does.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main())
