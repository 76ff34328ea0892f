"""The page of one PDU: what it is and how it is, what its parts carry, what happened, and the history of any part."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from conftest import OpenPage, chart_column, eventually, pass_time, wait_for_chart
from fake_parts import CYCLING, MISSING, NOT_METERED, OFF, ZERO, FakePart, FakeParts
from fake_site import FakePDU, FakeSite, every_kind

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def site() -> FakeSite:
    site = FakeSite()
    site.pdus = every_kind(site.now)
    site.events = [
        (3, 1, 1000007, 3600, "counter_reset", "The counter went from 812.4 kWh back to 0.0 kWh: it was reset."),
        (2, 1, None, 400 * 86_400, "reachable", "It is read again, 14 min after the last time."),
        (1, 2, None, 60, "a_new_kind", "Something else."),
    ]
    return site


def heading(page: Page) -> Locator:
    return page.locator("#unit").get_by_role("heading", level=2)


def outlets(page: Page) -> Locator:
    return page.locator(".outlets-table tbody").get_by_role("row")


def outlet(page: Page, number: int) -> Locator:
    """The row of the outlet with this number, wherever it stands."""
    return outlets(page).filter(has=page.locator("td.number", has_text=re.compile(rf"^{number}$")))


def figure(page: Page, name: str) -> Locator:
    return page.locator(f'.tile[data-figure="{name}"]')


def load(page: Page, group: str, name: str) -> Locator:
    rows = page.get_by_role("list", name=group).get_by_role("listitem")
    return rows.filter(has=page.get_by_role("button", name=name, exact=True))


# --- going there and back -------------------------------------------------------------------------------------------


def test_a_name_in_the_list_opens_the_page_and_back_returns(open_page: OpenPage):
    page = open_page("?pdus=1,2")
    wait_for_chart(page)

    page.get_by_role("link", name="Right PDU", exact=True).click()

    expect(page).to_have_url(re.compile(r"\?pdu=1&pdus=1,2$"))
    expect(heading(page)).to_have_text("Right PDU")
    expect(heading(page)).to_be_focused()
    expect(page.locator("#now")).to_be_hidden()
    expect(page).to_have_title(re.compile(r"kW · Right PDU · Server room$"))
    page.go_back()

    expect(page.locator("#now")).to_be_visible()
    expect(page.locator("#unit")).to_be_hidden()
    expect(page.locator("#outlets")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"\?pdus=1,2$"))
    expect(page.get_by_role("link", name="Right PDU", exact=True)).to_be_focused()
    page.go_forward()
    expect(heading(page)).to_have_text("Right PDU")


def test_the_keyboard_opens_it_and_the_link_returns(open_page: OpenPage):
    page = open_page()
    wait_for_chart(page)

    page.get_by_role("link", name="Left PDU", exact=True).focus()
    page.keyboard.press("Enter")
    expect(heading(page)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("link", name="All PDUs")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#now")).to_be_visible()
    expect(page.get_by_role("link", name="Left PDU", exact=True)).to_be_focused()


def test_the_names_are_links_that_open_anywhere(open_page: OpenPage):
    page = open_page("?period=week")
    wait_for_chart(page)

    link = page.get_by_role("link", name="Left PDU", exact=True)

    assert link.get_attribute("href") == "/?pdu=2&period=week"


def test_a_shared_link_opens_it_without_taking_the_focus(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=2&period=week")

    wait_for_chart(page)
    expect(heading(page)).to_have_text("Left PDU")
    expect(page.get_by_role("radio", name="Week")).to_be_checked()
    assert "history?start=2026-11-23&end=2026-11-30&resolution=auto&pdu_ids=2" in site.requests
    assert page.evaluate("document.activeElement === document.body")


def test_the_page_of_all_asks_nothing_about_one(open_page: OpenPage, site: FakeSite):
    page = open_page()
    wait_for_chart(page)

    # What happened is asked of all of them, for the chart and the list.
    assert not [request for request in site.requests if request.startswith("pdus/") or re.match("events.*pdu_ids", request)]


def test_a_pdu_that_is_not_there(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=77")

    expect(heading(page)).to_have_text("There is no PDU with the number 77")
    expect(page.locator("#unit")).to_contain_text("It may have been removed from the history")
    for part in ("#history", "#outlets", "#events", ".figures"):
        expect(page.locator(part)).to_be_hidden()
    expect(page.locator("#notices")).to_be_empty()
    page.get_by_role("link", name="All PDUs").click()
    wait_for_chart(page)


# --- what it is, and how --------------------------------------------------------------------------------------------


def test_the_head_says_what_it_is_and_how_it_is(open_page: OpenPage):
    page = open_page("?pdu=1")

    head = page.locator(".unit-head")
    expect(head).to_contain_text("Online")
    expect(head).to_contain_text(re.compile(r"Read 12 s ago · answered in 84\sms"))
    for label, value in {
        "Vendor": "APC", "Model": "AP8959", "Serial number": "5A1922E04321", "Firmware": "6.8.2", "Address": "172.0.250.10",
        "Profile": "apc-rpdu2",
    }.items():
        expect(head.locator("div", has=page.get_by_text(label, exact=True)).last).to_contain_text(value)
    expect(head.get_by_text("Name on the device")).to_be_hidden()


def test_linked_units_lead_to_one_another(open_page: OpenPage):
    page = open_page("?pdu=1")

    page.get_by_role("link", name="Linked unit", exact=True).click()

    expect(heading(page)).to_have_text("Linked unit")
    expect(page.locator(".unit-head")).to_contain_text("Read throughRight PDU as unit 2")
    expect(page.locator(".unit-head")).to_contain_text("rack-7-b")
    page.get_by_role("link", name="Right PDU", exact=True).click()
    expect(heading(page)).to_have_text("Right PDU")


def test_the_figures_are_those_it_has(open_page: OpenPage):
    page = open_page("?pdu=1")

    expect(figure(page, "watts")).to_contain_text(re.compile(r"4\.69\skW"))
    for name, words in {
        "load": r"76\s%of 32\sA", "amperes": r"24\.2\sA", "volts": r"230\sV", "voltAmperes": r"5\.57\skVA",
        "powerFactor": r"0\.96", "kwh": r"39\.43\sMWhsince Mon 3 Feb 2025",
    }.items():
        expect(figure(page, name)).to_contain_text(re.compile(words))

    page.goto(page.url.replace("pdu=1", "pdu=3"))
    expect(figure(page, "watts")).to_contain_text("estimate")
    expect(figure(page, "amperes")).to_contain_text(re.compile(r"2\.9\sA"))
    for name in ("load", "volts", "voltAmperes", "powerFactor", "kwh"):
        expect(figure(page, name)).to_be_hidden()


def test_a_unit_with_its_inlet_alone(open_page: OpenPage):
    page = open_page("?pdu=3")

    wait_for_chart(page)
    for part in (".loads-panel", "#outlets", "#sensors"):
        expect(page.locator(part)).to_be_hidden()
    expect(page.locator("#events")).to_contain_text("Nothing has happened yet.")


def test_a_counter_says_since_when_in_the_words_of_the_device(open_page: OpenPage):
    page = open_page("?pdu=2")

    expect(figure(page, "kwh")).to_contain_text("since 02/03/2025 08:00:00")


# --- phases and banks -----------------------------------------------------------------------------------------------


def test_phases_and_banks_say_what_they_carry_of_what_they_may(open_page: OpenPage):
    page = open_page("?pdu=2")

    first = load(page, "Phases", "L1")
    expect(first).to_contain_text(re.compile(r"4\.\d\sA of 16\sA"))
    expect(first).to_contain_text(re.compile(r"29\s%"))
    expect(first).to_contain_text(re.compile(r"warning at 12\sA · critical at 14\.5\sA"))
    expect(first.get_by_text("Warning", exact=True)).to_be_hidden()
    expect(load(page, "Phases", "L2").get_by_text("Warning", exact=True)).to_be_visible()
    bank = load(page, "Banks", "Bank 1")
    expect(bank).to_contain_text("rating not known")
    expect(bank.locator(".bar")).to_be_hidden()
    expect(load(page, "Banks", "Bank 2")).to_contain_text(re.compile(r"0\.0\sA"))


def test_without_a_rating_the_bar_is_a_share_of_what_is_critical(open_page: OpenPage):
    def with_threshold(route):
        answer = route.fetch()
        banks = [bank | {"warning_current_amps": 15, "critical_current_amps": 20, "current_amps": 5}
                 for bank in answer.json()["data"]]
        route.fulfill(response=answer, json={"success": True, "data": banks})

    page = open_page("?pdu=2", before=lambda page: page.route("**/api/pdus/2/banks", with_threshold))

    bank = load(page, "Banks", "Bank 1")
    expect(bank).to_contain_text(re.compile(r"5\.0\sA of 20\sA, the critical limit 25\s%"))
    expect(bank).to_contain_text(re.compile(r"warning at 15\sA$"))
    expect(bank.locator(".bar")).to_be_visible()


def test_a_bank_that_measures_current_alone_is_measured(open_page: OpenPage, site: FakeSite):
    def without_power(route):
        answer = route.fetch()
        banks = [bank | {"power_watts": None, "hourly_watts": [None] * 24} for bank in answer.json()["data"]]
        route.fulfill(response=answer, json={"success": True, "data": banks})

    page = open_page("?pdu=2", before=lambda page: page.route("**/api/pdus/2/banks", without_power))

    bank = load(page, "Banks", "Bank 1")
    expect(bank).to_contain_text(re.compile(r"3\.6\sA"))
    expect(bank).to_have_attribute("data-look", "measured")


def test_the_bar_has_the_length_of_the_load_and_marks_at_the_thresholds(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=2")

    bar = load(page, "Phases", "L2").locator(".bar")
    expect(bar.locator(".mark-warning")).to_have_attribute("x", "75%")
    expect(bar.locator(".mark-critical")).to_have_attribute("x", "90.6%")
    share = float(bar.locator(".fill").get_attribute("width").rstrip("%"))
    track = bar.bounding_box()["width"]
    assert bar.locator(".fill").bounding_box()["width"] == pytest.approx(track * share / 100, abs=2)
    expect(load(page, "Phases", "L2")).to_contain_text(re.compile(rf"{share:.0f}\s%"))

    site.pdus[1].parts.phases[1].watts = 3700
    site.pdus[1].parts.phases[2].watts = 9000
    pass_time(page, 30_000)
    expect(load(page, "Phases", "L2").get_by_text("Critical", exact=True)).to_be_visible()
    expect(load(page, "Phases", "L3").locator(".fill")).to_have_attribute("width", "100%")
    expect(load(page, "Phases", "L3")).to_contain_text(re.compile(r"2\d\d\s%"))


# --- outlets --------------------------------------------------------------------------------------------------------


def test_outlets_stand_in_the_order_of_their_numbers(open_page: OpenPage):
    page = open_page("?pdu=1")

    table = page.get_by_role("table", name="Outlets of Right PDU")
    expect(table.get_by_role("columnheader", name="Number")).to_have_attribute("aria-sort", "ascending")
    expect(outlets(page)).to_have_count(24)
    expect(page.locator(".outlets-table td.number")).to_have_text([str(n) for n in range(1, 25)])
    expect(outlet(page, 7)).to_contain_text("db-01")
    expect(outlet(page, 21)).to_contain_text("Outlet 21")
    expect(page.locator("#outlets .section-head")).to_contain_text(
        "24 outlets · 20 on · 3 off · 1 unknown · 22 of 24 metered"
    )


def test_zero_unknown_not_metered_and_off_are_four_looks(open_page: OpenPage):
    page = open_page("?pdu=1")
    looks = {}
    for number, words in {ZERO: "0", MISSING: "–", NOT_METERED: "not metered", OFF[0]: "off"}.items():
        cell = outlet(page, number).locator("td.watts")
        expect(cell).to_have_text(words)
        looks[number] = cell.evaluate(
            "(cell) => { const s = getComputedStyle(cell); return [s.color, s.fontStyle, s.textTransform, s.fontWeight].join(); }"
        )

    assert len(set(looks.values())) == 4
    expect(outlet(page, NOT_METERED).locator("td.kwh")).to_be_hidden()
    expect(outlet(page, NOT_METERED).locator(".sparkline")).to_be_hidden()


def test_states_differ_by_word_and_shape(open_page: OpenPage, site: FakeSite):
    site.pdus[0].parts.outlets[1].state = None
    page = open_page("?pdu=1", viewport={"width": 1920, "height": 1000})

    shapes = set()
    for number, word in {1: "On", OFF[0]: "Off", CYCLING: "Unknown", 2: "Not switched"}.items():
        switch = outlet(page, number).locator(".switch")
        expect(switch).to_contain_text(word)
        shapes.add(switch.locator("use").get_attribute("href") if switch.locator("svg").is_visible() else None)
    assert len(shapes) == 4
    expect(outlet(page, OFF[0]).locator(".since")).to_have_text("since Mon 23 Nov, 09:41")
    expect(outlet(page, 1).locator(".since")).to_have_text("")


@pytest.mark.parametrize(
    ("pdu", "columns"),
    [
        (1, ["No.", "Name", "State", "W", "A", "kWh", "Last 24 h"]), (4, ["No.", "Name", "State"]),
        (6, ["No.", "Name", "W", "A", "Last 24 h"]),
    ],
)
def test_a_column_that_no_outlet_has_is_left_out(open_page: OpenPage, pdu: int, columns: list[str]):
    page = open_page(f"?pdu={pdu}")

    expect(outlets(page).first).to_be_visible()
    shown = page.locator(".outlets-table thead th:visible")
    assert [re.split(r"\s", text)[0] for text in shown.all_inner_texts()] == [re.split(r"\s", text)[0] for text in columns]


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_outlets_are_sorted_by_number_name_and_power(open_page: OpenPage, by: str):
    page = open_page("?pdu=1")

    def press(name: str) -> None:
        button = page.locator(".outlets-table").get_by_role("button", name=name, exact=True)
        if by == "mouse":
            button.click()
        else:
            button.focus()
            page.keyboard.press("Enter")

    def numbers() -> list[str]:
        return page.locator(".outlets-table td.number").all_inner_texts()

    expect(outlets(page)).to_have_count(24)
    press("W Power in watts")
    expect(page.get_by_role("columnheader", name="Power in watts")).to_have_attribute("aria-sort", "descending")
    expect(page.get_by_role("columnheader", name="Number")).not_to_have_attribute("aria-sort", re.compile("."))
    assert numbers()[:3] == ["23", "13", "14"]
    # What is not known comes last, whichever way.
    assert numbers()[-3:] == ["11", "20", "21"]
    press("W Power in watts")
    assert numbers()[-3:] == ["11", "20", "21"]
    assert numbers()[0] == "5"
    press("Name")
    assert numbers()[0] == "6"
    assert numbers()[1] == "18"
    press("No. Number")
    press("No. Number")
    assert numbers() == [str(n) for n in range(24, 0, -1)]
    expect(page.locator("#announcer")).to_contain_text("Sorted by number, descending.")


def test_a_sparkline_has_gaps_where_nothing_was_read(open_page: OpenPage):
    page = open_page("?pdu=1")

    gaps = outlet(page, 7).get_by_role("img", name=re.compile(r"Last 24 hours: \d+\sW to \d+\sW, 3 hours without readings"))
    expect(gaps).to_be_visible()
    assert gaps.locator(".line").get_attribute("d").count("M") == 2
    whole = outlet(page, 8).get_by_role("img")
    assert whole.locator(".line").get_attribute("d").count("M") == 1
    expect(outlet(page, ZERO).get_by_role("img", name=re.compile(r"Last 24 hours: 0\sW$"))).to_be_visible()


def test_nothing_is_styled_where_the_policy_would_forbid_it(open_page: OpenPage):
    page = open_page("?pdu=1")
    wait_for_chart(page)

    # Set from scripts, which the policy allows; its violations would fail this test by themselves.
    assert page.locator(".outlets-table [style], .bar[style], .bar [style]").count() == 0


def test_names_from_the_device_are_text(open_page: OpenPage, site: FakeSite):
    pdu = site.pdus[0]
    pdu.name = HOSTILE
    pdu.identity |= {key: HOSTILE for key in ("vendor", "model", "firmware", "profile", "device_name")}
    pdu.figures["energy_since"] = HOSTILE
    pdu.parts.banks[0].name = HOSTILE
    pdu.parts.sensors = site.pdus[5].parts.sensors
    pdu.parts.sensors[0].name = HOSTILE
    pdu.status, pdu.failure, pdu.failure_detail = "online", HOSTILE, HOSTILE
    site.events = [(1, 1, 1000006, 5, HOSTILE, HOSTILE)]
    page = open_page("?pdu=1&element=1000006")
    wait_for_chart(page)

    expect(heading(page)).to_have_text(HOSTILE)
    expect(outlet(page, 6).get_by_role("button")).to_have_text(HOSTILE)
    expect(page.locator("#chart-title")).to_have_text(HOSTILE)
    for part in ("#events", "#sensors", ".identity", ".unit-head .failure", ".loads-panel", '[data-figure="kwh"]'):
        expect(page.locator(part)).to_contain_text(HOSTILE)
    assert page.locator("main img").count() == 0


# --- sensors and events ---------------------------------------------------------------------------------------------


def test_sensors_say_what_they_measure(open_page: OpenPage):
    page = open_page("?pdu=6")

    rows = page.get_by_role("table", name="Sensors of Greenhouse").locator("tbody tr")
    expect(rows.nth(0)).to_have_text(re.compile(r"Cold aisle23\.4\s°C41\s%12 s ago"))
    expect(rows.nth(1)).to_have_text(re.compile(r"Sensor 234\.1\s°C–"))
    expect(rows.nth(2)).to_have_text(re.compile("Door––"))


def test_events_are_those_of_the_pdu_in_site_time(open_page: OpenPage, site: FakeSite):
    site.zone = "Asia/Kolkata"
    page = open_page("?pdu=1", timezone_id="America/New_York")

    events = page.locator("#events").get_by_role("listitem")
    expect(events).to_have_count(2)
    expect(events.first).to_contain_text("Mon 23 Nov, 22:42")
    expect(events.first).to_contain_text("Counter reset")
    expect(events.first).to_contain_text("db-01")
    expect(events.last).to_contain_text("2025")
    assert any(request.startswith("events?pdu_ids[]=1&") for request in site.requests)


def test_a_kind_of_event_that_is_new_is_named_all_the_same(open_page: OpenPage):
    page = open_page("?pdu=2")

    expect(page.locator("#events").get_by_role("listitem")).to_contain_text("A new kind")


# --- the history of a part ------------------------------------------------------------------------------------------


def test_the_name_of_an_outlet_shows_its_history_and_the_way_back(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=1")
    wait_for_chart(page)
    whole = chart_column(page, "Energy")

    page.get_by_role("button", name="db-01", exact=True).click()

    wait_for_chart(page)
    expect(page).to_have_url(re.compile(r"\?pdu=1&element=1000007$"))
    expect(page.locator("#history").get_by_role("heading", level=3)).to_have_text("db-01")
    expect(page.locator("#whose")).to_contain_text("db-01 of Right PDU")
    expect(page.get_by_role("img", name=re.compile(r"^db-01: Mon 23 Nov 2026: .*\skWh, on average"))).to_be_visible()
    assert "history?start=2026-11-23&end=2026-11-24&resolution=auto&element_ids=1000007" in site.requests
    assert eventually(lambda: chart_column(page, "Energy")[0] < whole[0] / 5)
    expect(page.get_by_role("button", name="db-01", exact=True)).to_have_attribute("aria-pressed", "true")

    page.get_by_role("button", name="Back to all of Right PDU").click()

    expect(page.locator("#chart-title")).to_have_text("Energy and power")
    expect(page.get_by_role("button", name="Back to all of Right PDU")).to_be_hidden()
    expect(page.get_by_role("button", name="db-01", exact=True)).to_have_attribute("aria-pressed", "false")
    expect(page).to_have_url(re.compile(r"\?pdu=1$"))
    page.go_back()
    expect(page.locator("#chart-title")).to_have_text("db-01")


def test_the_way_back_from_far_below_brings_the_focus(open_page: OpenPage):
    page = open_page("?pdu=1", viewport={"width": 700, "height": 700})
    wait_for_chart(page)

    page.get_by_role("button", name="web-01", exact=True).press("Enter")

    expect(page.locator("#chart-title")).to_be_focused()
    expect(page.locator("#chart-title")).to_be_in_viewport()
    page.get_by_role("button", name="Back to all of Right PDU").press("Enter")
    expect(page.get_by_role("button", name="web-01", exact=True)).to_be_focused()
    expect(page.get_by_role("button", name="web-01", exact=True)).to_be_in_viewport()


def test_phases_and_banks_have_a_history_too(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=2")
    wait_for_chart(page)

    load(page, "Phases", "L2").get_by_role("button").click()

    expect(page.locator("#chart-title")).to_have_text("L2")
    assert eventually(lambda: "history?start=2026-11-23&end=2026-11-24&resolution=auto&element_ids=2000302" in site.requests)


def test_the_table_names_whose_history_it_is(open_page: OpenPage):
    page = open_page("?pdu=1&element=1000007&as=table")

    expect(page.get_by_role("table", name=re.compile("Mon 23 Nov 2026, db-01 of Right PDU"))).to_be_visible()


def test_a_link_to_a_part_that_is_not_there_shows_the_whole(open_page: OpenPage):
    page = open_page("?pdu=1&element=2000301")

    wait_for_chart(page)
    expect(page).to_have_url(re.compile(r"\?pdu=1$"))


# --- when things are not as they should be --------------------------------------------------------------------------


def test_an_offline_pdu_has_no_values_and_says_why(open_page: OpenPage):
    page = open_page("?pdu=5")

    head = page.locator(".unit-head")
    expect(head).to_contain_text("Offline")
    expect(head).to_contain_text("Last reading 1 h ago")
    expect(head).to_contain_text("No answer. Is it switched on, is SNMP enabled, is the address right?")
    expect(head).to_contain_text("no answer to 4 requests")
    expect(figure(page, "watts").locator(".figure")).to_contain_text("–")
    expect(outlet(page, 1).locator("td.watts")).to_have_text("–")
    expect(outlet(page, 7).get_by_role("img")).to_be_visible()
    expect(load(page, "Banks", "Bank 1")).to_contain_text(re.compile(r"–\sof 16\sA|–of 16\sA"))
    expect(page).to_have_title("Cellar · Server room")


def test_what_is_kept_grows_stale_and_is_not_shown_as_the_present(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=1")
    wait_for_chart(page)
    places = page.locator(".outlets-table thead th:visible").count()
    site.problem = "drop"

    pass_time(page, 30_000)
    expect(page.locator('[data-notice="unreachable"]')).to_contain_text("What you see is from 18:12 GMT.")
    expect(outlet(page, 1).locator("td.watts")).not_to_have_text("–")
    expect(page.locator("#unit .notice")).to_be_hidden()
    pass_time(page, 150_000)

    expect(page.locator(".unit-head")).to_contain_text("Stale")
    expect(figure(page, "watts").locator(".figure")).to_contain_text("–")
    expect(figure(page, "volts")).to_be_visible()
    expect(outlet(page, 1).locator("td.watts")).to_have_text("–")
    expect(outlet(page, 1).locator(".switch")).to_contain_text("Unknown")
    assert page.locator(".outlets-table thead th:visible").count() == places


@pytest.mark.parametrize(("path", "section"), [("pdus/1", "#unit"), ("pdus/1/banks", "#unit"), ("pdus/1/outlets", "#outlets"), ("events", "#events")])
def test_a_part_that_fails_keeps_what_it_has_and_says_so(open_page: OpenPage, site: FakeSite, path: str, section: str):
    page = open_page("?pdu=1")
    wait_for_chart(page)
    count = outlets(page).count()

    site.problems[path] = (500, "Something broke.")
    pass_time(page, 30_000)

    notice = page.locator(f"{section} .notice")
    expect(notice).to_have_text(
        "The server says: Something broke. What you see here is from 18:12 GMT. Trying again by itself."
    )
    assert page.locator("main .notice:visible").count() == 1
    assert outlets(page).count() == count
    expect(outlet(page, 1).locator("td.watts")).not_to_have_text("–")
    site.problems.clear()
    pass_time(page, 5_000)
    expect(notice).to_be_hidden()


def test_a_part_that_never_came_says_so(open_page: OpenPage, site: FakeSite):
    site.problems["pdus/1/outlets"] = (500, "Something broke.")
    page = open_page("?pdu=1")

    expect(page.locator("#outlets .notice")).to_have_text("The server says: Something broke. Trying again by itself.")
    expect(page.locator("#outlets")).not_to_contain_text("0 outlets")
    expect(page.locator(".outlets-table")).to_be_hidden()
    expect(figure(page, "watts")).to_contain_text("kW")


def test_events_that_never_came_are_not_none(open_page: OpenPage, site: FakeSite):
    site.problems["events"] = (500, "Something broke.")
    page = open_page("?pdu=3")

    expect(page.locator("#events .notice")).to_be_visible()
    expect(page.get_by_text("Nothing has happened yet.")).to_be_hidden()


def test_a_server_that_was_never_there(open_page: OpenPage, site: FakeSite):
    site.problem = "drop"
    page = open_page("?pdu=1")
    expect(page.locator('[data-notice="unreachable"]')).to_be_visible()
    expect(heading(page)).to_have_text("PDU 1")

    site.problem = None
    page.get_by_role("button", name="Try now").click()

    expect(heading(page)).to_have_text("Right PDU")
    wait_for_chart(page)


# --- refresh --------------------------------------------------------------------------------------------------------


def test_a_refresh_moves_neither_focus_nor_scroll_nor_rows(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=1", viewport={"width": 1280, "height": 600})
    wait_for_chart(page)
    page.locator(".outlets-table").get_by_role("button", name="Power in watts").click()
    button = page.get_by_role("button", name="monitor", exact=True)
    button.focus()
    page.evaluate("window.scrollTo(0, 700)")
    # Watched from here on: what moves, and what is put in or taken out.
    page.evaluate(
        """() => {
            window.moved = 0;
            window.replaced = 0;
            new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.moved += entry.value; }))
              .observe({ type: 'layout-shift' });
            window.watch = new MutationObserver((list) => list.forEach((change) => {
              window.replaced += [...change.addedNodes].filter((node) => node.nodeType === 1).length;
            }));
            for (const part of ['#unit', '#parts', '#events']) {
              window.watch.observe(document.querySelector(part), { childList: true, subtree: true });
            }
        }"""
    )
    order = page.locator(".outlets-table td.number").all_inner_texts()
    first = outlet(page, 1).locator("td.watts").inner_text()
    scroll = page.evaluate("window.scrollY")

    site.pdus[0].parts.outlets[0].watts = 3000
    site.pdus[0].parts.outlets[2].state = "off"
    pass_time(page, 30_000)

    expect(outlet(page, 1).locator("td.watts")).not_to_have_text(first)
    expect(outlet(page, 3).locator(".switch")).to_contain_text("Off")
    assert page.locator(".outlets-table td.number").all_inner_texts() == order
    expect(button).to_be_focused()
    assert page.evaluate("window.scrollY") == scroll
    assert page.evaluate("window.moved") < 0.01
    assert page.evaluate("window.replaced") == 0


def test_a_refresh_without_news_costs_nothing_but_304s(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=1")
    wait_for_chart(page)
    expect(page.locator("#who")).to_have_attribute("aria-busy", "false")
    expect(page.locator("#heat")).to_be_visible()
    site.statuses.clear()

    pass_time(page, 30_000)

    # The present, the PDU and its six parts, what happened, the history, what people have set. Who uses it is out of sight.
    assert eventually(lambda: len(site.statuses) == 11), site.requests
    assert set(site.statuses) == {304}


def test_outlets_that_come_and_go(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=6")
    expect(outlets(page)).to_have_count(4)

    parts = site.pdus[5].parts
    del parts.outlets[1]
    parts.outlets.append(FakePart(5, "Rack 5", 10))
    parts.number(6)
    pass_time(page, 30_000)

    expect(page.locator(".outlets-table td.number")).to_have_text(["1", "3", "4", "5"])


# --- for everybody --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280, 2560])
def test_axe_finds_nothing(open_page: OpenPage, width: int, scheme: str):
    page = open_page(
        "?pdu=1&element=1000007", color_scheme=scheme, viewport={"width": width, "height": 900}, reduced_motion="reduce"
    )
    for query in ("?pdu=1&element=1000007", "?pdu=2", "?pdu=5", "?pdu=6", "?pdu=77"):
        page.goto(page.url.split("?")[0] + query)
        if query == "?pdu=77":
            expect(heading(page)).to_contain_text("There is no PDU")
        else:
            wait_for_chart(page)

        found = Axe().run(page).response["violations"]

        assert [(query, rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found] == []


def test_nothing_scrolls_sideways(open_page: OpenPage, site: FakeSite):
    long = "A name that somebody typed without a single break " + "x" * 60
    pdu = site.pdus[0]
    pdu.name = pdu.serial = pdu.identity["model"] = pdu.parts.outlets[0].name = pdu.parts.banks[0].name = long
    pdu.parts.sensors = site.pdus[5].parts.sensors
    pdu.parts.sensors[0].name = long
    site.events = [(1, 1, 1000001, 5, long, long)]
    page = open_page("?pdu=1&element=1000001", viewport={"width": 320, "height": 800})

    for width in (320, 360, 500, 768, 1200, 1280, 1680, 2560):
        page.set_viewport_size({"width": width, "height": 800})
        wait_for_chart(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for part in ("#outlets", "#sensors", "#events", "#unit"):
            assert page.locator(part).evaluate("(node) => node.scrollWidth <= node.clientWidth + 1"), (width, part)


def test_a_narrow_screen_shows_all_of_an_outlet_with_units(open_page: OpenPage):
    page = open_page("?pdu=1", viewport={"width": 360, "height": 800})

    row = outlet(page, 7)
    for part in ("th", ".state", ".watts", ".amperes", ".kwh", ".sparkline"):
        expect(row.locator(part)).to_be_visible()
    unit = "(cell) => getComputedStyle(cell, '::after').content"
    assert "W" in row.locator(".watts").evaluate(unit)
    assert "kWh" in row.locator(".kwh").evaluate(unit)
    expect(page.get_by_role("table", name="Outlets of Right PDU").get_by_role("row")).to_have_count(25)
    expect(page.locator(".outlets-table").get_by_role("button", name="Power in watts")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280, 1920])
def test_nothing_moves_when_the_data_comes(open_page: OpenPage, width: int):
    page = open_page("?pdu=1", viewport={"width": width, "height": 800})
    wait_for_chart(page)
    page.add_init_script(
        """window.moved = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.moved += entry.value; }))
          .observe({ type: 'layout-shift', buffered: true });"""
    )

    page.reload()
    wait_for_chart(page)

    assert page.evaluate("window.moved") < 0.05


def test_printing_shows_the_outlets_and_no_controls(open_page: OpenPage):
    page = open_page("?pdu=1")
    wait_for_chart(page)

    page.emulate_media(media="print")

    expect(outlets(page).first).to_be_visible()
    expect(page.get_by_role("link", name="All PDUs")).to_be_hidden()
    expect(page.locator("#as-table")).to_be_hidden()


def test_a_pdu_without_parts_of_any_kind_needs_no_room_for_them(open_page: OpenPage, site: FakeSite):
    site.pdus = [FakePDU(1, "Bare", "10.0.0.1", None, parts=FakeParts())]
    page = open_page("?pdu=1")

    expect(figure(page, "watts").locator(".figure")).to_contain_text("not metered")
    expect(page.locator("#chart-message")).to_contain_text("No readings in this range: Mon 23 Nov 2026.")
    expect(page.locator("#parts")).to_be_hidden()
