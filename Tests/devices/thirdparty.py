"""What third parties make of a recording, as single values that say where in a reading they should be found again."""

import dataclasses
import decimal
import re

# Kinds of value, and the members of a reading that may hold them. A third party's power may be apparent power.
QUANTITIES = {
    "power": ("power_watts", "apparent_power_va"),
    "apparent power": ("apparent_power_va",),
    "active power": ("power_watts",),
    "energy": ("energy_kwh",),
    "current": ("current_amps",),
    "voltage": ("voltage_volts",),
    "power factor": ("power_factor",),
    "temperature": ("temperature_celsius",),
    "humidity": ("humidity_percent",),
    "state": ("state",),
    "rated current": ("rated_current_amps",),
    "rated power": ("rated_power_watts",),
    "warning threshold": ("warning_current_amps",),
    "critical threshold": ("critical_current_amps",),
    "name": ("name",),
    "bank": ("bank",),
    "energy since": ("energy_since",),
}

ON = {"on", "outleton", "closed"}
OFF = {"off", "outletoff", "open", "tripped"}


def switch_state(word):
    """The state that a third party's word stands for; None where it is not one of a switch."""
    word = str(word).lower()
    return "on" if word in ON else "off" if word in OFF else None


@dataclasses.dataclass(frozen=True)
class Object:
    """Found by the object that it was read from."""

    oid: str


@dataclasses.dataclass(frozen=True)
class Place:
    """Found by the element's number."""

    kind: str
    number: int = 0


@dataclasses.dataclass(frozen=True)
class Named:
    """Found by the element's name; several elements may bear it."""

    kind: str
    name: str


@dataclasses.dataclass(frozen=True)
class Identity:
    """Found in the identity."""

    field: str


@dataclasses.dataclass(frozen=True)
class Count:
    """The number of elements of a kind."""

    kind: str


@dataclasses.dataclass(frozen=True)
class Nowhere:
    """Nothing of ours is known to hold it: it never agrees, so that nothing is passed over."""


@dataclasses.dataclass(frozen=True)
class Expectation:
    """A value that someone else decoded. `names`: what entries of reasons may call it."""

    names: tuple
    label: str
    quantity: str
    value: object
    where: object


@dataclasses.dataclass(frozen=True)
class NotRead:
    """A value of a kind that is not read, whatever the device: such as frequency."""

    kind: str
    label: str


def every(expected, objects):
    """All values of a recording's expectations; `objects` are the recorded raw values by OID."""
    sections = [
        (librenms, (expected.get("librenms"), objects)),
        (centreon, (expected.get("centreon_run"),)),
        (nut, (expected.get("nut"),)),
        (opendcim, (expected.get("opendcim"), objects)),
        (mib, ((expected.get("mib_decode") or {}).get("values"),)),
    ]
    for decode, arguments in sections:
        if arguments[0]:
            yield from decode(*arguments)


# --- LibreNMS: sensors with their objects ----------------------------------------------------------------------

LIBRENMS = {
    "power": "power",
    "power_consumed": "energy",
    "current": "current",
    "voltage": "voltage",
    "power_factor": "power factor",
    "temperature": "temperature",
    "humidity": "humidity",
    "state": "state",
}


def librenms(section, objects):
    serial = (section.get("identity") or {}).get("serial")
    # Where the recording was anonymised.
    if serial and not serial.startswith("<"):
        yield Expectation(("librenms serial",), "serial", "identity", serial, Identity("serial"))
    for sensor in section.get("sensors", []):
        oid = sensor["oid"].lstrip(".")
        kind = sensor["class"]
        label = f"{kind} {sensor.get('descr', '')}"
        names = (oid, f"librenms {kind} {oid}")
        if kind not in LIBRENMS:
            yield NotRead(kind, label)
        elif sensor.get("value") is None or sensor.get("raw") is None and oid not in objects:
            yield NotRead("what is not in the recording", label)
        elif kind == "state":
            yield Expectation(
                names, f"{label}: {sensor.get('label')}", "state", sensor.get("label"), Object(oid)
            )
        else:
            quantity = LIBRENMS[kind]
            if kind == "power" and "apparent" in label.lower():
                quantity = "apparent power"
            yield Expectation(names, label, quantity, sensor["value"], Object(oid))


# --- Centreon: performance data, and sentences about outlets ---------------------------------------------------

WATT_HOURS_PER_KILOWATT_HOUR = decimal.Decimal(1000)

