"""The states that people meet, made for real: nothing configured, nothing read yet, a PDU cut off, a wrong passphrase, a
collector that has stopped, a responder that is gone, a database that cannot be read. Their pictures are kept in
.build/pictures."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from playwright.sync_api import Page, expect

import polling
import shifted_clock
import snmpd
import web
from conftest import OpenPage, bars, wait_for_chart, wait_for_rest

PICTURES = pathlib.Path(__file__).resolve().parents[2] / ".build" / "pictures"
RIGHT = polling.credential("SHA", "AES")


class RealSite:
    """The programs and nginx on a state directory of the test's own."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.poller = polling.Poller(directory, timeout=1, retries=0)
        self.poller.configuration["credentials"]["unused"] = RIGHT
        self.poller.state.mkdir(parents=True)
        self.responder: web.Responder | None = None
        self.nginx: web.Web | None = None

    def poll(self, ahead: int = 0) -> polling.Run:
        """A run of pdu-poll whose clock is `ahead` seconds ahead."""
        return self.poller.run(environment=shifted_clock.ahead(ahead))

    def serve(self) -> str:
        """The address of the page."""
        self.poller.write()
        self.responder = web.Responder(self.poller.directory)
        self.nginx = web.stand_alone(self.responder)
        return f"http://127.0.0.1:{self.nginx.port}/"

    def close(self) -> None:
        for part in (self.nginx, self.responder):
            if part:
                part.close()


@pytest.fixture
def real(binaries: pathlib.Path, tmp_path: pathlib.Path) -> Iterator[RealSite]:
    site = RealSite(tmp_path / "site")
    yield site
    site.close()


@pytest.fixture
def pdu(tmp_path: pathlib.Path) -> Iterator[snmpd.Snmpd]:
    with snmpd.Snmpd(tmp_path / "pdu") as agent:
        yield agent


def keep_picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")


def test_no_pdu_is_configured(open_page: OpenPage, real: RealSite):
    real.poll()
    page = open_page(url=real.serve())

    expect(page.get_by_role("heading", name="No PDU is configured yet")).to_be_visible()
    expect(page.get_by_text("pductl probe ADDRESS")).to_be_visible()
    keep_picture(page, "no-pdu")


def test_nothing_has_ever_been_polled(open_page: OpenPage, real: RealSite, pdu: snmpd.Snmpd):
    real.poller.add("Left PDU", pdu.address, RIGHT)
    page = open_page(url=real.serve())

    # There is no database before the first run.
    expect(page.get_by_role("heading", name="Waiting for the first reading…")).to_be_visible()
    expect(page.locator("#history")).to_be_hidden()
    keep_picture(page, "never-polled")
    assert real.poll().status == 0
    expect(page.locator(".pdu .power .value")).to_have_text(re.compile(r"\d"), timeout=60_000)
    expect(page.locator("main .notice:visible")).to_have_count(0)
    expect(page.get_by_role("heading", name="Waiting for the first reading…")).to_have_count(0)


def test_a_pdu_that_is_cut_off(open_page: OpenPage, real: RealSite, pdu: snmpd.Snmpd):
    real.poller.add("Left PDU", pdu.address, RIGHT)
    assert real.poll(ahead=-300).status == 0
    pdu.stop()
    assert real.poll().status == 1
    page = open_page(url=real.serve())

    card = page.locator(".pdu")
    expect(card).to_contain_text("Offline")
    expect(card).to_contain_text("The network says nothing is at this address.")
    expect(card.locator(".power .value")).to_have_text("–")
    keep_picture(page, "cut-off")
    page.get_by_role("link", name="Left PDU").first.click()
    expect(page.locator("#unit")).to_contain_text("The network says nothing is at this address.")
    wait_for_rest(page)
    keep_picture(page, "cut-off-its-page")


def test_a_wrong_passphrase(open_page: OpenPage, real: RealSite, pdu: snmpd.Snmpd):
    real.poller.add("Left PDU", pdu.address, polling.credential("SHA", "AES", auth_passphrase="not the right one"))
    assert real.poll().status == 1
    page = open_page(url=real.serve())

    expect(page.locator("main")).to_contain_text("authentication passphrase")
    keep_picture(page, "wrong-passphrase")


def test_the_collector_has_stopped(open_page: OpenPage, real: RealSite, pdu: snmpd.Snmpd):
    real.poller.add("Left PDU", pdu.address, RIGHT)
    assert real.poll(ahead=-480).status == 0
    page = open_page(url=real.serve())

    expect(page.locator("main .notice:visible").first).to_contain_text(re.compile(r"No poll for [78] minutes"))
    expect(page.locator("main .notice:visible").first).to_contain_text("systemctl status pdu-poll.timer")
    expect(page.locator(".pdu .power .value")).to_have_text("–")
    keep_picture(page, "collector-stopped")
    assert real.poll().status == 0
    expect(page.locator("main .notice:visible")).to_have_count(0, timeout=60_000)
    expect(page.locator(".pdu .power .value")).to_have_text(re.compile(r"\d"))


def test_the_responder_is_gone_and_comes_back(open_page: OpenPage, real: RealSite, pdu: snmpd.Snmpd):
    real.poller.add("Left PDU", pdu.address, RIGHT)
    assert real.poll().status == 0
    page = open_page(url=real.serve())
    wait_for_chart(page)
    power = page.locator(".pdu .power .value").inner_text()
    assert real.responder

    real.responder.stop()
    page.evaluate("dispatchEvent(new Event('online'))")
    notice = page.locator('[data-notice="unreachable"]')
    expect(notice).to_be_visible()
    expect(page.locator(".pdu .power .value")).to_have_text(power)
    keep_picture(page, "responder-gone")

    real.responder.start()
    expect(notice).to_be_hidden(timeout=60_000)
    expect(page.locator(".pdu .power .value")).to_have_text(power)


def test_a_database_that_is_none(open_page: OpenPage, real: RealSite, pdu: snmpd.Snmpd):
    real.poller.add("Left PDU", pdu.address, RIGHT)
    (real.poller.state / "history.db").write_bytes(b"this is not a database, whatever its name says" * 100)
    page = open_page(url=real.serve())

    expect(page.locator('[data-notice="unreachable"]')).to_contain_text("the history cannot be understood: pductl check says what to do.")
    keep_picture(page, "damaged")


def test_a_day_of_25_hours(open_page: OpenPage, real: RealSite, pdu: snmpd.Snmpd):
    real.poller.add("Left PDU", pdu.address, RIGHT)
    first = datetime(2026, 10, 24, 23, 0, tzinfo=timezone.utc)
    for minutes in (0, 1, 2, 90, 91, 150, 151, 1440):
        moment = int((first + timedelta(minutes=minutes)).timestamp())
        assert real.poller.run(environment=shifted_clock.at(moment)).status == 0
    page = open_page("?at=2026-10-25", url=real.serve())

    wait_for_chart(page)
    assert len(bars(page)) == 25
    expect(page.locator("#chart")).to_contain_text("clock")
    keep_picture(page, "day-of-25-hours")
    page.get_by_role("button", name="Show as table").click()
    table = page.get_by_role("table", name=re.compile("Energy and power"))
    expect(table.get_by_role("row", name=re.compile("01:00 BST – 01:00 GMT"))).to_be_visible()
    expect(table.get_by_role("row", name=re.compile("01:00–02:00 GMT"))).to_be_visible()
    expect(table.locator("tbody tr")).to_have_count(25)
