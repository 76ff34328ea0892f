"""What a PDU consists of, as the endpoints of one PDU tell it: outlets, phases, banks, sensors.

The shapes are those of the interface and no more; the loads come from the site, which knows the time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

Hours = list[float | None]


@dataclass
class FakePart:
    """One outlet, phase or bank: what it draws on average, and what is known of it."""

    number: int
    name: str | None = None
    # None: not measured.
    watts: float | None = 100.0
    # None: cannot be switched.
    state: str | None = None
    state_since: datetime | None = None
    volts: float | None = 230.0
    kwh: float | None = None
    since: str | None = None
    rated_amps: float | None = None
    warning_amps: float | None = None
    critical_amps: float | None = None
    bank: int | None = None
    phase: int | None = None
    is_estimate: bool = False
    # The hours, counted from the oldest of 24, of which nothing is known.
    silent_hours: tuple[int, ...] = ()
    # It is measured, and the newest reading does not have it.
    is_missing: bool = False
    id: int = 0

    def is_known(self, start: datetime, end: datetime) -> bool:
        return True


@dataclass
class FakeSensor:
    number: int
    name: str | None = None
    celsius: float | None = 23.4
    humidity: float | None = 41.0


@dataclass
class FakeParts:
    outlets: list[FakePart] = field(default_factory=list)
    phases: list[FakePart] = field(default_factory=list)
    banks: list[FakePart] = field(default_factory=list)
    sensors: list[FakeSensor] = field(default_factory=list)

    def number(self, pdu: int) -> None:
        """Gives every part the id that the site's other answers know it by."""
        for base, parts in ((0, self.outlets), (200, self.banks), (300, self.phases)):
            for part in parts:
                part.id = pdu * 1_000_000 + base + part.number

    def all(self) -> list[FakePart]:
        return self.phases + self.banks + self.outlets


def part_json(part: FakePart, watts: float | None, hourly: Hours, read: str | None, is_online: bool, stamp: Callable) -> dict:
    """One element of `/api/pdus/{id}/outlets`, `/phases` or `/banks`."""
    watts = None if part.is_missing or not is_online else watts
    amps = None if watts is None or not part.volts else round(watts / 0.96 / part.volts, 2)
    load = round(amps / part.rated_amps * 100, 1) if amps is not None and part.rated_amps else None
    return {
        "element_id": part.id, "number": part.number, "name": part.name,
        "state": part.state if is_online else None, "state_since": part.state_since and stamp(part.state_since),
        "power_watts": watts, "power_is_estimate": part.is_estimate,
        "apparent_power_va": None if watts is None else round(watts / 0.96, 1), "current_amps": amps,
        "voltage_volts": part.volts if is_online and part.watts is not None else None,
        "power_factor": 0.96 if watts else None, "energy_kwh": part.kwh if is_online else None, "energy_since": part.since,
        "rated_current_amps": part.rated_amps, "rated_power_watts": None, "warning_current_amps": part.warning_amps,
        "critical_current_amps": part.critical_amps, "load_percent": load, "bank": part.bank, "phase": part.phase,
        "last_reading": read, "hourly_watts": hourly,
    }


def sensor_json(pdu: int, sensor: FakeSensor, read: str | None, is_online: bool) -> dict:
    return {
        "sensor_id": pdu * 1000 + sensor.number, "number": sensor.number, "name": sensor.name,
        "temperature_celsius": sensor.celsius if is_online else None,
        "humidity_percent": sensor.humidity if is_online else None, "last_reading": read,
    }


NAMES = [
    "core-switch-1", "core-switch-2", "web-01", "web-02", "web-03", "<img src=x onerror=alert(1)>", "db-01", "db-02",
    "nas-archive", "backup", None, "kvm", "hypervisor-01", "hypervisor-02", "hypervisor-03", "hypervisor-04", "firewall",
    "A name that somebody typed in full", "tape-library", "monitor", None, "spare", "build-01", "build-02",
]
WATTS = [84, 81, 212, 198, 0, 145, 386, 402, 118, 0, None, 12, 521, 498, 477, 0, 38, 61, 0, 22, None, 0, 1043, 288]
OFF = (10, 16, 22)
# An outlet each: measured zero, not metered, in neither state, not known just now.
ZERO, NOT_METERED, CYCLING, MISSING = 5, 11, 19, 20


def switched(now: datetime) -> FakeParts:
    """Twenty-four switched outlets in two banks, on one phase."""
    parts = FakeParts(banks=[
        FakePart(1, "Bank 1", 2390, rated_amps=16, warning_amps=12, critical_amps=15, kwh=18_422.6, phase=1),
        FakePart(2, "Bank 2", 2960, rated_amps=16, warning_amps=12, critical_amps=15, kwh=21_007.1, phase=1),
    ], phases=[FakePart(1, None, 5350, rated_amps=32, warning_amps=26, critical_amps=30, kwh=39_429.7)])
    for index, (name, watts) in enumerate(zip(NAMES, WATTS)):
        number = index + 1
        state = "off" if number in OFF else "unknown" if number == CYCLING else "on"
        parts.outlets.append(FakePart(
            number, name, watts, state, kwh=None if watts is None else round(watts * 8.61 + number * 3.2, 1),
            since="2025-02-03T08:00:00Z", bank=1 if number <= 12 else 2, phase=1, rated_amps=10,
            silent_hours=(7, 8, 9) if number == 7 else (), is_missing=number == MISSING,
            state_since=now.replace(hour=9, minute=41, second=0) if number in OFF else None,
        ))
    return parts


def three_phase() -> FakeParts:
    """Three phases, one above its warning, one above its critical threshold; a bank without a rating."""
    return FakeParts(phases=[
        FakePart(1, None, 1100, rated_amps=16, warning_amps=12, critical_amps=14.5, kwh=8123.4),
        FakePart(2, None, 3000, rated_amps=16, warning_amps=12, critical_amps=14.5, kwh=9310.0),
        FakePart(3, None, 3500, rated_amps=16, warning_amps=12, critical_amps=14.5, kwh=10_211.9),
    ], banks=[FakePart(1, None, 900), FakePart(2, None, 0)])


def metered_only() -> FakeParts:
    """Nothing but its inlet."""
    return FakeParts()


def monitored_outlets() -> FakeParts:
    """Outlets that are switched and not metered."""
    return FakeParts(outlets=[FakePart(n, f"Socket {n}", None, "on" if n != 3 else "off", volts=None) for n in range(1, 9)])


def with_sensors() -> FakeParts:
    return FakeParts(
        outlets=[FakePart(n, f"Rack {n}", 40.0 * n) for n in range(1, 5)],
        sensors=[FakeSensor(1, "Cold aisle"), FakeSensor(2, None, 34.06, None), FakeSensor(3, "Door", None, None)],
    )
