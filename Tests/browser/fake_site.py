"""A site as the page sees it: htdocs with the security headers of nginx, and an API that answers what a test wants.

The answers are computed, from a load that follows the day, for any zone and any moment; the clock stands where the
test puts it. Nothing here stores or measures: it is the contract's section 5 and no more.
"""

from __future__ import annotations

import hashlib
import json
import math
import mimetypes
import re
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

PROJECT = Path(__file__).resolve().parents[2]
HTDOCS = PROJECT / "htdocs"

# Until the project's nginx configuration is there to be read.
DEFAULT_POLICY = (
    "default-src 'self'; style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' "
    "'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='; img-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def content_security_policy() -> str:
    """The policy of the project's nginx configuration, so that the page is tested under what it will be served with."""
    for path in sorted((PROJECT / "nginx").glob("**/*")):
        if path.is_file():
            found = re.search(r'Content-Security-Policy\s+"([^"$]+)"', path.read_text(encoding="utf-8"))
            if found:
                return found.group(1)
    return DEFAULT_POLICY


@dataclass
class FakePDU:
    """One PDU: what it draws on average, and how its last poll went."""

    id: int
    name: str
    ip: str
    watts: float | None = 1000.0
    status: str = "online"
    age: int | None = 12
    failure: str | None = None
    failure_detail: str | None = None
    is_estimate: bool = False
    # When nothing was read of it, though something could have been.
    silent: tuple[datetime, datetime] | None = None

    def is_known(self, start: datetime, end: datetime) -> bool:
        """Whether anything was read between `start` and `end`."""
        return self.silent is None or not (self.silent[0] <= start and end <= self.silent[1])


def two_pdus() -> list[FakePDU]:
    return [
        FakePDU(1, "Right PDU", "172.0.250.10", 1480),
        FakePDU(2, "Left PDU", "172.0.250.11", 870, is_estimate=True),
    ]


@dataclass
class FakeSite:
    """What the server knows, and how it behaves; tests change it at will."""

    now: datetime = datetime(2026, 11, 23, 18, 12, 30, tzinfo=timezone.utc)
    zone: str = "Europe/London"
    name: str = "Server room"
    pdus: list[FakePDU] = field(default_factory=two_pdus)
    collector: str = "running"
    newest_run_age: int | None = 30
    history_since: datetime = datetime(2024, 1, 1, tzinfo=timezone.utc)
    gaps: list[tuple[datetime, datetime]] = field(default_factory=list)
    # None; "drop": the connection ends without an answer; "garbage"; or a status and the text of its error.
    problem: None | str | tuple[int, str] = None
    # False: the contract's keys and no others.
    extras: bool = True
    prefix: str = "/"
    requests: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    # --- the API ------------------------------------------------------------------------------------------------

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, dict]:
        ids = [int(i) for key in ("pdu_ids[]", "pdu_ids") for value in query.get(key, []) for i in value.split(",")]
        unknown = [i for i in ids if i not in [pdu.id for pdu in self.pdus]]
        if unknown:
            return 404, {"success": False, "error": f"There is no PDU with the id {unknown[0]}."}
        period = query.get("period", ["day"])[0]
        chosen = [pdu for pdu in self.pdus if not ids or pdu.id in ids]
        if path == "pdus":
            data: object = [{"id": p.id, "name": p.name, "ip": p.ip} for p in self.pdus]
        elif path == "current-status":
            data = [self._status(pdu) for pdu in self.pdus]
        elif path == "power-data":
            data = self._power_data(period, chosen)
        elif path == "statistics":
            data = self._statistics(period, chosen)
        else:
            return 404, {"success": False, "error": "There is no such address."}
        answer = {"success": True, "data": data}
        if self.extras:
            answer["meta"] = self._meta()
        return 200, answer

    def _meta(self) -> dict:
        newest = None if self.newest_run_age is None else self._stamp(self.now - timedelta(seconds=self.newest_run_age))
        return {
            "site_name": self.name, "timezone": self.zone, "server_time": self._stamp(self.now), "newest_run": newest,
            "poll_interval": 60, "collector": self.collector, "version": "0.1.0",
        }

    def _status(self, pdu: FakePDU) -> dict:
        watts = self._watts(pdu, self.now) if pdu.status == "online" else None
        read = None if pdu.age is None else self._stamp(self.now - timedelta(seconds=pdu.age))
        status = {
            "id": pdu.id, "name": pdu.name, "ip": pdu.ip, "current_power_watts": watts,
            "current_power_kw": None if watts is None else watts / 1000, "last_reading": read, "status": pdu.status,
        }
        if self.extras:
            status |= {
                "age_seconds": pdu.age, "configured": True, "failure": pdu.failure, "failure_detail": pdu.failure_detail,
                "stale_after": read and self._stamp(self.now + timedelta(seconds=150 - (pdu.age or 0))),
                "last_attempt": self._stamp(self.now), "power_is_estimate": pdu.is_estimate,
            }
        return status

    def _power_data(self, period: str, pdus: list[FakePDU]) -> dict:
        edges = self._edges(period)
        rows = [self._bucket(start, end, pdus) for start, end in zip(edges, edges[1:])]
        label = {"day": "%H:00", "year": "%Y-%m"}.get(period, "%Y-%m-%d")
        data: dict = {
            "labels": [edge.astimezone(ZoneInfo(self.zone)).strftime(label) for edge in edges[:-1]],
            "kwh": [row["kwh"] for row in rows], "avg_power": [row["mean"] for row in rows],
            "max_power": [row["max"] for row in rows], "min_power": [row["min"] for row in rows],
        }
        if self.extras:
            data |= {
                "starts": [self._stamp(edge) for edge in edges[:-1]], "ends": [self._stamp(edge) for edge in edges[1:]],
                "seconds_covered": [row["covered"] for row in rows], "coverage": [row["coverage"] for row in rows],
                "partial": [end > self.now for end in edges[1:]], "timezone": self.zone,
                "method": [None if row["kwh"] is None else "counted" for row in rows],
                "members_covered": [0 if row["kwh"] is None else row["members"] for row in rows],
                "members_total": [len(pdus) for _ in rows],
            }
        return data

    def _statistics(self, period: str, pdus: list[FakePDU]) -> dict:
        edges = self._edges(period)
        rows = [self._bucket(start, end, pdus) for start, end in zip(edges, edges[1:])]
        known = [row for row in rows if row["kwh"] is not None]
        covered = sum(row["covered"] for row in rows)
        peak = max(known, key=lambda row: row["max"], default=None)
        low = min(known, key=lambda row: row["min"], default=None)
        local = peak and peak["start"].astimezone(ZoneInfo(self.zone))
        answer = {
            "total_kwh": sum(row["kwh"] for row in known) if known else None,
            "avg_power_watts": sum(row["mean"] * row["covered"] for row in known) / covered if covered else None,
            "max_power_watts": peak and peak["max"], "min_power_watts": low and low["min"],
            "peak_hour": local and local.strftime("%Y-%m-%d %H:00"),
        }
        if self.extras:
            answer |= {
                "coverage": covered / max(1, sum((min(b, self.now) - a).total_seconds() for a, b in zip(edges, edges[1:]))),
                "max_power_at": peak and self._stamp(peak["start"] + timedelta(minutes=20)),
                "min_power_at": low and self._stamp(low["start"] + timedelta(minutes=40)),
                "members_covered": max((row["members"] for row in known), default=0), "members_total": len(pdus),
            }
        return answer

    # --- the load -----------------------------------------------------------------------------------------------

    def _edges(self, period: str) -> list[datetime]:
        """The bounds of the buckets, in UTC; days and months begin at the site's midnight."""
        zone = ZoneInfo(self.zone)
        local = self.now.astimezone(zone)
        if period == "day":
            last = self.now.replace(minute=0, second=0, microsecond=0)
            return [last + timedelta(hours=h) for h in range(-23, 2)]
        if period == "year":
            months = [local.year * 12 + local.month - 1 + step for step in range(-11, 2)]
            return [datetime(m // 12, m % 12 + 1, 1, tzinfo=zone).astimezone(timezone.utc) for m in months]
        count = {"week": 7, "month": 30}[period]
        days = [local.date() + timedelta(days=step) for step in range(1 - count, 2)]
        return [datetime(d.year, d.month, d.day, tzinfo=zone).astimezone(timezone.utc) for d in days]

    def _bucket(self, start: datetime, end: datetime, pdus: list[FakePDU]) -> dict:
        count = 12
        step = (end - start) / count
        moments = [start + step * (i + 0.5) for i in range(count)]
        read = [m for m in moments if m < self.now and m >= self.history_since and not any(a <= m < b for a, b in self.gaps)]
        covered = int(step.total_seconds() * len(read))
        elapsed = max(1.0, min((end - start).total_seconds(), (self.now - start).total_seconds()))
        row: dict = {"start": start, "covered": covered, "coverage": min(1.0, covered / elapsed)}
        expected, pdus = len(pdus), [pdu for pdu in pdus if pdu.is_known(start, end)]
        row |= {"members": len(pdus), "coverage": row["coverage"] * len(pdus) / max(1, expected)}
        sums = [sum(self._watts(pdu, m) or 0 for pdu in pdus) for m in read]
        if not sums or all(pdu.watts is None for pdu in pdus):
            return row | {"kwh": None, "mean": None, "max": None, "min": None, "covered": 0, "coverage": 0.0}
        mean = sum(sums) / len(sums)
        return row | {
            "kwh": mean * covered / 3_600_000, "mean": mean,
            "max": max(sums) * 1.06, "min": min(sums) * 0.95,
        }

    def _watts(self, pdu: FakePDU, at: datetime) -> float | None:
        if pdu.watts is None:
            return None
        local = at.astimezone(ZoneInfo(self.zone))
        hour = local.hour + local.minute / 60
        day = 0.22 * math.exp(-((hour - 14) ** 2) / 18) * (0.35 if local.weekday() >= 5 else 1)
        season = 0.08 * math.cos((local.timetuple().tm_yday - 200) / 365 * 2 * math.pi)
        noise = int(hashlib.sha256(f"{pdu.id} {at:%Y%m%d%H%M}".encode()).hexdigest()[:4], 16) / 65535 - 0.5
        return round(pdu.watts * (0.86 + day + season + 0.06 * noise), 1)

    def _stamp(self, at: datetime) -> str:
        return at.astimezone(ZoneInfo(self.zone)).isoformat(timespec="seconds")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "FakeServer"

    def do_GET(self) -> None:
        site = self.server.site
        url = urlsplit(self.path)
        if not url.path.startswith(site.prefix):
            return self._send(404, "text/plain", b"outside of the site")
        path = unquote(url.path[len(site.prefix):])
        if path.startswith("api/"):
            return self._api(site, path[4:], url.query)
        file = (HTDOCS / (path or "index.html")).resolve()
        if not file.is_relative_to(HTDOCS) or not file.is_file():
            return self._send(404, "text/plain", b"not found")
        kind = "text/javascript" if file.suffix == ".js" else mimetypes.guess_type(file.name)[0]
        packed = file.with_name(file.name + ".gz")
        if packed.is_file():
            return self._send(200, kind or "application/octet-stream", packed.read_bytes(), {"Content-Encoding": "gzip"})
        self._send(200, kind or "application/octet-stream", file.read_bytes())

    def _api(self, site: FakeSite, path: str, query: str) -> None:
        site.requests.append(f"{path}?{unquote(query)}" if query else path)
        if site.problem == "drop":
            self.close_connection = True
            self.connection.close()
            return
        if site.problem == "garbage":
            return self._send(200, "text/html", b"<h1>It works!</h1>")
        if isinstance(site.problem, tuple):
            status, text = site.problem
            body: dict = {"success": False, "error": text}
        else:
            status, body = site.answer(path, parse_qs(query))
        data = json.dumps(body).encode()
        tag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
        if status == 200 and self.headers.get("If-None-Match") == tag:
            return self._send(304, "application/json", b"", {"ETag": tag})
        self._send(status, "application/json; charset=utf-8", data, {"ETag": tag} if status == 200 else {"Retry-After": "5"})

    def _send(self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        if kind.startswith("application/json"):
            self.server.site.statuses.append(status)
        self.send_response_only(status)
        self.send_header("Date", format_datetime(self.server.site.now, usegmt=True))
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", self.server.policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class FakeServer(ThreadingHTTPServer):
    """The site on a port of the kernel's choice; a context manager that stops it."""

    daemon_threads = True

    def __init__(self, site: FakeSite) -> None:
        self.site = site
        self.policy = content_security_policy()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{self.site.prefix}"

    def handle_error(self, *_: object) -> None:
        pass

    def __enter__(self) -> "FakeServer":
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
