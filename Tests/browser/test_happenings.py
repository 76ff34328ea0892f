"""What happened, as flags on the chart and as a list; and why an energy that stands alone is what it is."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from conftest import OpenPage, wait_for_chart, wait_for_rest
from fake_site import FakeSite, every_kind

HOSTILE = "<img src=x onerror=alert(1)>"
HOUR = 3600


@pytest.fixture
def site() -> FakeSite:
    site = FakeSite()
    site.pdus = every_kind(site.now)
    # The clock stands at 18:12.
    site.events = [
        (5, 1, 1000007, 1 * HOUR, "counter_reset", HOSTILE),
        (4, 2, None, 6 * HOUR, "reachable", "It is read again."),
        (3, 2, None, 6 * HOUR + 300, "unreachable", "No answer."),
        (2, 1, None, 30 * HOUR, "restarted", "Yesterday."),
    ]
    return site


def flags(page: Page) -> Locator:
    return page.get_by_role("list", name="Events in this range").get_by_role("button")


def listed(page: Page) -> Locator:
    return page.get_by_role("region", name="Events in this range").get_by_role("listitem")


def test_flags_stand_where_things_happened(open_page: OpenPage):
    page = open_page()
    wait_for_chart(page)

    expect(flags(page)).to_have_count(2)
    expect(flags(page).first).to_have_accessible_name("Mon 23 Nov, 12:07: Unreachable – Left PDU; Mon 23 Nov, 12:12: Reachable again – Left PDU")
    expect(flags(page).last).to_have_accessible_name(re.compile("17:12: Counter reset – Right PDU|17:12: Counter reset – db-01 of Right PDU"))
    frame, flag = page.locator("#chart-frame").bounding_box(), flags(page).first.bounding_box()
    assert frame and flag
    share = (flag["x"] + flag["width"] / 2 - frame["x"]) / frame["width"]
    # Noon of a day, between the margins.
    assert 0.48 < share < 0.56


def test_a_flag_opens_what_it_stands_for(open_page: OpenPage):
    page = open_page()
    wait_for_chart(page)

    flags(page).first.focus()
    page.keyboard.press("Enter")

    sheet = page.get_by_role("dialog", name="Events in this range")
    expect(sheet.get_by_role("listitem")).to_have_count(2)
    expect(sheet).to_contain_text("It is read again.")
    page.keyboard.press("Escape")
    expect(flags(page).first).to_be_focused()


def test_the_list_is_of_the_range(open_page: OpenPage):
    page = open_page()
    wait_for_chart(page)
    expect(listed(page)).to_have_count(3)
    expect(listed(page).first).to_contain_text(HOSTILE)
    assert page.locator("main img").count() == 0

    page.get_by_role("radio", name="Week").check(force=True)
    expect(listed(page)).to_have_count(3)
    page.keyboard.press("d")
    # The arrows are the radio's as long as it has the focus.
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowLeft")
    expect(listed(page)).to_have_count(1)
    expect(listed(page)).to_contain_text("Yesterday.")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("Nothing happened in this range.")).to_be_visible()
    expect(flags(page)).to_have_count(0)


def test_flags_follow_the_width_and_go_with_the_chart(open_page: OpenPage):
    page = open_page()
    wait_for_chart(page)
    before = flags(page).last.bounding_box()

    page.set_viewport_size({"width": 800, "height": 900})
    expect(flags(page)).to_have_count(2)
    assert before and page.evaluate("document.documentElement.scrollWidth") <= 800
    page.get_by_role("button", name="Show as table").click()
    expect(flags(page)).to_have_count(0)


def test_on_the_page_of_a_pdu_they_are_its_own(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=1")
    wait_for_chart(page)

    expect(flags(page)).to_have_count(1)
    expect(flags(page)).to_have_accessible_name(re.compile("Counter reset – db-01"))
    assert any(request.startswith("events?limit=200&start=2026-11-23&end=2026-11-24&pdu_ids=1") for request in site.requests)


def test_events_that_cannot_be_had_leave_the_chart(open_page: OpenPage, site: FakeSite):
    site.problems["events"] = (503, "busy")
    page = open_page()

    wait_for_chart(page)
    expect(flags(page)).to_have_count(0)


@pytest.mark.parametrize(("name", "question"), [
    ("Energy", "explain?start=2026-11-23&end=2026-11-24"), ("Today", "explain?start=2026-11-23&end=2026-11-24"),
    ("This month", "explain?start=2026-11-01&end=2026-12-01"),
])
def test_energies_that_stand_alone_say_why(open_page: OpenPage, site: FakeSite, name: str, question: str):
    page = open_page()
    wait_for_chart(page)

    page.get_by_role("button", name=f"{name}: why this number?").click()

    sheet = page.get_by_role("dialog", name="Energy of all PDUs")
    expect(sheet).to_be_visible()
    expect(sheet.get_by_role("table").get_by_role("row")).to_have_count(7)
    assert question in site.requests


def test_some_together_have_their_account(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdus=1,2")
    wait_for_chart(page)

    page.get_by_role("button", name="Energy: why this number?").click()

    sheet = page.get_by_role("dialog", name="Energy of 2 PDUs")
    expect(sheet.get_by_role("table").get_by_role("row")).to_have_count(3)
    assert "explain?pdu_ids=1,2&start=2026-11-23&end=2026-11-24" in site.requests


def test_nobody_chosen_has_no_account(open_page: OpenPage):
    page = open_page("?pdus=")
    wait_for_rest(page)

    expect(page.get_by_role("button", name="Energy: why this number?")).to_be_hidden()


def test_each_interval_of_the_table_says_why(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=2&as=table")
    table = page.get_by_role("table", name=re.compile("Energy and power"))
    button = table.get_by_role("button", name=re.compile("why that much was used .*14:00–15:00"))
    button.focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("dialog", name="Energy of Left PDU")).to_contain_text("The unit's own counter says so.")
    assert "explain?element=2&start=2026-11-23T14:00:00.000Z&end=2026-11-23T15:00:00.000Z" in site.requests
    page.keyboard.press("Escape")
    expect(button).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page: OpenPage, scheme: str):
    page = open_page(color_scheme=scheme, reduced_motion="reduce")
    wait_for_chart(page)
    expect(flags(page)).to_have_count(2)

    for part in ("#history", "#happened", "#overview"):
        found = Axe().run(page, context=part).response["violations"]
        assert [(rule["id"], [node["html"][:160] for node in rule["nodes"]]) for rule in found] == []


@pytest.mark.parametrize(("moments", "groups"), [
    ([], []), ([10], [[10]]), ([10, 11], [[10, 11]]), ([10, 40], [[10], [40]]), ([40, 10, 12], [[10, 12], [40]]), ([99, 200, -1], [[99]]),
])
def test_what_is_near_stands_together(open_page: OpenPage, moments: list[int], groups: list[list[int]]):
    page = open_page()

    told = page.evaluate("""async (moments) => {
        const { placed } = await import(new URL('js/happenings.js', location.href).href);
        const buckets = Array.from({ length: 10 }, (_, n) => ({ start: n * 10_000, end: n * 10_000 + 10_000 }));
        const items = moments.map((second) => ({ at: new Date(second * 1000).toISOString(), second }));
        return placed(items, buckets, 0.05).map(({ items }) => items.map(({ second }) => second));
    }""", moments)

    assert told == groups
