"""The table of recordings: docs/devices.md, and its short form for a terminal."""

import collections

import fixtures

# The columns of the table; what a PDU is measured for, then the rest.
COLUMN = {
    "power": "power",
    "active power": "power",
    "apparent power": "power",
    "current": "current",
    "voltage": "voltage",
    "energy": "energy",
    "power factor": "power factor",
    "temperature": "temperature, humidity",
    "humidity": "temperature, humidity",
    "state": "states",
}
COLUMNS = [*dict.fromkeys(COLUMN.values()), "others"]
MEASUREMENTS = [name for name in COLUMNS if name not in ["states", "others"]]
AGREEING = ["matched", "twin", "checked"]


def count(comparisons, columns=COLUMNS):
    """How many values became what (see compare.Outcome), in these columns of the table."""
    return collections.Counter(
        outcome.how
        for comparison in comparisons
        for outcome in comparison.outcomes
        if COLUMN.get(outcome.expectation.quantity, "others") in columns
    )


def agreement(counts):
    """How many values agree, and of how many: those are left out that third parties have wrong."""
    return sum(counts[how] for how in AGREEING), counts.total() - counts["wrong"]


def line(comparison):
    """One recording in one line."""
    agreeing, expected = agreement(count([comparison]))
    profile = comparison.reading.profile or "not read"
    notes = "".join(f", {note}" for note in _notes(comparison))
    return f"{comparison.recording.name} ({profile}): {agreeing} of {expected} values agree{notes}"


def short(comparisons):
    """The table for a terminal: a line for each recording, then the totals."""
    width = max(len(comparison.recording.name) for comparison in comparisons)
    lines = ["Recordings of real devices: how many values agree with third parties'"]
    for comparison in comparisons:
        agreeing, expected = agreement(count([comparison]))
        profile = comparison.reading.profile or "not read"
        notes = ", ".join(_notes(comparison))
        row = f"  {comparison.recording.name:{width}}  {profile:22} {agreeing:4} of {expected:<4} {notes}"
        lines.append(row.rstrip())
    everything = _percentage(agreement(count(comparisons)))
    measurements = _percentage(agreement(count(comparisons, MEASUREMENTS)))
    lines.append(f"  all of {len(comparisons)}: {everything}; measurements: {measurements}")
    return "\n".join(lines)


def _notes(comparison):
    """What becomes of the others, in words."""
    counts = count([comparison])
    if counts["wrong"]:
        yield f"{counts['wrong']} wrong at the third party"
    if counts["explained"]:
        yield f"{counts['explained']} not read"
    if comparison.errors:
        yield _errors(comparison)


def _errors(comparison):
    errors = len(comparison.errors)
    return "1 error" if errors == 1 else f"{errors} errors"


def _percentage(counts):
    agreeing, expected = counts
    # Rounded down: what is missing must not vanish.
    tenths = agreeing * 1000 // expected if expected else 1000
    return f"{agreeing} of {expected} ({tenths // 10}.{tenths % 10} %)"


INTRODUCTION = """\
# Devices

What pdu-monitor reads, proved on recordings of real devices. Each was replayed through the profile that recognised it
(see [profiles.md](profiles.md)), and every value compared with what others decode from the same recording: LibreNMS,
Centreon, NUT, or the text of the MIB. A value matches when ours was read from the same object as the same quantity, and
is the same number to the thousandth.

`9/10` says that 9 of 10 values agree; those are not among the 10 that the third party has wrong, or that are of something
which is not there. Whatever does not simply match is listed below, with the reason.

`Tests/devices/compare.py --table` prints this page, and `script/test` checks that it is up to date. The recordings are
no part of the project, because their licences differ from its own. What is tested without them: each profile reads a
small recording of our own making, in `Tests/devices/fixtures`.

"""


def markdown(comparisons):
    """docs/devices.md."""
    parts = [_totals(comparisons), _families(comparisons), _table(comparisons), *_differences(comparisons)]
    return INTRODUCTION + "\n\n".join("\n".join(part) for part in parts) + "\n"


