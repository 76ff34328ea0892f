"""The answers of `/api/history`, `/api/overview` and `/api/heatmap`, computed from the fake site's load.

Buckets follow the site's calendar; what is not over, what is missing and what has not begun is told as the interface
tells it.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from fake_site import FakeSite

STEPS = {"minute": timedelta(minutes=1), "quarter_hour": timedelta(minutes=15), "hour": timedelta(hours=1)}
# How often the load is looked at in a bucket.
MOMENTS = {"minute": 1, "quarter_hour": 3, "hour": 12, "day": 24, "month": 62}
MOST_SERIES = 40


def moment(site: "FakeSite", text: str) -> datetime:
    """A date or time by the site's clocks, or RFC 3339, in UTC."""
    at = datetime.fromisoformat(text.replace(" ", "+"))
    return at.replace(tzinfo=at.tzinfo or ZoneInfo(site.zone)).astimezone(timezone.utc)


def resolution(asked: str, start: datetime, end: datetime) -> str:
    if asked != "auto":
        return asked
    days = (end - start).total_seconds() / 86_400
    return "month" if days > 92 else "day" if days > 3 else "hour" if days > 0.25 else "minute"


def edges(site: "FakeSite", start: datetime, end: datetime, by: str) -> list[datetime]:
    """The bounds of the buckets, in UTC, cut by the range."""
    zone = ZoneInfo(site.zone)
    found = [start]
    local = start.astimezone(zone)
    while found[-1] < end:
        if by in STEPS:
            step = STEPS[by]
            # Buckets of the clock, not of the range.
            offset = local.utcoffset() or timedelta(0)
            since = (found[-1] - datetime(1970, 1, 1, tzinfo=timezone.utc) + offset) % step
            found.append(found[-1] + step - since)
            continue
        local = found[-1].astimezone(zone)
        if by == "day":
            following = local.date() + timedelta(days=1)
        else:
            following = (local.date().replace(day=1) + timedelta(days=32)).replace(day=1)
        found.append(datetime(following.year, following.month, following.day, tzinfo=zone).astimezone(timezone.utc))
    found[-1] = end
    return found


def bucket(site: "FakeSite", start: datetime, end: datetime, members: list, by: str) -> dict:
    count = MOMENTS[by]
    step = (end - start) / count
    moments = [start + step * (i + 0.5) for i in range(count)]
    read = [m for m in moments if site.history_since <= m < site.now and not any(a <= m < b for a, b in site.gaps)]
    known = [member for member in members if member.watts is not None and member.is_known(start, end)]
    elapsed = max(1.0, min((end - start).total_seconds(), (site.now - start).total_seconds()))
    row = {"kwh": None, "mean": None, "max": None, "min": None, "covered": 0, "coverage": None if start >= site.now else 0.0, "start": start}
    if not read or not known:
        return row
    sums = [sum(site._watts(member, m) or 0 for member in known) for m in read]
    covered = step.total_seconds() * len(read)
    if end > site.now:
        covered = min(covered, elapsed) if len(read) < count else elapsed
    mean = sum(sums) / len(sums)
    spread = (1.0, 1.0) if by == "minute" else (1.06, 0.95)
    return row | {
        "kwh": mean * covered / 3_600_000, "mean": mean, "max": max(sums) * spread[0], "min": min(sums) * spread[1],
        "covered": int(covered), "coverage": min(1.0, covered / elapsed) * len(known) / len(members),
    }


def history(site: "FakeSite", query: dict, members: list) -> dict:
    start, end = moment(site, query["start"][0]), moment(site, query["end"][0])
    by = resolution(query.get("resolution", ["auto"])[0], start, end)
    bounds = edges(site, start, end, by)
    spans = list(zip(bounds, bounds[1:]))
    rows = [bucket(site, a, b, members, by) for a, b in spans]
    data = {
        "start": site._stamp(start), "end": site._stamp(end), "timezone": site.zone, "resolution": by,
        "starts": [site._stamp(a) for a, _ in spans], "ends": [site._stamp(b) for _, b in spans],
        "partial": [b > site.now for _, b in spans],
        "total": columns(rows) | {
            "method": [None if row["kwh"] is None else "counted" for row in rows],
            "seconds_covered": [row["covered"] for row in rows],
        },
        "sum": summed(site, rows, start, end),
    }
    if query.get("each", ["0"])[0] == "1":
        data["series"] = [
            identity(site, member) | columns([bucket(site, a, b, [member], by) for a, b in spans]) for member in members[:MOST_SERIES]
        ]
        if len(members) > MOST_SERIES:
            others = columns([bucket(site, a, b, members[MOST_SERIES:], by) for a, b in spans])
            data["series"].append({"element_id": None, "others": len(members) - MOST_SERIES} | others)
    return data


def columns(rows: list[dict]) -> dict:
    names = {"kwh": "kwh", "avg_power": "mean", "max_power": "max", "min_power": "min", "coverage": "coverage"}
    return {name: [row[key] for row in rows] for name, key in names.items()}


def identity(site: "FakeSite", member) -> dict:
    for pdu in site.pdus:
        if pdu is member:
            return {"element_id": pdu.id, "pdu_id": pdu.id, "pdu": pdu.name, "kind": "pdu", "number": 0, "name": pdu.name}
        for kind in ("outlets", "phases", "banks"):
            for part in getattr(pdu.parts, kind):
                if part is member:
                    return {
                        "element_id": part.id, "pdu_id": pdu.id, "pdu": pdu.name, "kind": kind[:-1], "number": part.number, "name": part.name,
                    }
    raise LookupError(member)


