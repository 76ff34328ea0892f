"""How the polls of a PDU went, how unevenly its phases carry, and what happened, by sort."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from conftest import OpenPage
from fake_site import FakeSite, every_kind


@pytest.fixture
def site() -> FakeSite:
    site = FakeSite()
    site.pdus = every_kind(site.now)
    site.pdus[0].failed_quarters, site.pdus[0].unpolled_quarters = (10, 11, 40), (60, 61)
    site.events = [
        (40 - n, 1, 1000003 if n % 2 else None, 600 * (n + 1), "switched_off" if n % 2 else "unreachable", f"Event {n}") for n in range(30)
    ]
    return site


def test_the_strip_says_what_it_shows(open_page: OpenPage):
    page = open_page("?pdu=1")

    strip = page.get_by_role("img", name=re.compile("^Polls of the last 24 hours"))
    expect(strip).to_have_accessible_name(re.compile(r"1.410 polls, 23 failed \(1.%\) · answered in \d+.ms on average, 310.ms at most"))
    expect(strip.locator(".poll-all")).to_have_count(1)
    expect(strip.locator(".poll-some")).to_have_count(2)
    expect(strip.locator(".poll-none")).to_have_count(2)
    expect(strip.locator(".poll-flag")).to_have_count(30)
    assert strip.locator("g", has=page.locator(".poll-all")).locator("title").evaluate("(node) => node.textContent").endswith(
        "15 polls, 15 failed (No answer. Is it switched on, is SNMP enabled, is the address right?)")


def test_the_strip_is_a_table_as_well(open_page: OpenPage):
    page = open_page("?pdu=1")

    page.get_by_text("Every quarter of an hour").focus()
    page.keyboard.press("Enter")

    table = page.get_by_role("region", name="Every quarter of an hour").get_by_role("table")
    expect(table.locator("tbody tr")).to_have_count(96)
    row = table.locator("tbody tr").nth(95 - 11)
    expect(row.locator("td")).to_have_text(["15", "15", re.compile("No answer"), "–", "–"])
    nobody = table.locator("tbody tr").nth(95 - 60)
    expect(nobody.locator("td").first).to_have_text("0")


def test_phases_say_how_unevenly_they_carry(open_page: OpenPage):
    page = open_page("?pdu=2")

    expect(page.locator(".loads-group", has_text="Phases").get_by_role("heading")).to_have_text(re.compile(r"^Phases imbalance \d\d.%$"))


@pytest.mark.parametrize(("amperes", "imbalance"), [([10, 10, 10], 0), ([10, 20, 30], 0.5), ([0, 0], None), ([10, None], None), ([10], None), ([], None)])
def test_the_imbalance_is_the_largest_deviation_from_the_mean(open_page: OpenPage, amperes: list, imbalance: float | None):
    page = open_page()

    told = page.evaluate(
        "async (amperes) => (await import(new URL('js/views/pdu/loads.js', location.href).href)).imbalanceOf(amperes.map((one) => ({ amperes: one, watts: null })))", amperes)

    assert told == imbalance


def shown(page: Page) -> list[str]:
    return page.locator("#events li .event-detail").all_inner_texts()


def test_events_can_be_shown_by_sort_and_all(open_page: OpenPage):
    page = open_page("?pdu=1")
    events = page.get_by_role("region", name="Latest events")
    expect(events.get_by_role("listitem")).to_have_count(12)

    events.get_by_label("Show", exact=True).select_option("Switching")
    assert shown(page) == [f"Event {n}" for n in range(1, 25, 2)]
    events.get_by_role("button", name="Show 3 more").click()
    expect(events.get_by_role("listitem")).to_have_count(15)
    expect(events.get_by_role("listitem").nth(12)).to_be_focused()
    expect(events.get_by_role("button", name=re.compile("more$"))).to_be_hidden()
    assert events.get_by_label("Show", exact=True).locator("option").all_inner_texts() == ["Everything", "Reachability", "Switching"]


def test_a_pdu_that_nobody_polled(open_page: OpenPage, site: FakeSite):
    site.pdus[2].unpolled_quarters = tuple(range(96))
    page = open_page("?pdu=3")

    expect(page.get_by_role("img", name=re.compile("Nobody has polled it"))).to_be_visible()


def test_polls_that_cannot_be_had_leave_the_rest(open_page: OpenPage, site: FakeSite):
    site.problems["pdus/1/polls"] = (503, "the history is busy")
    page = open_page("?pdu=1")

    expect(page.locator("#unit").get_by_text("The server says: the history is busy")).to_be_visible()
    expect(page.locator(".outlets-table tbody tr")).to_have_count(24)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page: OpenPage, scheme: str):
    page = open_page("?pdu=1", color_scheme=scheme, reduced_motion="reduce")
    page.get_by_text("Every quarter of an hour").click()
    expect(page.locator("#who")).to_have_attribute("aria-busy", "false")

    found = Axe().run(page).response["violations"]

    assert [(rule["id"], [node["html"][:160] for node in rule["nodes"]]) for rule in found] == []
