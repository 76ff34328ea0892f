"""The one date control, comparisons, granularity, the tiles of the present and the heat map."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest
from playwright.sync_api import Page, expect

from conftest import OpenPage, bars, chart_column, eventually, pass_time, point_at, wait_for_chart
from fake_site import FakePDU, FakeSite, every_kind


def asked(site: FakeSite) -> list[str]:
    return [request for request in site.requests if request.startswith("history?")]


def heading(page: Page, words: str):
    return page.get_by_role("region", name=words).get_by_role("heading", name=words)


def tile(page: Page, name: str):
    return page.locator(f'.tile[data-tile="{name}"]')


# --- going about ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("width", "scheme"), [(360, "light"), (768, "dark"), (1280, "light"), (2560, "dark")]
)
def test_every_control_of_the_range_is_there_at_every_width(open_page: OpenPage, width: int, scheme: str):
    page = open_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    wait_for_chart(page)

    page.get_by_role("button", name="Previous day").click()
    expect(heading(page, "Sun 22 Nov 2026")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?at=2026-11-22$"))
    page.get_by_role("button", name="Next day").click()
    expect(heading(page, "Mon 23 Nov 2026")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/$"))
    expect(page.get_by_role("button", name="Next day")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="Next day").click(force=True)
    expect(page).to_have_url(re.compile(r"/$"))
    page.get_by_role("radio", name="Month").check()
    page.get_by_role("button", name="Previous month").click()
    expect(heading(page, "October 2026")).to_be_visible()
    page.get_by_role("button", name="Today", exact=True).click()
    expect(heading(page, "November 2026")).to_be_visible()
    page.get_by_role("combobox", name="Compare with").select_option(label="Previous period")
    page.get_by_role("combobox", name="Granularity").select_option(label="Hour")
    expect(page).to_have_url(re.compile(r"\?period=month&compare=previous&by=hour$"))
    wait_for_chart(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_back_undoes_each_step(open_page: OpenPage):
    page = open_page("?period=week")
    wait_for_chart(page)
    page.get_by_role("button", name="Previous week").click()
    expect(heading(page, "Mon 16 Nov – Sun 22 Nov 2026")).to_be_visible()
    page.get_by_role("radio", name="Day").check()
    expect(heading(page, "Mon 16 Nov 2026")).to_be_visible()

    page.go_back()
    expect(heading(page, "Mon 16 Nov – Sun 22 Nov 2026")).to_be_visible()
    expect(page.get_by_role("radio", name="Week")).to_be_checked()
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?period=week$"))
    wait_for_chart(page)


def test_a_range_of_ones_own(open_page: OpenPage, site: FakeSite):
    page = open_page()
    wait_for_chart(page)
    page.get_by_role("radio", name="Custom").check()
    page.get_by_role("textbox", name="From").or_(page.get_by_label("From", exact=True)).first.fill("2026-11-10")
    page.get_by_label("To", exact=True).fill("2026-11-03")
    page.get_by_role("button", name="Show range").click()
    expect(page.get_by_role("alert")).to_have_text("The last day is before the first.")

    page.get_by_label("To", exact=True).fill("2026-11-12")
    page.get_by_role("button", name="Show range").click()

    expect(page).to_have_url(re.compile(r"\?from=2026-11-10&to=2026-11-12$"))
    wait_for_chart(page)
    assert asked(site)[-1] == "history?start=2026-11-10&end=2026-11-13&resolution=auto&each=1"
    page.get_by_role("button", name="Previous range").click()
    expect(page).to_have_url(re.compile(r"\?from=2026-11-07&to=2026-11-09$"))


def test_a_date_can_be_gone_to(open_page: OpenPage):
    page = open_page("?period=month")
    wait_for_chart(page)

    page.get_by_label("Go to date").fill("2026-03-29")

    expect(heading(page, "March 2026")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?period=month&at=2026-03$"))


def test_a_granularity_that_does_not_fit_is_not_offered(open_page: OpenPage):
    page = open_page("?by=minute")
    wait_for_chart(page)
    assert len(chart_column(page, "Mean power", "y")) > 400

    page.get_by_role("radio", name="Year").check()

    expect(page).to_have_url(re.compile(r"\?period=year$"))
    options = page.get_by_role("combobox", name="Granularity").get_by_role("option")
    assert [option.is_disabled() for option in options.all()] == [False, True, True, False, False, False]


def test_another_day_begins_while_one_looks(open_page: OpenPage, site: FakeSite):
    site.now = datetime(2026, 11, 23, 23, 59, 45, tzinfo=timezone.utc)
    page = open_page()
    wait_for_chart(page)
    expect(heading(page, "Mon 23 Nov 2026")).to_be_visible()

    site.now += timedelta(seconds=30)
    pass_time(page, 30_000)

    expect(heading(page, "Tue 24 Nov 2026")).to_be_visible()
    assert eventually(lambda: asked(site)[-1].startswith("history?start=2026-11-24&end=2026-11-25"))


def test_today_is_the_sites_whatever_the_viewers_clock(open_page: OpenPage, site: FakeSite):
    site.now, site.zone = datetime(2026, 11, 23, 12, 30, tzinfo=timezone.utc), "Pacific/Auckland"
    page = open_page(timezone_id="America/Los_Angeles")

    wait_for_chart(page)
    expect(heading(page, "Tue 24 Nov 2026")).to_be_visible()
    assert asked(site)[-1].startswith("history?start=2026-11-24&end=2026-11-25")


# --- comparing --------------------------------------------------------------------------------------------------------


def test_a_comparison_is_of_the_same_elapsed_part(open_page: OpenPage, site: FakeSite):
    page = open_page("?period=month")
    wait_for_chart(page)
    page.get_by_role("combobox", name="Compare with").select_option(label="Previous period")

    wait_for_chart(page)
    starts = [re.sub("&resolution.*", "", request) for request in asked(site)[-3:]]
    assert sorted(starts) == [
        "history?start=2026-10-01&end=2026-10-23T18:12", "history?start=2026-10-01&end=2026-11-01", "history?start=2026-11-01&end=2026-12-01",
    ]
    change = tile(page, "peak")
    expect(change).to_contain_text("Change")
    expect(change).to_contain_text(re.compile(r"[−+±]\d+\s%"))
    expect(change).to_contain_text("in the same part of October 2026")
    compared = chart_column(page, "Compared energy")
    assert len(compared) == 30 and None not in compared, "each day beside the day of the same date"
    expect(page.get_by_role("list", name="Legend")).to_contain_text("Compared: October 2026")
    expect(page.get_by_role("img", name=re.compile("the same part of October 2026"))).to_be_visible()
    point_at(page, 4.5 / 30)
    expect(page.locator("#tooltip")).to_contain_text("Mon 5 Oct 2026")


def test_a_range_that_is_over_is_compared_whole(open_page: OpenPage, site: FakeSite):
    page = open_page("?period=month&at=2026-03&compare=previous&as=table")

    table = page.get_by_role("region", name="Energy and power").get_by_role("table")
    expect(table.get_by_role("columnheader").nth(2)).to_have_text("Compared (kWh)")
    expect(table.get_by_role("rowheader", name="Tue 31 Mar 2026")).to_be_visible()
    # February has no 29th to stand beside.
    row = table.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Tue 31 Mar 2026"))
    expect(row.get_by_role("cell").nth(1)).to_have_text("–")
    assert not [request for request in asked(site) if "T" in request]


# --- what is drawn ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "hours"), [("2026-10-25", 25), ("2026-03-29", 23)])
def test_days_of_the_clock_change_have_their_hours(open_page: OpenPage, day: str, hours: int):
    page = open_page(f"?at={day}")

    wait_for_chart(page)
    assert len(bars(page)) == hours
    expect(page.locator("#chart").get_by_text("clock change")).to_be_visible()


def test_thousands_of_minutes_keep_their_peaks_and_are_drawn_at_once(open_page: OpenPage, site: FakeSite):
    site.pdus = site.pdus[:1]
    page = open_page("?from=2026-11-16&to=2026-11-22&by=minute&stack=none")

    wait_for_chart(page)
    line = chart_column(page, "Mean power")
    assert 500 < len(line) < 6000, "as many as can be seen of 10,080"
    highest = page.locator('.tile[data-tile="maximum"] .figure').inner_text()
    assert f"{max(value for value in line if value is not None):.2f}" in highest
    assert len(bars(page)) == 168, "bars of hours, since those of minutes could not be seen"
    told = len(asked(site))
    with page.expect_response(re.compile("api/current-status")):
        pass_time(page, 30_000)
    assert len(asked(site)) == told, "so much is not asked for twice a minute"


def test_what_warns_and_what_is_critical_are_lines(open_page: OpenPage, site: FakeSite):
    site.pdus = every_kind(site.now)
    page = open_page("?pdu=1&element=1000201")

    wait_for_chart(page)
    shapes = page.evaluate("document.querySelector('#chart').layout.shapes.filter(({ name }) => name).map(({ name, line }) => [name, line.dash])")
    assert shapes == [["warning", "dash"], ["critical", "solid"]]
    expect(page.locator("#chart").get_by_text(re.compile(r"Critical: 15\sA ≈ 3\.45\skW"))).to_be_visible()


def test_bars_are_made_of_outlets_and_of_what_no_outlet_has(open_page: OpenPage, site: FakeSite):
    site.pdus = every_kind(site.now)
    page = open_page("?pdu=1")
    wait_for_chart(page)
    whole = bars(page)

    page.get_by_role("combobox", name="Bars by").select_option(label="Outlet")

    expect(page).to_have_url(re.compile(r"\?stack=outlet&?|stack=outlet"))
    wait_for_chart(page)
    expect(page.get_by_role("list", name="Legend")).to_contain_text("build-01 of Right PDU")
    expect(page.get_by_role("list", name="Legend")).to_contain_text("Other")
    assert bars(page)[3] == pytest.approx(whole[3], rel=0.01)


def test_a_range_before_the_first_reading_leads_to_it(open_page: OpenPage, site: FakeSite):
    page = open_page("?at=2020-02-02")

    expect(page.locator("#chart-message")).to_contain_text("No readings in this range: Sun 2 Feb 2020. First reading: Mon 1 Jan 2024.")
    page.get_by_role("button", name="Go there").click()

    expect(heading(page, "Mon 1 Jan 2024")).to_be_visible()
    wait_for_chart(page)


def test_what_fails_leaves_what_was_known_and_says_from_when(open_page: OpenPage, site: FakeSite):
    page = open_page()
    wait_for_chart(page)
    site.problems = {"history": (500, "Something broke."), "overview": (500, "Something broke.")}

    pass_time(page, 30_000)

    expect(page.locator("#history-problem")).to_have_text("The server says: Something broke. Data of 18:12 GMT.")
    expect(page.locator("#overview")).to_contain_text("The server says: Something broke. What you see here is from 18:12 GMT.")
    assert len(bars(page)) == 24
    site.problems = {}
    pass_time(page, 6_000)
    expect(page.locator("#history-problem")).to_be_hidden()


def test_a_server_that_still_prepares_says_so(open_page: OpenPage):
    page = open_page(before=lambda page: page.route(
        "**/api/history*", lambda route: route.fulfill(status=202, headers={"Retry-After": "7"}, content_type="application/json", body='{"success":true}')))

    expect(page.locator("#history-problem")).to_have_text("The server is still preparing this.")


# --- the present ------------------------------------------------------------------------------------------------------


def test_the_tiles_say_how_the_present_compares(open_page: OpenPage, site: FakeSite):
    site.pdus = every_kind(site.now)
    page = open_page()

    total = page.locator("#total")
    expect(total).to_contain_text(re.compile(r"read 12 s ago · (steady|rising)"))
    expect(total.get_by_role("img", name=re.compile("^Last 24 hours: "))).to_be_visible()
    expect(page.locator("#glance-today")).to_contain_text(re.compile(r"Today\d+\.\d\skWh.*usual"))
    expect(page.locator("#glance-month")).to_contain_text(re.compile(r"last month.*then \S+"))
    expect(page.locator("#glance-peak")).to_contain_text(re.compile(r"kW.*at \d\d:\d\d, \d+ h ago"))
    full = page.locator("#glance-fullest")
    expect(full).to_contain_text(re.compile(r"\d+\s%"))
    expect(full).to_contain_text("Very high")
    full.get_by_role("link", name="L3 of Left PDU").click()
    expect(page).to_have_url(re.compile(r"\?pdu=2&element=\d+$"))


def test_tiles_without_anything_to_say_do_not_say_zero(open_page: OpenPage, site: FakeSite):
    site.history_since = site.now
    site.pdus = [FakePDU(1, "New", "10.0.0.1", None)]
    page = open_page()

    for name in ("today", "month", "peak", "fullest"):
        expect(page.locator(f"#glance-{name} .quantity")).to_have_text("–")
    expect(page.locator("#glance-today")).to_contain_text("no usual day yet")


def test_the_heat_map_is_a_table_of_hours_by_days(open_page: OpenPage):
    page = open_page()

    table = page.get_by_role("table", name=re.compile("Mean power by hour and weekday, all PDUs"))
    expect(table.get_by_role("rowheader")).to_have_text(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])
    expect(table.get_by_role("cell")).to_have_count(7 * 24)
    expect(table.get_by_role("cell").first).to_have_text(re.compile(r"^\d\.\d\d$"))
    expect(page.locator("#heat")).to_contain_text(re.compile(r"Most on \w+day from 1\d:00"))


# --- the browser's habits -----------------------------------------------------------------------------------------------


def test_numbers_and_dates_are_written_as_the_browser_does(open_page: OpenPage, site: FakeSite):
    page = open_page(locale="de-DE")

    expect(page.locator("#total .quantity")).to_have_text(re.compile(r"^\d,\d\d\skW$"))
    expect(page.get_by_role("heading", name=re.compile(r"Mo\.?,? 23\.? Nov"))).to_be_visible()


def test_weeks_begin_on_the_browsers_first_day(open_page: OpenPage, site: FakeSite):
    page = open_page("?period=week", locale="en-US")

    wait_for_chart(page)
    assert asked(site)[-1].startswith("history?start=2026-11-22&end=2026-11-29")
    expect(page.locator("#site-clock")).to_contain_text("6:12 PM")
    rows = page.get_by_role("table", name=re.compile("Mean power by hour and weekday")).get_by_role("rowheader")
    expect(rows.first).to_have_text("Sun")


@pytest.mark.parametrize(("query", "start", "end"), [
    ("?period=day", "2026-11-23", "2026-11-24"), ("?period=week", "2026-11-23", "2026-11-30"), ("?period=month", "2026-11-01", "2026-12-01"),
    ("?period=year", "2026-01-01", "2027-01-01"),
])
def test_links_of_before_still_show_their_period(open_page: OpenPage, site: FakeSite, query: str, start: str, end: str):
    page = open_page(query)

    wait_for_chart(page)
    assert asked(site)[-1] == f"history?start={start}&end={end}&resolution=auto&each=1"
