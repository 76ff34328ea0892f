"""What people do with the dashboard: look, choose a period, choose PDUs, share a link, read the table."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest
from playwright.sync_api import Page, Route, expect

from conftest import OpenPage, bars, chart_column, eventually, pass_time, point_at, wait_for_chart
from fake_site import FakePDU, FakeServer, FakeSite


def history_requests(site: FakeSite) -> list[str]:
    return [request for request in site.requests if request.startswith("history?")]


def table_of(page: Page):
    """The table that says what the chart says."""
    return page.get_by_role("region", name="Energy and power").get_by_role("table")


def tile(page: Page, name: str):
    return page.locator(f'.tile[data-tile="{name}"]')


# --- now ------------------------------------------------------------------------------------------------------------


def test_a_card_for_each_pdu_says_what_is_known(open_page: OpenPage, site: FakeSite):
    page = open_page()

    cards = page.get_by_role("list", name="PDUs").get_by_role("listitem")
    expect(cards).to_have_count(2)
    first, second = cards.nth(0), cards.nth(1)
    watts = site._watts(site.pdus[0], site.now)
    expect(first).to_contain_text("Right PDU")
    expect(first).to_contain_text("172.0.250.10")
    expect(first).to_contain_text("Online")
    expect(first).to_contain_text("Read 12 s ago")
    expect(first).to_contain_text(re.compile(rf"{watts / 1000:.2f}\skW"))
    expect(first).to_contain_text(re.compile(rf"{watts:,.0f}\sW".replace(",", r"\s")))
    expect(first.get_by_text("estimate")).to_be_hidden()
    expect(second.get_by_text("estimate")).to_be_visible()


def test_the_total_is_of_the_pdus_that_are_known(open_page: OpenPage, site: FakeSite):
    site.pdus.append(FakePDU(3, "Cellar", "10.0.0.3", status="offline", age=400, failure="timeout"))
    page = open_page()

    total = sum(site._watts(pdu, site.now) for pdu in site.pdus[:2])
    expect(page.locator("#total")).to_contain_text(re.compile(rf"{total / 1000:.2f}\skW"))
    expect(page.locator("#total")).to_contain_text("2 of 3 PDUs")


def test_unknown_zero_and_not_metered_look_different(open_page: OpenPage, site: FakeSite):
    site.pdus = [
        FakePDU(1, "Zero", "a", 0), FakePDU(2, "Unmetered", "b", None),
        FakePDU(3, "Unknown", "c", 500, status="offline", age=300, failure="wrong_auth_passphrase"),
    ]
    page = open_page()

    cards = page.locator(".pdu")
    expect(cards.nth(0).locator(".power")).to_have_text(re.compile(r"^0\sW$"))
    expect(cards.nth(1).locator(".power")).to_have_text("not metered")
    expect(cards.nth(2).locator(".power")).to_have_text("–")
    expect(cards.nth(2)).to_contain_text("Wrong authentication passphrase.")
    expect(cards.nth(2)).to_contain_text("Last reading 5 min ago")


def test_ages_grow_while_one_looks_at_them(open_page: OpenPage, site: FakeSite):
    page = open_page()
    expect(page.locator(".pdu").first).to_contain_text("Read 12 s ago")
    # What stands below the fold is asked for after what is seen.
    asked = site.requests.count("current-status")

    pass_time(page, 10_000)

    expect(page.locator(".pdu").first).to_contain_text(re.compile("Read 2[2-9] s ago"))
    assert site.requests.count("current-status") == asked


def test_ages_are_by_the_servers_clock(open_page: OpenPage, site: FakeSite):
    def set_wrong_clock(page: Page) -> None:
        page.clock.install(time=site.now + timedelta(hours=3))

    page = open_page(before=set_wrong_clock)

    expect(page.locator(".pdu").first).to_contain_text("Read 12 s ago")
    expect(page.locator("#site-clock")).to_contain_text("Mon 23 Nov, 18:12")


def test_times_are_in_the_sites_zone_whatever_the_viewers(open_page: OpenPage):
    page = open_page(timezone_id="Pacific/Auckland")

    wait_for_chart(page)
    expect(page.locator("#site-clock")).to_have_text("Mon 23 Nov, 18:12 · Europe/London (GMT)")
    expect(page.get_by_role("heading", name="Mon 23 Nov 2026")).to_be_visible()
    expect(page.locator("#whose")).to_have_text("all PDUs · by the hour")


def test_numbers_come_before_plotly(open_page: OpenPage):
    held: list[Route] = []
    page = open_page(until="commit", before=lambda page: page.route("**/vendor/*", lambda route: held.append(route)))

    expect(page.locator("#total")).to_contain_text("kW")
    expect(tile(page, "energy")).to_contain_text("kWh")
    expect(page.locator("#chart-message")).to_contain_text("Loading the chart…")
    assert held, "the bundle is asked for while the page works"
    before = page.locator("#chart-frame").bounding_box()

    held[0].continue_()

    wait_for_chart(page)
    assert page.locator("#chart-frame").bounding_box() == before


# --- history --------------------------------------------------------------------------------------------------------


def test_the_chart_has_bars_below_a_line_in_its_band(open_page: OpenPage):
    page = open_page("?stack=none")

    wait_for_chart(page)
    # The day so far, and the hours to come.
    assert [y is None for y in chart_column(page, "Energy")] == [False] * 19 + [True] * 5
    assert chart_column(page, "Energy", "type") == "bar"
    assert chart_column(page, "Mean power", "yaxis") == "y2"
    assert chart_column(page, "Minimum to maximum", "fill") == "toself"
    expect(page.locator("#chart .js-line")).not_to_have_count(0)
    for words in ("Power, kW", "Energy, kWh"):
        expect(page.locator("#chart").get_by_text(words)).to_be_visible()
    domains = page.evaluate("['yaxis', 'yaxis2'].map((axis) => document.querySelector('#chart').layout[axis].domain)")
    assert domains[0][1] < domains[1][0], "one axis in each panel"


def test_one_panel_with_two_axes_is_there_for_who_wants_it(open_page: OpenPage):
    page = open_page()
    wait_for_chart(page)

    page.get_by_role("combobox", name="Layout").select_option(label="One, two axes")

    expect(page).to_have_url(re.compile(r"\?axes=dual$"))
    wait_for_chart(page)
    assert eventually(lambda: page.evaluate("document.querySelector('#chart').layout.yaxis2.side") == "right")
    expect(page.locator("#chart").get_by_text("kWh", exact=True)).to_be_visible()


def test_bars_are_made_of_pdus_in_their_colours(open_page: OpenPage, site: FakeSite):
    page = open_page()

    wait_for_chart(page)
    slices = page.evaluate("document.querySelector('#chart').data.filter(({ meta }) => meta === 'slice').map(({ name, base, y }) => ({ name, base, y }))")
    assert [one["name"] for one in slices] == ["Right PDU", "Left PDU"]
    assert slices[1]["base"][:19] == slices[0]["y"][:19], "one stands upon the other"
    legend = page.get_by_role("list", name="Legend")
    for name in ("Right PDU", "Left PDU"):
        expect(legend.get_by_text(name)).to_be_visible()
    first = page.evaluate("getComputedStyle(document.querySelector('#legend .key-slice')).backgroundColor")
    assert first == page.evaluate("getComputedStyle(document.querySelector('.pdu'), '::before').backgroundColor")


def test_gaps_are_gaps_and_not_zeros(open_page: OpenPage, site: FakeSite):
    site.gaps = [(datetime(2026, 11, 23, 4, tzinfo=timezone.utc), datetime(2026, 11, 23, 7, tzinfo=timezone.utc))]
    page = open_page("?stack=none")

    wait_for_chart(page)
    assert chart_column(page, "Energy")[4:7] == [None] * 3
    assert chart_column(page, "Mean power")[4:7] == [None] * 3
    assert chart_column(page, "Mean power", "connectgaps") is False
    assert (chart_column(page, "No readings", "x"), chart_column(page, "No readings", "width")) == ([5], [3])
    expect(page.locator("#legend").get_by_text("No readings")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("3 intervals have no readings"))).to_be_visible()


def test_the_hour_that_is_not_over_is_marked(open_page: OpenPage):
    page = open_page("?stack=none")

    wait_for_chart(page)
    opacity = page.evaluate("document.querySelector('#chart').data.find((t) => t.name === 'Energy').marker.opacity")
    assert opacity[:18] == [1] * 18
    assert opacity[18] < 1
    expect(page.locator("#chart").get_by_text("so far")).to_be_visible()


def test_hovering_names_the_span_and_its_values_of_both_panels(open_page: OpenPage):
    page = open_page()
    wait_for_chart(page)

    tooltip = page.locator("#tooltip")
    for height in (0.2, 0.8):
        point_at(page, 13.5 / 24, height)
        expect(tooltip).to_contain_text("Mon 23 Nov, 13:00–14:00 GMT")
        for name in ("Energy", "Mean power", "Maximum", "Minimum", "Right PDU", "Left PDU"):
            expect(tooltip).to_contain_text(re.compile(rf"{name}\d\.\d\d\s(kWh|kW)"))
        column = page.locator(".hover-column").bounding_box()
        assert column["height"] > page.locator("#chart").bounding_box()["height"] * 0.7, "both panels are marked"
    page.mouse.move(5, 5)
    expect(tooltip).to_be_hidden()


def test_a_click_on_a_bar_goes_into_it_and_back_comes_out(open_page: OpenPage, site: FakeSite):
    page = open_page("?period=month")
    wait_for_chart(page)
    point_at(page, 16.5 / 30, 0.8)
    page.mouse.down()
    page.mouse.up()

    expect(page).to_have_url(re.compile(r"\?at=2026-11-17$"))
    wait_for_chart(page)
    expect(page.get_by_role("heading", name="Tue 17 Nov 2026")).to_be_visible()
    point_at(page, 10.5 / 24, 0.8)
    page.mouse.down()
    page.mouse.up()

    expect(page).to_have_url(re.compile(r"\?from=2026-11-17T10:00&to=2026-11-17T11:00$"))
    wait_for_chart(page)
    assert history_requests(site)[-1] == "history?start=2026-11-17T10:00&end=2026-11-17T11:00&resolution=auto&each=1"
    expect(page.locator("#whose")).to_contain_text("by the minute")
    page.go_back()
    expect(page.get_by_role("heading", name="Tue 17 Nov 2026")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("radio", name="Month")).to_be_checked()


def test_dragging_over_the_chart_chooses_a_range(open_page: OpenPage):
    page = open_page("?period=month")
    wait_for_chart(page)

    point_at(page, 3.5 / 30, 0.8)
    page.mouse.down()
    point_at(page, 9.5 / 30, 0.8)
    page.mouse.up()

    expect(page).to_have_url(re.compile(r"\?from=2026-11-04&to=2026-11-10$"))
    expect(page.get_by_role("radio", name="Custom")).to_be_checked()
    expect(page.get_by_role("heading", name="Wed 4 Nov – Tue 10 Nov 2026")).to_be_visible()


def test_the_table_goes_into_a_day_by_keyboard(open_page: OpenPage):
    page = open_page("?period=week&as=table")

    page.get_by_role("link", name="Mon 23 Nov 2026").press("Enter")

    expect(page).to_have_url(re.compile(r"\?at=2026-11-23&as=table$"))
    expect(table_of(page).get_by_role("row")).to_have_count(21)


def test_choosing_a_period_changes_chart_statistics_request_and_address(open_page: OpenPage, site: FakeSite):
    site.now = datetime(2026, 11, 25, 18, 12, 30, tzinfo=timezone.utc)
    page = open_page()
    wait_for_chart(page)
    day = tile(page, "energy").inner_text()

    page.get_by_role("radio", name="Week").check()

    wait_for_chart(page)
    expect(page).to_have_url(re.compile(r"\?period=week$"))
    expect(tile(page, "energy")).not_to_have_text(day)
    expect(page.get_by_role("heading", name="Mon 23 Nov – Sun 29 Nov 2026")).to_be_visible()
    assert history_requests(site)[-1] == "history?start=2026-11-23&end=2026-11-30&resolution=auto&each=1"
    assert [height is None for height in bars(page)] == [False] * 3 + [True] * 4


def test_choosing_pdus_changes_chart_statistics_request_and_address(open_page: OpenPage, site: FakeSite):
    page = open_page()
    wait_for_chart(page)
    both = bars(page)

    page.get_by_role("checkbox", name="Show Left PDU in chart and statistics").uncheck()

    wait_for_chart(page)
    expect(page).to_have_url(re.compile(r"\?pdus=1$"))
    expect(page.locator("#whose")).to_contain_text("1 PDU")
    assert history_requests(site)[-1] == "history?start=2026-11-23&end=2026-11-24&resolution=auto&pdu_ids=1&each=1"
    assert bars(page)[0] < both[0]

    page.get_by_role("button", name="Select all").click()
    expect(page.locator("#whose")).to_contain_text("all PDUs")
    expect(page.get_by_role("checkbox", name="Show Left PDU")).to_be_checked()


def test_no_pdu_chosen_asks_for_nothing_and_says_so(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdus=2")
    wait_for_chart(page)
    asked = len(history_requests(site))

    page.get_by_role("checkbox", name="Show Left PDU").uncheck()

    expect(page.locator("#chart-message")).to_contain_text("No PDU is selected. Tick one above to see its history.")
    expect(tile(page, "energy").locator(".figure")).to_have_text("–")
    assert len(history_requests(site)) == asked


def test_back_and_a_shared_link_show_the_same(open_page: OpenPage, site: FakeSite):
    page = open_page("?period=month&pdus=1&as=table")
    expect(table_of(page).get_by_role("row")).to_have_count(25)
    expect(page.get_by_role("radio", name="Month")).to_be_checked()
    expect(page.get_by_role("checkbox", name="Show Left PDU")).not_to_be_checked()

    page.get_by_role("radio", name="Year").check()
    expect(table_of(page).get_by_role("row")).to_have_count(13)
    page.go_back()

    expect(page).to_have_url(re.compile(r"\?period=month&pdus=1&as=table$"))
    expect(page.get_by_role("radio", name="Month")).to_be_checked()
    expect(table_of(page).get_by_role("row")).to_have_count(25)


def test_a_link_to_a_pdu_that_is_gone_shows_the_others(open_page: OpenPage):
    page = open_page("?pdus=1,77")

    wait_for_chart(page)
    expect(page).to_have_url(re.compile(r"\?pdus=1$"))


def test_a_sum_says_which_pdus_are_missing_from_it(open_page: OpenPage, site: FakeSite):
    hour = site.now.replace(minute=0, second=0)
    site.pdus[1].silent = (hour - timedelta(hours=6), hour - timedelta(hours=4))
    page = open_page()
    wait_for_chart(page)
    point_at(page, 13.5 / 24)
    expect(page.locator("#tooltip")).to_contain_text("1 of 2 PDUs")
    point_at(page, 15.5 / 24)
    expect(page.locator("#tooltip")).not_to_contain_text("of 2 PDUs")

    page.get_by_role("button", name="Show as table").click()

    table = table_of(page)
    expect(table.get_by_role("columnheader").last).to_have_text("In the sum")
    column = table.locator("tbody tr td:last-child").all_inner_texts()
    assert [index for index, text in enumerate(column) if text == "1 of 2 PDUs"] == [5, 6]
    assert column.count("2 of 2 PDUs") == 17


def test_a_total_says_which_pdus_are_missing_from_it(open_page: OpenPage, site: FakeSite):
    site.pdus[1].silent = (site.now - timedelta(days=2), site.now + timedelta(days=2))

    page = open_page()
    wait_for_chart(page)

    expect(tile(page, "energy")).to_contain_text("1 of 2 PDUs")


def test_the_table_has_the_same_data(open_page: OpenPage):
    page = open_page("?stack=none")
    wait_for_chart(page)
    newest = chart_column(page, "Energy")[18]

    page.get_by_role("button", name="Show as table").click()

    table = page.get_by_role("table", name=re.compile("Energy and power, Mon 23 Nov 2026, all PDUs"))
    expect(table.get_by_role("columnheader")).to_have_text(
        ["Interval", "Energy (kWh)", "Mean (kW)", "Min (kW)", "Max (kW)", "Coverage"]
    )
    expect(table.get_by_role("rowheader").first).to_have_text("Mon 23 Nov, 18:00–19:00 GMT (so far)")
    expect(table.locator("tbody tr").first.get_by_role("cell").first).to_have_text(f"{newest:.2f}")
    page.get_by_role("button", name="Show as chart").click()
    expect(page.locator("#chart-frame")).to_be_visible()


def test_the_day_of_the_clock_change_has_both_hours(open_page: OpenPage, site: FakeSite):
    site.now = datetime(2026, 10, 25, 9, 30, 20, tzinfo=timezone.utc)
    page = open_page()

    wait_for_chart(page)
    expect(page.locator("#chart").get_by_text("clock change")).to_be_visible()
    page.get_by_role("button", name="Show as table").click()
    expect(page.get_by_role("rowheader", name="Sun 25 Oct, 01:00 BST – 01:00 GMT")).to_be_visible()
    expect(page.get_by_role("rowheader", name="Sun 25 Oct, 01:00–02:00 GMT")).to_be_visible()


def test_the_page_works_below_another_path(browser, open_page: OpenPage):
    site = FakeSite(prefix="/power/pdu/")
    with FakeServer(site) as server:
        page = open_page("?period=year", url=server.url)

        wait_for_chart(page)
        assert history_requests(site)[-1] == "history?start=2026-01-01&end=2027-01-01&resolution=auto&each=1"
        page.get_by_role("radio", name="Day").check()
        expect(page).to_have_url(server.url)


@pytest.mark.parametrize("width", [360, 1280, 1920])
def test_nothing_moves_when_the_data_comes(open_page: OpenPage, width: int):
    page = open_page(viewport={"width": width, "height": 800})
    wait_for_chart(page)

    # From the second visit on the page knows how many cards there will be.
    page.add_init_script(
        """window.moved = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.moved += entry.value; }))
          .observe({ type: 'layout-shift', buffered: true });"""
    )
    page.reload()
    wait_for_chart(page)

    assert page.evaluate("window.moved") < 0.01


# --- refresh --------------------------------------------------------------------------------------------------------


def test_a_refresh_changes_what_has_changed_and_nothing_else(open_page: OpenPage, site: FakeSite):
    page = open_page()
    wait_for_chart(page)
    page.evaluate("window.firstCard = document.querySelector('.pdu'); window.firstBars = document.querySelector('#chart svg')")
    first = page.locator(".pdu .power").first.inner_text()

    site.pdus[0].watts = 2500
    pass_time(page, 30_000)

    expect(page.locator(".pdu .power").first).not_to_have_text(first)
    assert page.evaluate("window.firstCard === document.querySelector('.pdu')")
    assert page.evaluate("window.firstBars === document.querySelector('#chart svg')")


def test_a_refresh_without_news_costs_a_304_and_draws_nothing(open_page: OpenPage, site: FakeSite):
    page = open_page()
    wait_for_chart(page)
    for last in ("#heat", "#happened"):
        expect(page.locator(last)).to_be_visible()
    page.evaluate("document.querySelector('#chart').on('plotly_afterplot', () => { window.drawn = true; })")
    site.statuses.clear()

    # The last that a refresh asks for.
    with page.expect_response(re.compile("api/events")):
        pass_time(page, 30_000)

    expect(page.locator("#updated")).to_have_text(re.compile("just now|[0-9] s ago"))
    # The present, the tiles, the range, what people have set, what happened. Who uses it is out of sight.
    assert eventually(lambda: len(site.statuses) == 5)
    assert site.statuses == [304] * 5
    assert page.evaluate("window.drawn === undefined")


def hide(page: Page, is_hidden: bool) -> None:
    page.evaluate(
        """(hidden) => {
            Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
            document.dispatchEvent(new Event('visibilitychange'));
        }""",
        is_hidden,
    )


def test_a_hidden_tab_asks_nothing_and_a_shown_one_at_once(open_page: OpenPage, site: FakeSite):
    page = open_page()
    wait_for_chart(page)
    asked = len(site.requests)

    hide(page, True)
    page.clock.run_for(300_000)
    assert len(site.requests) == asked

    with page.expect_response(re.compile("api/current-status")):
        hide(page, False)
