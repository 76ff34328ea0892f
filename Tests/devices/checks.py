"""What must be true of every reading, whatever third parties say of the recording."""

import collections
import dataclasses
import decimal

from program import MEASURED

# Raw values that stand for "not there" in one MIB or another: the largest and smallest of each width.
SENTINELS = {
    -1,
    32767,
    -32768,
    65535,
    2**31 - 1,
    -(2**31),
    2**32 - 1,
    2**63 - 1,
    -(2**63),
    2**64 - 1,
}
MAY_BE_NEGATIVE = ["power_factor", "temperature_celsius"]
REQUEST_LIMIT = 100


@dataclasses.dataclass(frozen=True)
class Problem:
    """Something wrong with a reading. `name`: what an entry of reasons may call it."""

    name: str
    words: str


def every(reading, objects):
    """All problems of a reading; `objects` are the recorded raw values by OID."""
    if reading.failure is not None:
        name = "unsupported" if reading.is_refused else "failed"
        return [Problem(name, f"it is not read: {reading.failure}")]
    problems = [*_numbers(reading), *_sources(reading, objects), *_values(reading), *_plausibility(reading)]
    if not any(value.quantity in [*MEASURED, "state"] for value in reading.values):
        problems.append(Problem("empty", "nothing is read of it: no measurement, no state"))
    if reading.requests is not None and reading.requests >= REQUEST_LIMIT:
        problems.append(Problem("requests", f"reading it takes {reading.requests} requests"))
    return problems


def _numbers(reading):
    """No element twice."""
    for index, pdu in enumerate(reading.pdus):
        rows = [(row["element"], int(row["number"] or 0)) for row in pdu.get("readings", [])]
        rows += [("sensor", int(row["number"] or 0)) for row in pdu.get("sensors", [])]
        for (kind, number), count in collections.Counter(rows).items():
            if count > 1:
                yield Problem(
                    f"twice {kind} {number}", f"entry {index} of pdus has {kind} {number} {count} times"
                )


def _sources(reading, objects):
    """Every measurement names the recorded objects it is from; no number is from one that holds a sentinel."""
    for value in reading.values:
        if not value.oids and value.quantity in [*MEASURED, "state"]:
            yield Problem(f"source of {value.place} {value.quantity}", f"{value} does not say where it is from")
        for oid in value.oids:
            raw = objects.get(oid)
            if raw is None:
                yield Problem(f"source {oid}", f"{value} is from {oid}, which is not in the recording")
            elif isinstance(value.value, decimal.Decimal) and raw in SENTINELS:
                yield Problem(f"sentinel {oid}", f"{value} is from {oid}, which says {raw}")


def _values(reading):
    for value in reading.values:
        name = f"value {value.place} {value.quantity}"
        if value.quantity == "state":
            if value.value not in ["on", "off", "unknown"]:
                yield Problem(name, f"{value} is no state")
        elif not isinstance(value.value, decimal.Decimal):
            continue
        elif value.quantity not in MAY_BE_NEGATIVE and value.value < 0:
            yield Problem(name, f"{value} is negative")
        elif value.quantity == "power_factor" and abs(value.value) > 1:
            yield Problem(name, f"{value} is beyond 1")
        elif value.quantity == "humidity_percent" and value.value > 100:
            yield Problem(name, f"{value} is beyond 100")
        elif value.quantity == "temperature_celsius" and not -40 <= value.value <= 120:
            yield Problem(name, f"{value} is no temperature of a room or a device")


def _plausibility(reading):
    """Where one phase has volts, amperes, power factor and more than 50 W: they fit within a factor of two."""
    for index, pdu in enumerate(reading.pdus):
        phases = sum(row["element"] == "phase" for row in pdu.get("readings", []))
        for row in pdu.get("readings", []):
            watts, volts, amperes, factor = (
                row.get(key) for key in ["power_watts", "voltage_volts", "current_amps", "power_factor"]
            )
            is_single = row["element"] != "pdu" or phases <= 1
            if None in [watts, volts, amperes, factor] or not is_single or watts <= 50:
                continue
            product = volts * amperes * abs(factor)
            if not product / 2 <= watts <= product * 2:
                place = f"{row['element']} {row['number']}"
                yield Problem(
                    f"plausibility {place}",
                    f"entry {index} of pdus: {place} has {watts} W, but {volts} V × {amperes} A × {factor}",
                )
