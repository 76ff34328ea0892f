"""The table of recordings: docs/devices.md, and its short form for a terminal."""

import collections

import fixtures

# What a PDU is read for. Of these, at least 95 in a hundred of all expected values must be matched.
MEASUREMENTS = {
    "power": "power",
    "active power": "power",
    "apparent power": "power",
    "current": "current",
    "voltage": "voltage",
    "energy": "energy",
    "power factor": "power factor",
    "temperature": "temperature, humidity",
    "humidity": "temperature, humidity",
}
COLUMNS = ["power", "current", "voltage", "energy", "power factor", "temperature, humidity", "states", "others"]


def column(expectation):
    """The column of the table that counts an expected value."""
    return "states" if expectation.quantity == "state" else MEASUREMENTS.get(expectation.quantity, "others")


def tally(comparisons):
    """Matched and expected values by column of the table."""
    counts = {name: [0, 0] for name in COLUMNS}
    for comparison in comparisons:
        for outcome in comparison.outcomes:
            count = counts[column(outcome.expectation)]
            count[0] += outcome.is_matched
            count[1] += 1
    return counts


def measurements(comparisons):
    """Measurements by what became of them; `expected` is their sum."""
    counts = collections.Counter()
    for comparison in comparisons:
        for outcome in comparison.outcomes:
            if column(outcome.expectation) not in ["states", "others"]:
                counts[outcome.how] += 1
                counts["expected"] += 1
    return counts


def agreement(counts):
    """How many measurements agree, and of how many: those are left out that third parties have wrong."""
    return counts["matched"] + counts["twin"] + counts["checked"], counts["expected"] - counts["wrong"]


def total(comparisons):
    """Matched and expected values."""
    counts = tally(comparisons).values()
    return sum(count[0] for count in counts), sum(count[1] for count in counts)


def line(comparison):
    """One recording in one line."""
    matched, expected = total([comparison])
    explained = sum(outcome.is_explained for outcome in comparison.outcomes)
    words = f"{matched} of {expected} values matched"
    if explained:
        words += f", {explained} explained"
    if comparison.errors:
        words += f", {_errors(comparison)}"
    return f"{comparison.recording.name} ({comparison.reading.profile or 'not read'}): {words}"


def short(comparisons):
    """The table for a terminal: a line for each recording, then the totals."""
    width = max(len(comparison.recording.name) for comparison in comparisons)
    lines = ["Recordings of real devices: values of third parties, matched/expected"]
    for comparison in comparisons:
        matched, expected = total([comparison])
        profile = comparison.reading.profile or "not read"
        explained = sum(outcome.is_explained for outcome in comparison.outcomes)
        notes = f"{explained} explained" if explained else ""
        if comparison.errors:
            notes += f"{', ' if notes else ''}{_errors(comparison)}"
        lines.append(
            f"  {comparison.recording.name:{width}}  {profile:22} {matched:4}/{expected:<4} {notes}".rstrip()
        )
    matched, expected = total(comparisons)
    lines.append(
        f"  all of {len(comparisons)}: {matched}/{expected}; measurements: {_percentage(agreement(measurements(comparisons)))}"
    )
    return "\n".join(lines)


def _errors(comparison):
    count = len(comparison.errors)
    return "1 error" if count == 1 else f"{count} errors"


def _percentage(counts):
    agreeing, expected = counts
    # Rounded down: what is missing must not vanish.
    tenths = agreeing * 1000 // expected if expected else 1000
    return f"{agreeing} of {expected} ({tenths // 10}.{tenths % 10} %)"


INTRODUCTION = """\
# Devices

What pdu-monitor reads, proved on recordings of real devices. Each was replayed through the profile that recognised it
(see [profiles.md](profiles.md)), and every value compared with what others decode from the same recording: LibreNMS,
Centreon, NUT, or the text of the MIB. A value is matched when ours was read from the same object as the same quantity,
and is the same number to the thousandth.

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
    yield "| profile | devices | recordings | matched |"
    yield "| --- | --- | ---: | ---: |"
    for profile in fixtures.profiles():
        of_it = [comparison for comparison in comparisons if comparison.reading.profile == profile["name"]]
        cells = [profile["name"], profile["description"], len(of_it) or "", _fraction(total(of_it))]
        yield _row(cells)


def _table(comparisons):
    yield "## Recordings"
    yield ""
    header = ["device", "recording", "profile", "matched", *COLUMNS]
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
    yield _fraction(total(comparisons))
    for count in tally(comparisons).values():
        yield _fraction(count)


def _fraction(count):
    return f"{count[0]}/{count[1]}" if count[1] else ""


def _row(cells):
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _totals(comparisons):
    matched, expected = total(comparisons)
    counts = measurements(comparisons)
    profiles = {comparison.reading.profile for comparison in comparisons if comparison.reading.profile}
    left_out = collections.Counter(value.kind for comparison in comparisons for value in comparison.not_read)
    yield "| | |"
    yield "| --- | ---: |"
    for words, count in [
        ("recordings", len(comparisons)),
        ("profiles that read them", len(profiles)),
        ("values expected", expected),
        ("of these matched", matched),
        (
            "measurements among them (power, current, voltage, energy, power factor, temperature, humidity)",
            counts["expected"],
        ),
        ("of these matched", counts["matched"]),
        ("the same in another column of the device, which is the one read", counts["twin"]),
        ("the same in another unit, with another sign, or in coarser steps", counts["checked"]),
        ("wrong at the third party, or of something that is not there", counts["wrong"]),
        ("right, and not read", counts["explained"] + counts["open"]),
        ("**agreeing, of those that are right**", f"**{_percentage(agreement(counts))}**"),
    ]:
        yield _row([words, count])
    if left_out:
        kinds = ", ".join(f"{_plural(kind)} ({count})" for kind, count in sorted(left_out.items()))
        yield ""
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
