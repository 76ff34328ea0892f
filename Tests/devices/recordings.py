"""Recordings of real devices: where they lie, what they hold, and what third parties decode from them.

They lie beside the project and are no part of it: their licences differ from its own.
"""

import dataclasses
import decimal
import functools
import json
import os
import pathlib

from program import ROOT

MISSING = "there are no recordings in ../shared/devices (PDU_DEVICES names another place)"


def folder():
    """The folder with the recordings: PDU_DEVICES, or ../shared/devices, also of a worktree's main project."""
    if os.environ.get("PDU_DEVICES"):
        return pathlib.Path(os.environ["PDU_DEVICES"])
    beside = [ROOT.parent / "shared" / "devices", ROOT.parents[1] / "shared" / "devices"]
    return next((place for place in beside if place.is_dir()), beside[0])


@dataclasses.dataclass(frozen=True)
class Recording:
    """A recording, named VENDOR/RECORDING."""

    name: str

    @property
    def file(self):
        return folder() / f"{self.name}.snmprec"

    @functools.cached_property
    def expected(self):
        """What third parties decode from it, section by section; numbers are exact decimals."""
        file = folder() / f"{self.name}.expected.json"
        if not file.exists():
            return {}
        return json.loads(file.read_text(), parse_float=decimal.Decimal, parse_int=decimal.Decimal)

    @functools.cached_property
    def objects(self):
        """The raw values by OID: numbers where they are numbers, also within a text; else texts."""
        return dict(_objects(self.file))


def every():
    """All recordings, sorted by name."""
    place = folder()
    files = sorted(place.glob("*/*.snmprec")) if place.is_dir() else []
    return [Recording(f"{file.parent.name}/{file.stem}") for file in files]


def _objects(file):
    for line in file.read_text(encoding="latin-1").split("\n"):
        parts = line.rstrip("\r").split("|", 2)
        if len(parts) < 3:
            continue
        oid, tag, value = parts
        if tag.endswith("x"):
            try:
                value = bytes.fromhex(value).decode("latin-1")
            except ValueError:
                continue
        yield oid.lstrip("."), _number(value)


def _number(text):
    try:
        number = decimal.Decimal(text.strip())
    except decimal.InvalidOperation:
        return text
    return number if number.is_finite() else text
