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

import fake_history
import fake_who
from fake_parts import FakePart, FakeParts, metered_only, monitored_outlets, part_json, sensor_json, switched, three_phase, with_sensors
from fake_who import FakeSettings

PROJECT = Path(__file__).resolve().parents[2]
HTDOCS = PROJECT / "htdocs"

def content_security_policy() -> str:
    """The policy that nginx sends with the page, so that the page is tested under what it will be served with."""
    headers = PROJECT / "nginx" / "snippets" / "pdu-headers.conf"
    return re.search(r'Content-Security-Policy "([^"]+)"', headers.read_text(encoding="utf-8"))[1]


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
    # What it says of itself; keys of `/api/pdus`.
    identity: dict = field(default_factory=dict)
    serial: str | None = None
    # What it measures of itself beside power; keys of `/api/pdus/{id}`.
    figures: dict = field(default_factory=dict)
    parts: FakeParts = field(default_factory=FakeParts)
    # Of the 96 quarters of an hour of the last day, those in which polls failed, and those in which nobody polled.
    failed_quarters: tuple[int, ...] = ()
    unpolled_quarters: tuple[int, ...] = ()

    @property
    def element(self) -> int:
        return self.id * 1_000_000 + 999

    def is_known(self, start: datetime, end: datetime) -> bool:
        """Whether anything was read between `start` and `end`."""
        return self.silent is None or not (self.silent[0] <= start and end <= self.silent[1])


def two_pdus() -> list[FakePDU]:
    return [
        FakePDU(1, "Right PDU", "172.0.250.10", 1480),
        FakePDU(2, "Left PDU", "172.0.250.11", 870, is_estimate=True),
    ]