# The metric behind the last `#`: what it is of (None: what stands before the `#` says so), and of which quantity.
CENTREON = {
    "device.power.watt": ("pdu", "active power"),
    "phase.power.watt": ("phase", "active power"),
    "phase.current.ampere": ("phase", "current"),
    "bank.current.ampere": ("bank", "current"),
    "outlet.current.ampere": ("outlet", "current"),
    "outlet.power.watt": ("outlet", "active power"),
    "receptaclebranch.total.accumulated.energy.kilowatthour": ("bank", "energy"),
    "receptaclebranch.line2neutral.real.power.watt": ("bank", "active power"),
    "receptaclebranch.line2neutral.apparent.power.voltampere": ("bank", "apparent power"),
    "receptaclebranch.line2neutral.current.ampacrms": ("bank", "current"),
    "receptaclebranch.line2neutral.potential.voltrms": ("bank", "voltage"),
    # Of the mode ps-usage, for the whole unit; its line is the only phase.
    "power": ("pdu", "active power"),
    "energy": ("pdu", "energy"),
    "line_current": ("phase", "current"),
}
# `hardware.sensor.OF.METRIC`
CENTREON_SENSOR_OF = {"inlet": "pdu", "ocprot": "bank", "outlet": "outlet", "external": "sensor"}
CENTREON_SENSOR = {
    "activepower.watt": "active power",
    "apparentpower.voltamp": "apparent power",
    "rmscurrent.ampere": "current",
    "rmsvoltage.volt": "voltage",
    "powerfactor": "power factor",
    "activeenergy.watthour": "energy",
    "temperature.celsius": "temperature",
    "humidity.percentage": "humidity",
}
CENTREON_NOT_READ = [
    (re.compile(r".*\.frequency\.hertz"), "frequency"),
    (re.compile(r"count_.*|.*\.count"), "count"),
    (re.compile(r"line_load"), "load"),
]


def centreon(section):
    for mode in section.get("modes", []):
        for item in mode.get("perfdata", []):
            yield _perfdata(item["name"], item["value"])
        yield from _sentences(mode)


def _perfdata(name, value):
    instance, _, metric = name.rpartition("#")
    metric = metric or name
    label = f"centreon {name}"
    for pattern, kind in CENTREON_NOT_READ:
        if pattern.fullmatch(metric):
            return NotRead(kind, label)
    kind, quantity = CENTREON.get(metric, (None, None))
    parts = metric.split(".", 3)
    if kind is None and metric.startswith("hardware.sensor.") and len(parts) == 4:
        kind = CENTREON_SENSOR_OF.get(parts[2])
        quantity = CENTREON_SENSOR.get(parts[3])
        if parts[3].endswith(".watthour"):
            value = value / WATT_HOURS_PER_KILOWATT_HOUR
    if kind is None or quantity is None:
        return Expectation((label, name), label, "unknown", value, Nowhere())
    return Expectation((label, name), label, quantity, value, _centreon_place(kind, instance))


def _centreon_place(kind, instance):
    """`alamo`, `mod1phase2`, `~C3`, `Server strapping 0`, `~Temperature 1`, or nothing."""
    label = re.sub(r" strapping \d+$", "", instance.removeprefix("~"))
    number = re.fullmatch(r"(?:mod\d+(?:phase|bank)|[A-Z])?(\d+)", label)
    if kind == "pdu":
        return Place("pdu")
    if kind == "sensor":
        return Named("sensor", label)
    if number:
        return Place(kind, int(number[1]))
    if kind == "outlet":
        return Named("outlet", label)
    return Named("bank", label) if kind == "bank" else Place(kind, 1)


# The lines of a mode's `verbose` that tell a switch's state: NAME or number, and word.
CENTREON_STATES = [
    ("outlet", "outlet", re.compile(r"^Outlet '(.*) bank \d+' status : '(\w+)'", re.MULTILINE)),
    (
        "receptacles",
        "outlet",
        re.compile(r"^\s*receptacle '(.*)' operational .*\[power state: (\w+)\]", re.MULTILINE),
    ),
    ("outlet-sensors", "outlet", re.compile(r"^'(.*)' onOff state is '(\w+)'", re.MULTILINE)),
    ("ocprot-sensors", "bank", re.compile(r"^'(.*)' trip state is '(\w+)'", re.MULTILINE)),
]


def _sentences(mode):
    for name, kind, pattern in CENTREON_STATES:
        if mode["mode"] != name:
            continue
        for instance, word in pattern.findall(mode.get("verbose") or ""):
            number = re.fullmatch(r"[A-Z]?(\d+)", instance) if name.endswith("-sensors") else None
            where = Place(kind, int(number[1])) if number else Named(kind, instance)
            label = f"centreon {kind} {instance} state"
            yield Expectation((label,), f"{label}: {word}", "state", word, where)


# --- NUT: variables --------------------------------------------------------------------------------------------

NUT = {
    "input.current": ("current", Place("pdu")),
    "input.realpower": ("active power", Place("pdu")),
    "input.power": ("apparent power", Place("pdu")),
    "input.voltage": ("voltage", Place("pdu")),
    "input.powerfactor": ("power factor", Place("pdu")),
    "device.model": ("identity", Identity("model")),
    "device.serial": ("identity", Identity("serial")),
    "outlet.count": ("count", Count("outlet")),
}
NUT_OUTLET = {
    "status": "state",
    "desc": "name",
    "current": "current",
    "realpower": "active power",
    "power": "apparent power",
    "voltage": "voltage",
    "powerfactor": "power factor",
}