def _families(comparisons):
    yield "## Families"
    yield ""
    yield "| profile | devices | recordings | agree |"
    yield "| --- | --- | ---: | ---: |"
    for profile in fixtures.profiles():
        of_it = [comparison for comparison in comparisons if comparison.reading.profile == profile["name"]]
        cells = [profile["name"], profile["description"], len(of_it) or "", _fraction(count(of_it))]
        yield _row(cells)


def _table(comparisons):
    yield "## Recordings"
    yield ""
    header = ["device", "recording", "profile", "all", *COLUMNS]
    yield "| " + " | ".join(header) + " |"
    yield "|" + " --- |" * 3 + " ---: |" * (len(header) - 3)
    for comparison in comparisons:
        cells = [_device(comparison), comparison.recording.name, comparison.reading.profile or "—"]
        yield _row([*cells, *_cells([comparison])])
    yield _row(["**all**", "", "", *_cells(comparisons)])


def _device(comparison):
    """The model as the collection of recordings describes it, behind its vendor."""
    expected = comparison.recording.expected
    vendor = comparison.reading.identity.get("vendor") or expected.get("vendor", "").upper()
    model = expected.get("model", "")
    return model if vendor.lower() in model.lower() else f"{vendor} {model}"


def _cells(comparisons):
    yield _fraction(count(comparisons))
    for name in COLUMNS:
        yield _fraction(count(comparisons, [name]))


def _fraction(counts):
    agreeing, expected = agreement(counts)
    return f"{agreeing}/{expected}" if counts else ""


def _row(cells):
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _totals(comparisons):
    profiles = {comparison.reading.profile for comparison in comparisons if comparison.reading.profile}
    left_out = collections.Counter(value.kind for comparison in comparisons for value in comparison.not_read)
    yield f"{len(comparisons)} recordings, read by {len(profiles)} profiles:"
    yield ""
    yield "| | measurements | all values |"
    yield "| --- | ---: | ---: |"
    both = [count(comparisons, MEASUREMENTS), count(comparisons)]
    for words, kinds in [
        ("expected", None),
        ("match", ["matched"]),
        ("the same in another column of the device, which is the one read", ["twin"]),
        ("the same in another unit, with another sign, or in coarser steps", ["checked"]),
        ("wrong at the third party, or of something that is not there", ["wrong"]),
        ("right, and not read", ["explained", "open"]),
    ]:
        yield _row([words, *(sum(counts[kind] for kind in kinds or counts) for counts in both)])
    yield _row(
        ["**agree, of those that are right**", *(f"**{_percentage(agreement(counts))}**" for counts in both)]
    )
    yield ""
    yield "Measurements are power, apparent power, current, voltage, energy, power factor, temperature and humidity."
    if left_out:
        kinds = ", ".join(f"{_plural(kind)} ({count})" for kind, count in sorted(left_out.items()))
        yield f"Not counted, because nothing of the kind is read of any device: {kinds}."


def _plural(kind):
    words = {
        "state": "alarms and other states that no switch has",
        "frequency": "frequencies",
        "load": "loads in per cent",
        "percent": "other percentages",
        "count": "counts",
    }
    return words.get(kind, kind)


def _differences(comparisons):
    """What is not matched, by reason; then what has none."""
    reasons = collections.defaultdict(collections.Counter)
    for comparison in comparisons:
        for outcome in comparison.outcomes:
            if outcome.is_explained:
                reasons[outcome.reason][comparison.recording.name] += 1
        for _, reason in comparison.problems:
            if reason:
                reasons[reason][comparison.recording.name] += 0
    if reasons:
        yield ["## What is not matched, and why", ""] + [
            f"- {_counted(names)}: {reason}"
            for reason, names in sorted(reasons.items(), key=lambda item: (sorted(item[1]), item[0]))
        ]
    still_open = [f"- {each.recording.name}: {error}" for each in comparisons for error in each.errors]
    if still_open:
        yield ["## Neither matched nor explained", "", *still_open]


def _counted(names):
    """`apc/ap8932 (15), apc/ap8959eu3`; no number where a reason speaks of something else than values."""
    return ", ".join(f"{name} ({count})" if count else name for name, count in sorted(names.items()))
