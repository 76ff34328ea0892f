"""Running pdu-poll on a recording: `pdu-poll --walk FILE --json --oids`."""

import dataclasses
import decimal
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What a reading may hold, in the words of --json; of sensors the last two.
MEASURED = [
    "power_watts",
    "apparent_power_va",
    "current_amps",
    "voltage_volts",
    "power_factor",
    "energy_kwh",
    "temperature_celsius",
    "humidity_percent",
]


def find():
    """The program under test: PDU_POLL, PDU_POLL_WALK, that of PDU_BIN, or what was built here."""
    for name in ["PDU_POLL", "PDU_POLL_WALK"]:
        if os.environ.get(name):
            return pathlib.Path(os.environ[name])
    places = (
        [os.environ["PDU_BIN"]]
        if os.environ.get("PDU_BIN")
        else [ROOT / ".build" / "debug", ROOT / ".build" / "release"]
    )
    built = [pathlib.Path(place) / "pdu-poll" for place in places]
    return next((program for program in built if program.exists()), built[0])


@dataclasses.dataclass
class Run:
    """A run of the program that has ended."""

    status: int
    stdout: str
    stderr: str

    @property
    def report(self):
        """What --json printed, numbers as exact decimals."""
        return json.loads(self.stdout, parse_float=decimal.Decimal, parse_int=decimal.Decimal)


def walk(file, *options, program=None):
    """Runs the program on a recording. One that is not called pdu-poll is given the file first, not --walk."""
    program = pathlib.Path(program) if program else find()
    if not program.exists():
        raise FileNotFoundError(f"{program} is missing: build first (script/test does)")
    walk_option = ["--walk"] if program.name.startswith("pdu-poll") else []
    command = [str(program), *walk_option, str(file), *options]
    # Bytes: a crash may leave half a character behind.
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    return Run(ended.returncode, ended.stdout.decode(errors="replace"), ended.stderr.decode(errors="replace"))


@dataclasses.dataclass(frozen=True)
class Value:
    """One value that the program read: of what, how much, and which objects it came from."""

    pdu: int
    unit: int | None
    kind: str
    number: int
    element_name: str | None
    quantity: str
    value: object
    oids: tuple

    @property
    def place(self):
        unit = "" if self.unit is None else f"unit {self.unit} "
        return f"{unit}{self.kind}" if self.kind == "pdu" else f"{unit}{self.kind} {self.number}"

    def __str__(self):
        return f"{self.place} {self.quantity} {shown(self.value)}"


def shown(value):
    """A value for people: decimals without trailing zeros."""
    if isinstance(value, decimal.Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


class Reading:
    """Everything that the program read of one recording; the PDU with the address comes first."""

    def __init__(self, report):
        self.pdus = report["pdus"]
        self.requests = next(
            (p["requests"] for p in [report, *self.pdus] if p.get("requests") is not None), None
        )
        failed = next((pdu for pdu in self.pdus if pdu.get("status", "ok") != "ok"), None)
        self.failure = None if failed is None else f"{failed.get('reason')}: {failed.get('detail')}"
        self.is_refused = failed is not None and failed.get("reason") == "unsupported_device"
        self.values = [value for index, pdu in enumerate(self.pdus) for value in _values(index, pdu)]
        self._by_object = {}
        for value in self.values:
            for oid in value.oids:
                self._by_object.setdefault(oid, []).append(value)

    @property
    def profile(self):
        return self.pdus[0].get("profile") if self.pdus else None

    @property
    def identity(self):
        return (self.pdus[0].get("identity") or {}) if self.pdus else {}

    def from_object(self, oid):
        """The values that came from this object."""
        return self._by_object.get(oid, [])

    def of(self, kind, number, quantity):
        """The value of an element of the PDU with the address; None where there is none."""
        return next(
            (
                value
                for value in self.values
                if (value.pdu, value.kind, value.quantity) == (0, kind, quantity)
                and (kind == "pdu" or value.number == number)
            ),
            None,
        )

    def named(self, kind, name, quantity):
        """The values of all elements of a kind that bear this name."""
        return [v for v in self.values if (v.kind, v.element_name, v.quantity) == (kind, name, quantity)]

    def numbers(self, kind):
        """The numbers of the elements of a kind, of the PDU with the address."""
        readings = self.pdus[0].get("readings", []) if self.pdus else []
        return [int(reading["number"]) for reading in readings if reading["element"] == kind]


def _values(index, pdu):
    unit = pdu.get("unit")
    unit = None if unit is None else int(unit)
    rows = [(row["element"], row) for row in pdu.get("readings", [])]
    rows += [("sensor", row) for row in pdu.get("sensors", [])]
    for kind, row in rows:
        sources = row.get("oids") or {}
        for quantity, value in row.items():
            if quantity in ["element", "number", "oids"] or value is None:
                continue
            oids = tuple(oid.lstrip(".") for oid in sources.get(quantity, []))
            number = int(row.get("number") or 0)
            yield Value(index, unit, kind, number, row.get("name"), quantity, value, oids)