def nut(section):
    for name, value in section.get("variables", {}).items():
        label = f"nut {name}"
        outlet = re.fullmatch(r"outlet\.(\d+)\.(\w+)", name)
        if name in NUT:
            quantity, where = NUT[name]
        elif outlet and outlet[2] in NUT_OUTLET:
            quantity, where = NUT_OUTLET[outlet[2]], Place("outlet", int(outlet[1]))
        elif re.search(r"power|current|voltage|energy|temperature|humidity", name):
            quantity, where = "unknown", Nowhere()
        else:
            # Contact, the driver's version and the like.
            continue
        if value == "":
            continue
        if quantity not in ["state", "name", "identity"]:
            value = decimal.Decimal(value)
        yield Expectation((label, name), label, quantity, value, where)


# --- openDCIM: which objects it is told to read ----------------------------------------------------------------


def opendcim(section, objects):
    """The settings name columns; what is expected stands in the recording."""
    for name, column in section.get("settings", {}).items():
        label = f"opendcim {name}"
        for oid in _cells(column, objects):
            raw = objects[oid]
            row = int(oid.rpartition(".")[2])
            names = (f"{label} {row}", f"opendcim {oid}")
            if raw == "":
                continue
            if name == "outlet names":
                # Also a number is a name.
                yield Expectation(names, label, "name", str(raw), Place("outlet", row))
            elif name == "outlet count":
                yield Expectation(names, label, "count", raw, Count("outlet"))
            elif name == "outlet state (1=off,2=on)":
                yield Expectation(names, label, "state", {1: "off", 2: "on"}.get(raw), Place("outlet", row))
            elif name == "phase/bank current, x0.1 A":
                yield Expectation((*names, oid), label, "current", raw * decimal.Decimal("0.1"), Object(oid))
            else:
                yield Expectation(names, label, "unknown", raw, Nowhere())


def _cells(column, objects):
    """The recorded objects that `1.3.6.1…`, or `1.3.6.1….{1,2,3}`, speaks of."""
    base, _, rows = column.partition(".{")
    if rows:
        return [f"{base}.{row}" for row in rows.rstrip("}").split(",") if f"{base}.{row}" in objects]
    return [base] if base in objects else [oid for oid in objects if oid.startswith(base + ".")]


# --- The section mib_decode: read off the MIB's text by whoever collected the recordings --------------------------

MIB_NUMBERS = {
    "power_W": "active power",
    "gen1_power_W": "active power",
    "apparent_VA": "apparent power",
    "gen1_power_VA": "apparent power",
    "power_factor": "power factor",
    "energy_kWh": "energy",
    "current_A": "current",
    "voltage_V": "voltage",
    "rating_max_A": "rated current",
    "rating_kW": "rated power",
    "near_overload_A": "warning threshold",
    "overload_A": "critical threshold",
    "bank": "bank",
}
MIB_IDENTITY = ["name", "model", "serial", "firmware"]
MIB_NOT_READ = {
    "load_state": "state",
    "supply_alarm": "state",
    "peak_power_W": "peaks",
    "peak_power_time": "peaks",
    "peak_current_A": "peaks",
    "gen1_line_to_line_V": "settings",
    "location": "settings",
    "hardware_rev": "details of identity",
    "date_of_manufacture": "details of identity",
}


def mib(values):
    for title, kind in [("identity", "pdu"), ("device", "pdu")]:
        yield from _mib_row(values.get(title) or {}, title, Place(kind))
    for title, kind in [("phases", "phase"), ("banks", "bank"), ("outlets", "outlet")]:
        for row in values.get(title) or []:
            yield from _mib_row(row, kind, Place(kind, int(row[kind])))


def _mib_row(row, title, place):
    for field, value in row.items():
        if value is None or field in ["module", "phase"] or field == place.kind:
            continue
        label = f"mib_decode {title} {place.number} {field}" if place.number else f"mib_decode {title} {field}"
        if str(value).startswith("notsupported"):
            yield NotRead("what the device does not support", label)
        elif field in MIB_NOT_READ:
            yield NotRead(MIB_NOT_READ[field], label)
        elif title == "identity" and field in MIB_IDENTITY:
            yield Expectation((label,), label, "identity", value, Identity(field))
        elif field in ["state", "state_sPDU"]:
            yield Expectation((label,), label, "state", value, place)
        elif field in ["name", "energy_since"]:
            yield Expectation((label,), label, field.replace("_", " "), value, place)
        elif field in MIB_NUMBERS:
            scaled = value * 1000 if field == "rating_kW" else value
            yield Expectation((label,), label, MIB_NUMBERS[field], scaled, place)
        else:
            yield Expectation((label,), label, "unknown", value, Nowhere())