def summed(site: "FakeSite", rows: list[dict], start: datetime, end: datetime) -> dict:
    known = [row for row in rows if row["kwh"] is not None]
    covered = sum(row["covered"] for row in rows)
    peak = max(known, key=lambda row: row["max"], default=None)
    low = min(known, key=lambda row: row["min"], default=None)
    elapsed = max(1.0, (min(end, site.now) - start).total_seconds())
    has_history = site.history_since < site.now and any(pdu.watts is not None for pdu in site.pdus)
    return {
        "kwh": sum(row["kwh"] for row in known) if known else None,
        "avg_power_watts": sum(row["mean"] * row["covered"] for row in known) / covered if covered else None,
        "max_power_watts": peak and peak["max"], "max_power_at": peak and site._stamp(peak["start"] + timedelta(minutes=20)),
        "min_power_watts": low and low["min"], "min_power_at": low and site._stamp(low["start"] + timedelta(minutes=40)),
        "coverage": min(1.0, covered / elapsed), "seconds_covered": covered, "method": "counted" if known else None,
        "first_reading": site._stamp(site.history_since) if has_history else None,
    }


def overview(site: "FakeSite") -> dict:
    zone = ZoneInfo(site.zone)
    local = site.now.astimezone(zone)
    today = datetime(local.year, local.month, local.day, tzinfo=zone).astimezone(timezone.utc)
    month = datetime(local.year, local.month, 1, tzinfo=zone).astimezone(timezone.utc)
    members = [pdu for pdu in site.pdus if pdu.status == "online" and pdu.watts is not None]
    watts = sum(site._watts(pdu, site.now) or 0 for pdu in members) if members else None
    since = site.now - today
    rows = [bucket(site, a, min(b, site.now), site.pdus, "hour") for a, b in zip(*(lambda e: (e, e[1:]))(edges(site, today, site.now, "hour")))]
    so_far = summed(site, rows, today, site.now)
    days = [bucket(site, today - timedelta(days=7 * k), today - timedelta(days=7 * k) + since, site.pdus, "day") for k in range(1, 5)]
    usual = [day["kwh"] for day in days if day["kwh"] is not None and day["coverage"] >= 0.9]
    before = (month - timedelta(days=1)).astimezone(zone).replace(day=1, hour=0, minute=0, second=0).astimezone(timezone.utc)
    last = bucket(site, before, before + (site.now - month), site.pdus, "month")
    this = bucket(site, month, site.now, site.pdus, "month")
    hour = site.now.replace(minute=30, second=0, microsecond=0)
    hourly = [bucket(site, hour - timedelta(hours=24 - k), hour - timedelta(hours=23 - k), site.pdus, "hour")["mean"] for k in range(24)]
    return {
        "now": {
            "watts": watts, "members_covered": len(members), "members_total": len(site.pdus), "at": site._stamp(site.now),
            "trend_watts_per_hour": 42.0 if watts else None, "sparkline_watts": hourly,
        },
        "today": {
            "kwh": so_far["kwh"], "usual_kwh": sum(usual) / len(usual) if usual else None, "usual_days": len(usual),
            "start": site._stamp(today), "elapsed_seconds": int(since.total_seconds()), "coverage": so_far["coverage"],
        },
        "month": {
            "kwh": this["kwh"], "previous_same_part_kwh": last["kwh"], "start": site._stamp(month), "coverage": this["coverage"],
        },
        "peak_today": {"watts": so_far["max_power_watts"], "at": so_far["max_power_at"]},
        "fullest": fullest(site),
    }


def fullest(site: "FakeSite") -> dict | None:
    best = None
    for pdu in site.pdus:
        for kind in ("banks", "phases"):
            for part in getattr(pdu.parts, kind):
                if part.watts is None or not part.rated_amps or pdu.status != "online":
                    continue
                amps = (site._watts(part, site.now) or 0) / (part.volts or 230)
                if best is None or amps / part.rated_amps > best["load_percent"] / 100:
                    best = identity(site, part) | {
                        "load_percent": round(100 * amps / part.rated_amps, 1), "current_amps": round(amps, 1),
                        "rated_current_amps": part.rated_amps,
                    }
    return best


def heatmap(site: "FakeSite", query: dict, members: list) -> dict:
    start, end = moment(site, query["start"][0]), moment(site, query["end"][0])
    zone = ZoneInfo(site.zone)
    sums = [[[] for _ in range(24)] for _ in range(7)]
    for a, b in zip(*(lambda e: (e, e[1:]))(edges(site, start, min(end, site.now), "hour"))):
        local = a.astimezone(zone)
        sums[local.weekday()][local.hour].append(bucket(site, a, b, members, "quarter_hour")["mean"])
    known = [[[value for value in hour if value is not None] for hour in day] for day in sums]
    return {
        "start": site._stamp(start), "end": site._stamp(end), "timezone": site.zone, "first_day": "monday",
        "avg_power": [[sum(hour) / len(hour) if hour else None for hour in day] for day in known],
        "coverage": [[len(k) / len(s) if s else None for k, s in zip(kd, sd)] for kd, sd in zip(known, sums)],
    }
