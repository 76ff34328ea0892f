"""Recordings of our own making, and what must be read of them."""

import decimal
import json
import pathlib

import yaml

from program import ROOT

FOLDER = pathlib.Path(__file__).resolve().parent / "fixtures"


def profiles():
    """The built-in profiles, in the order of their names."""
    files = (ROOT / "Sources" / "Shared" / "Devices" / "Profiles").glob("*.yaml")
    return sorted((yaml.safe_load(file.read_text()) for file in files), key=lambda profile: profile["name"])


def every():
    """The recordings."""
    return sorted(FOLDER.glob("*.snmprec"))


def expected(file):
    """What the JSON beside a recording says."""
    text = file.with_suffix(".json").read_text()
    return json.loads(text, parse_float=decimal.Decimal, parse_int=decimal.Decimal)


def comparable(report):
    """A report in the form in which two are compared: nothing that is absent, elements by kind and number."""
    return [_pdu(pdu) for pdu in report["pdus"]]


def _pdu(pdu):
    comparable = {key: pdu[key] for key in ["profile", "unit"] if pdu.get(key) is not None}
    comparable["identity"] = _present(pdu.get("identity") or {})
    for row in pdu.get("readings", []):
        _add(comparable, f"{row['element']} {row.get('number') or 0}", row)
    for row in pdu.get("sensors", []):
        _add(comparable, f"sensor {row.get('number') or 0}", row)
    return comparable


def _add(comparable, name, row):
    assert name not in comparable, f"{name} is there twice"
    comparable[name] = _present({key: value for key, value in row.items() if key not in ["element", "number"]})


def _present(row):
    """Without null, without the objects, and without the `false` of an estimate that is none."""
    return {key: value for key, value in row.items() if value not in [None, False] and key != "oids"}


def differences(ours, theirs):
    """Two comparable reports, line by line where they differ."""
    lines = [] if len(ours) == len(theirs) else [f"{len(ours)} PDUs are read, {len(theirs)} expected"]
    for index, (read, wanted) in enumerate(zip(ours, theirs)):
        for name in {**wanted, **read}:
            lines += _difference(f"pdus[{index}] {name}", read.get(name), wanted.get(name))
    return lines


def _difference(name, read, wanted):
    if read == wanted:
        return []
    if not isinstance(read, dict) or not isinstance(wanted, dict):
        return [f"{name}: read {_shown(read)}, expected {_shown(wanted)}"]
    return [
        line
        for key in {**wanted, **read}
        for line in _difference(f"{name} {key}", read.get(key), wanted.get(key))
    ]


def _shown(value):
    return "nothing" if value is None else json.dumps(value, default=str)


# --- The same recording as snmpwalk prints it -------------------------------------------------------------------

NAMES = {"2": "INTEGER", "65": "Counter32", "66": "Gauge32", "70": "Counter64"}


def walk_text(snmprec):
    """The text of a .snmprec file as the output of `snmpwalk -On`."""
    lines = [line for line in snmprec.splitlines() if line and not line.startswith("#")]
    return "".join(
        f".{oid} = {_walk_value(tag, value)}\n" for oid, tag, value in (line.split("|", 2) for line in lines)
    )


def _walk_value(tag, value):
    if tag == "4":
        return f'STRING: "{_escaped(value)}"' if value else '""'
    if tag == "4x":
        return "Hex-STRING: " + " ".join(value[at : at + 2].upper() for at in range(0, len(value), 2))
    if tag == "6":
        return f"OID: .{value.lstrip('.')}"
    if tag == "67":
        return f"Timeticks: ({value}) 0:00:00.00"
    if tag == "64":
        return f"IpAddress: {value}"
    if tag == "5":
        return "NULL"
    return f"{NAMES[tag]}: {value}"


def _escaped(text):
    return text.replace("\\", "\\\\").replace('"', '\\"')