def every_kind(now: datetime) -> list[FakePDU]:
    """A PDU of each kind that a page has to cope with."""
    apc = {"vendor": "APC", "model": "AP8959", "firmware": "6.8.2", "profile": "apc-rpdu2"}
    pdus = [
        FakePDU(
            1, "Right PDU", "172.0.250.10", 5350, identity=apc, serial="5A1922E04321", parts=switched(now),
            figures={
                "apparent_power_va": 5573, "current_amps": 24.2, "voltage_volts": 230, "power_factor": 0.96,
                "energy_kwh": 39_429.7, "energy_since": "2025-02-03T08:00:00Z", "rated_current_amps": 32, "load_percent": 75.6,
            },
        ),
        FakePDU(2, "Left PDU", "172.0.250.11", 7600, identity=apc | {"model": "AP8886"}, parts=three_phase(), figures={
            "current_amps": 33.1, "energy_kwh": 27_645.3, "energy_since": "02/03/2025 08:00:00", "load_percent": 68.9,
            "rated_current_amps": 48,
        }),
        FakePDU(3, "Inlet only", "10.0.0.3", 640, is_estimate=True, parts=metered_only(), figures={"current_amps": 2.9}),
        FakePDU(4, "Linked unit", "172.0.250.10", 310, parts=monitored_outlets(), identity=apc | {
            "host_id": 1, "unit": 2, "device_name": "rack-7-b",
        }),
        FakePDU(5, "Cellar", "10.0.0.5", 900, "offline", 4000, "timeout", "no answer to 4 requests", parts=switched(now)),
        FakePDU(6, "Greenhouse", "10.0.0.6", 500, parts=with_sensors()),
    ]
    for pdu in pdus:
        pdu.parts.number(pdu.id)
    return pdus


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
    # Paths of the API that answer with a status and the text of its error, whatever is asked.
    problems: dict[str, tuple[int, str]] = field(default_factory=dict)
    # (id, PDU, element, seconds ago, kind, detail), the newest first.
    events: list[tuple[int, int, int | None, int, str, str]] = field(default_factory=list)
    settings: FakeSettings = field(default_factory=FakeSettings)
    prefix: str = "/"
    requests: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    # --- the API ------------------------------------------------------------------------------------------------

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, dict]:
        ids = [int(i) for key in ("pdu_ids[]", "pdu_ids") for value in query.get(key, []) for i in value.split(",")]
        unknown = [i for i in ids if i not in [pdu.id for pdu in self.pdus]]
        if unknown:
            return 404, {"success": False, "error": f"There is no PDU with the id {unknown[0]}."}
        chosen: list = [pdu for pdu in self.pdus if not ids or pdu.id in ids]
        elements = [int(i) for key in ("element_ids[]", "element_ids") for value in query.get(key, []) for i in value.split(",")]
        if elements:
            if ids:
                return 400, {"success": False, "error": "Name either pdu_ids or element_ids."}
            chosen = [part for pdu in self.pdus for part in pdu.parts.all() if part.id in elements]
            if len(chosen) < len(elements):
                return 404, {"success": False, "error": f"There is no element with the id {elements[0]}."}
        groups = [int(i) for value in query.get("group_ids", []) for i in value.split(",")]
        if groups:
            members = {member for group in self.settings.groups if group["id"] in groups for member in group["element_ids"]}
            chosen = [pdu for pdu in self.pdus if pdu.id in members] + [
                part for pdu in self.pdus for part in pdu.parts.all() if part.id in members]
        if path == "explain":
            return fake_who.explained(self, query)
        one = re.fullmatch(r"pdus/(\d+)(?:/(\w+))?", path)
        if one:
            data: object = self._of_one(int(one.group(1)), one.group(2))
            if data is None:
                return 404, {"success": False, "error": f"There is no PDU with the id {one.group(1)}."}
        elif path == "pdus":
            data = [self._identity(pdu) for pdu in self.pdus]
        elif path == "events":
            data = self._events(ids, elements, query)
        elif path == "current-status":
            data = [self._status(pdu) for pdu in self.pdus]
        elif path == "consumers":
            data = fake_who.consumers(self, query)
        elif path == "settings":
            data = self.settings.told()
        elif path == "history":
            data = fake_history.history(self, query, chosen)
        elif path == "overview":
            data = fake_history.overview(self)
            if groups:
                data["now"]["watts"] = sum(self._watts(one, self.now) or 0 for one in chosen)
        elif path == "heatmap":
            data = fake_history.heatmap(self, query, chosen)
        else:
            return 404, {"success": False, "error": "There is no such address."}
        answer = {"success": True, "data": data}
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
        return status | {
            "age_seconds": pdu.age, "configured": True, "failure": pdu.failure, "failure_detail": pdu.failure_detail,
            "stale_after": read and self._stamp(self.now + timedelta(seconds=150 - (pdu.age or 0))),
            "last_attempt": self._stamp(self.now), "power_is_estimate": pdu.is_estimate,
        }

    # --- one PDU -------------------------------------------------------------------------------------------------

    def _identity(self, pdu: FakePDU) -> dict:
        return {
            "id": pdu.id, "name": pdu.name, "ip": pdu.ip, "address": pdu.ip, "configured": True, "vendor": None, "model": None,
            "firmware": None, "profile": None, "created_at": self._stamp(self.history_since), "host_id": None, "unit": None,
            "device_name": None,
        } | pdu.identity

    def _of_one(self, id: int, part: str | None) -> dict | list | None:
        pdu = next((pdu for pdu in self.pdus if pdu.id == id), None)
        if pdu is None:
            return None
        is_online = pdu.status == "online"
        read = self._status(pdu)["last_reading"]
        if part is None:
            return self._detail(pdu)
        if part == "polls":
            return fake_who.polls(self, id)
        if part == "sensors":
            return [sensor_json(pdu.id, sensor, read, is_online) for sensor in pdu.parts.sensors]
        if part not in ("outlets", "phases", "banks"):
            return None
        return [
            part_json(one, self._watts(one, self.now), self._hourly(one), read, is_online, self._stamp)
            for one in getattr(pdu.parts, part)
        ]

    def _detail(self, pdu: FakePDU) -> dict:
        is_online = pdu.status == "online"
        figures = dict.fromkeys((
            "apparent_power_va", "current_amps", "voltage_volts", "power_factor", "energy_kwh", "energy_since",
            "rated_current_amps", "rated_power_watts", "load_percent",
        )) | pdu.figures
        if not is_online:
            figures |= {key: None for key in figures if not key.startswith(("rated", "energy_since"))}
        status = self._status(pdu)
        return self._identity(pdu) | figures | {
            "serial": pdu.serial, "element_id": pdu.element, "status": pdu.status, "failure": pdu.failure,
            "failure_detail": pdu.failure_detail, "last_reading": status["last_reading"],
            "last_attempt": self._stamp(self.now), "latency_ms": 84 if is_online else None,
            "linked_ids": [other.id for other in self.pdus if other.identity.get("host_id") == pdu.id],
            "power_watts": status["current_power_watts"], "power_is_estimate": pdu.is_estimate,
            "hourly_watts": self._hourly(pdu),
            "counts": {kind: len(getattr(pdu.parts, kind)) for kind in ("phases", "banks", "outlets", "sensors")},
        }

    def _hourly(self, one: FakePDU | FakePart) -> list[float | None]:
        hour = self.now.replace(minute=30, second=0, microsecond=0)
        silent = getattr(one, "silent_hours", ())
        return [None if step in silent else self._watts(one, hour - timedelta(hours=23 - step)) for step in range(24)]

    def _events(self, ids: list[int], elements: list[int], query: dict[str, list[str]]) -> list[dict]:
        start, end = (fake_history.moment(self, query[key][0]) if key in query else None for key in ("start", "end"))
        found = []
        for id, pdu, element, ago, kind, detail in self.events:
            at = self.now - timedelta(seconds=ago)
            if (ids and pdu not in ids) or (elements and element not in elements) or (start and at < start) or (end and at >= end):
                continue
            found.append({"id": id, "at": self._stamp(at), "pdu_id": pdu, "element_id": element, "kind": kind, "detail": detail})
        return found[:int(query.get("limit", ["100"])[0])]

    # --- the load -----------------------------------------------------------------------------------------------

    def _watts(self, pdu: FakePDU | FakePart, at: datetime) -> float | None:
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

    def do_POST(self) -> None:
        site = self.server.site
        path = unquote(urlsplit(self.path).path[len(site.prefix):])
        text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if site.problem is not None or "api/settings" in site.problems:
            return self._api(site, path[4:], "")
        if self.headers.get_content_type() != "application/json":
            status, body = fake_who.refused(415, "unsupported_media_type", "send application/json")
        else:
            status, body = site.settings.change(self.command, path[4:], json.loads(text))
        self._send(status, "application/json; charset=utf-8", json.dumps(body).encode())

    do_PUT = do_POST
    do_DELETE = do_POST

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
        elif path in site.problems:
            status, text = site.problems[path]
            body = {"success": False, "error": text}
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

    def __init__(self, site: FakeSite, port: int = 0) -> None:
        self.site = site
        self.policy = content_security_policy()
        super().__init__(("127.0.0.1", port), _Handler)

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
