"""Who uses it, what people have set, how polls went, and why an energy is what it is: the answers of the fake site.

The shapes are those of the interface; the loads come from the site, which knows the time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import fake_history
from fake_history import moment

if TYPE_CHECKING:
    from fake_site import FakeSite

Answer = tuple[int, dict]


@dataclass
class FakeSettings:
    """What `settings.db` holds, and whether this browser may change it."""

    may_write: bool = True
    revision: int = 1
    groups: list[dict] = field(default_factory=list)
    elements: dict[int, dict] = field(default_factory=dict)
    problem: str | None = None
    # What was asked to be changed: method, path, body.
    changes: list[tuple[str, str, dict]] = field(default_factory=list)
    # Called before each change, as somebody else might do something.
    meanwhile: list = field(default_factory=list)

    def told(self) -> dict:
        data = {
            "may_write": self.may_write, "revision": self.revision, "groups": self.groups,
            "elements": [{"element_id": id} | own for id, own in self.elements.items()],
        }
        return data | ({"problem": self.problem} if self.problem else {})

    def add(self, name: str, *elements: int, colour: str | None = None, description: str | None = None) -> dict:
        group = {"id": len(self.groups) + 1, "name": name, "colour": colour, "description": description, "element_ids": list(elements)}
        self.groups.append(group)
        return group

    def change(self, method: str, path: str, body: dict) -> Answer:
        self.changes.append((method, path, body))
        if self.meanwhile:
            self.meanwhile.pop(0)()
        if not self.may_write:
            return refused(403, "not_allowed", "127.0.0.1 may not change settings: add it to web.writers in the configuration")
        if body.get("revision") not in (None, self.revision):
            return refused(409, "changed", "somebody has changed the settings since: read them again")
        one = re.fullmatch(r"(groups|elements)/(\d+)", path)
        id = int(one.group(2)) if one else 0
        if path == "groups" and method == "POST" or one and one.group(1) == "groups" and method == "PUT":
            if not 1 <= len(body.get("name") or "") <= 80:
                return refused(400, "bad_parameter", "a name has 1 to 80 characters")
            if any(group["name"] == body["name"] and group["id"] != id for group in self.groups):
                return refused(400, "bad_parameter", f"there is a group called {body['name']} already")
            new = {key: body.get(key) for key in ("name", "colour", "description", "element_ids")}
            if method == "POST":
                id = max((group["id"] for group in self.groups), default=0) + 1
                self.groups.append({"id": id} | new)
            else:
                self.groups = [({"id": id} | new) if group["id"] == id else group for group in self.groups]
            self.revision += 1
            return (201 if method == "POST" else 200), {"success": True, "data": {"id": id} | new}
        if one and one.group(1) == "groups" and method == "DELETE":
            self.groups = [group for group in self.groups if group["id"] != id]
        elif one and method == "PUT":
            own = {key: body.get(key) or None for key in ("label", "note", "colour")}
            self.elements.pop(id, None)
            if any(own.values()):
                self.elements[id] = own
        else:
            return refused(405, "method_not_allowed", "GET, HEAD, POST, PUT or DELETE")
        self.revision += 1
        return 200, {"success": True, "data": {}}


def refused(status: int, code: str, error: str) -> Answer:
    return status, {"success": False, "error": error, "code": code}


def bucket(site: FakeSite, start: datetime, end: datetime, members: list) -> dict:
    return fake_history.bucket(site, start, end, members, "hour")


def chosen(site: FakeSite, query: dict[str, list[str]]) -> list:
    ids = [int(i) for key in ("pdu_ids[]", "pdu_ids") for value in query.get(key, []) for i in value.split(",") if i]
    return [pdu for pdu in site.pdus if not ids or pdu.id in ids]


def consumers(site: FakeSite, query: dict[str, list[str]]) -> dict:
    kind = query["kind"][0]
    start, end = moment(site, query["start"][0]), moment(site, query["end"][0])
    rows, residual = [], []
    for pdu in chosen(site, query):
        unit = bucket(site, start, end, [pdu])["kwh"]
        ones = [(pdu, pdu.id, 0, pdu.name)] if kind == "pdu" else [
            (part, part.id, part.number, part.name) for part in getattr(pdu.parts, {"outlet": "outlets", "bank": "banks", "phase": "phases"}[kind])
        ]
        own = [row(site, kind, pdu, one, id, number, name, start, end) for one, id, number, name in ones]
        rows += own
        if kind != "pdu" and own:
            known = all(one["metered"] and one["kwh"] is not None for one in own) and unit is not None
            parts = sum(one["kwh"] for one in own) if known else None
            residual.append({"pdu_id": pdu.id, "unit_kwh": unit, "parts_kwh": parts, "residual_kwh": unit - parts if known else None})
    whole = sum(one["kwh"] or 0 for one in rows)
    for one in rows:
        one["share"] = one["kwh"] / whole if whole and one["kwh"] is not None else None
    return {"start": site._stamp(start), "end": site._stamp(end), "timezone": site.zone, "kind": kind, "rows": rows, "residual": residual}


def row(site: FakeSite, kind: str, pdu, one, id: int, number: int, name: str | None, start: datetime, end: datetime) -> dict:
    known = bucket(site, start, end, [one])
    is_online = pdu.status == "online"
    is_metered = one.watts is not None
    is_off = getattr(one, "state", None) == "off"
    return {
        "element_id": id, "pdu_id": pdu.id, "pdu": pdu.name, "kind": kind, "number": number, "name": name,
        "state": getattr(one, "state", None) if is_online else None, "bank": getattr(one, "bank", None),
        "phase": getattr(one, "phase", None),
        "now_watts": (0 if is_off else site._watts(one, site.now)) if is_online and is_metered and not getattr(one, "is_missing", False) else None,
        "min_power_watts": known["min"], "avg_power_watts": known["mean"], "max_power_watts": known["max"],
        "max_power_at": None if known["max"] is None else site._stamp(start + timedelta(minutes=74)),
        "kwh": known["kwh"], "coverage": known["coverage"], "metered": is_metered,
    }


def polls(site: FakeSite, id: int) -> dict | None:
    pdu = next((pdu for pdu in site.pdus if pdu.id == id), None)
    if pdu is None:
        return None
    quarter = site.now.replace(minute=site.now.minute // 15 * 15, second=0, microsecond=0)
    slots = []
    for index in range(96):
        start = quarter - timedelta(minutes=15 * (95 - index))
        slot = {"polls": 15, "failures": 0, "worst_reason": None, "latency_ms_mean": 60 + index % 7 * 9, "latency_ms_max": 110 + index % 11 * 20}
        if index in pdu.failed_quarters:
            slot |= {"failures": 15 if index % 2 else 4, "worst_reason": "timeout"}
            if index % 2:
                slot |= {"latency_ms_mean": None, "latency_ms_max": None}
        if index in pdu.unpolled_quarters:
            slot = {"polls": 0, "failures": 0, "worst_reason": None, "latency_ms_mean": None, "latency_ms_max": None}
        slots.append({"start": site._stamp(start), "end": site._stamp(start + timedelta(minutes=15))} | slot)
    return {"start": slots[0]["start"], "end": slots[-1]["end"], "slots": slots}


def summed(site: FakeSite, query: dict[str, list[str]]) -> set[str]:
    """The ids of the elements that are asked for together."""
    groups = {str(group["id"]): group["element_ids"] for group in site.settings.groups}
    named = [id for key in ("pdu_ids", "element_ids") for text in query.get(key, []) for id in text.split(",")]
    return {*named, *(str(id) for text in query.get("group_ids", []) for id in groups.get(text, []))}


def explained(site: FakeSite, query: dict[str, list[str]]) -> Answer:
    start, end = moment(site, query["start"][0]), moment(site, query["end"][0])
    element = query.get("element", [None])[0]
    ones = [(pdu.id, pdu, "pdu", 0, pdu) for pdu in site.pdus]
    ones += [(part.id, pdu, kind, part.number, part) for pdu in site.pdus for kind, parts in (
        ("outlet", pdu.parts.outlets), ("bank", pdu.parts.banks), ("phase", pdu.parts.phases)) for part in parts]
    found = [one for one in ones if str(one[0]) == element]
    if element is not None and not found:
        return refused(404, "unknown_element", f"there is no element {element}")
    several = [one for one in ones if str(one[0]) in summed(site, query)] or [one for one in ones if one[2] == "pdu"]
    known = bucket(site, start, end, [one[4] for one in found or several])
    data = {
        "start": site._stamp(start), "end": site._stamp(end), "timezone": site.zone, "energy_kwh": known["kwh"],
        "method": "counted", "methods": {"counted": {"kwh": known["kwh"], "share": 1}, "integrated": None, "interpolated": None, "corrected": None},
        "seconds": int((end - start).total_seconds()), "seconds_covered": known["covered"], "seconds_interpolated": 0,
        "coverage": known["coverage"], "corrections": [], "events": [],
        "sentences": [f"{found[0][4].name if found else 'All PDUs'} used {known['kwh'] or 0:.3f} kWh.", "The unit's own counter says so."],
    }
    if found:
        id, pdu, kind, number, one = found[0]
        data |= {
            "element": {"id": id, "pdu_id": pdu.id, "pdu": pdu.name, "kind": kind, "number": number, "name": one.name},
            "opening_counter": {"at": site._stamp(start), "kwh": 812.4}, "closing_counter": {"at": site._stamp(end), "kwh": 820.1},
            "remarks": [], "gaps": [{"start": site._stamp(start), "end": site._stamp(start + timedelta(minutes=7)), "seconds": 420, "kwh": None, "bridged": False}],
            "readings": 47, "drift_percent": -0.49, "compared_counted_kwh": 1.6, "compared_integrated_kwh": 1.592,
        }
    else:
        data |= {"element": None, "members_covered": len(several), "members_total": len(several), "members": [
            {"pdu_id": pdu.id, "element_id": id, "kind": kind, "number": number, "pdu": pdu.name, "name": one.name,
             "energy_kwh": bucket(site, start, end, [one])["kwh"], "method": "counted",
             "seconds_covered": 3600, "seconds_interpolated": 0, "coverage": 1, "readings": 60}
            for id, pdu, kind, number, one in several]}
    return 200, {"success": True, "data": data}
