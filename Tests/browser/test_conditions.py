"""When things are not as they should be: the page says so in words and keeps what it has."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from conftest import OpenPage, bars, pass_time, wait_for_chart
from fake_site import FakeSite


def test_a_server_that_goes_away_and_comes_back(open_page: OpenPage, site: FakeSite):
    page = open_page()
    wait_for_chart(page)
    power = page.locator(".pdu .power").first.inner_text()

    site.problem = "drop"
    pass_time(page, 30_000)

    notice = page.locator('[data-notice="unreachable"]')
    expect(notice).to_contain_text("The server cannot be reached. What you see is from 18:12 GMT.")
    expect(page.locator("#health")).to_have_text(re.compile("No connection"))
    expect(page.locator(".pdu .power").first).to_have_text(power)
    assert len(bars(page)) == 24
    expect(page.locator("#announcer")).to_have_text("The server cannot be reached.")

    site.problem = None
    pass_time(page, 5_000)

    expect(notice).to_have_count(0)
    expect(page.locator("#health")).to_have_text(re.compile("All online"))
    expect(page.locator("#announcer")).to_contain_text("The server can be reached again.")


def test_what_is_kept_grows_old_visibly(open_page: OpenPage, site: FakeSite):
    page = open_page()
    wait_for_chart(page)
    site.problem = "drop"

    pass_time(page, 30_000)
    expect(page.locator('[data-notice="unreachable"]')).to_be_visible()
    pass_time(page, 150_000)

    expect(page.locator(".pdu").first).to_contain_text("Stale")
    expect(page.locator(".pdu .power").first).to_have_text("–")


def test_a_server_that_was_never_there(open_page: OpenPage, site: FakeSite):
    site.problem = "drop"
    page = open_page()

    expect(page.locator('[data-notice="unreachable"]')).to_contain_text("The server cannot be reached.")
    expect(page.get_by_role("button", name="Try now")).to_be_visible()
    site.problem = None
    page.get_by_role("button", name="Try now").click()
    wait_for_chart(page)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ((503, "The history is being restored."), "The server says: The history is being restored."),
        ((502, ""), "The server cannot be reached (status 502)."),
        ("garbage", "The server cannot be reached (an answer that is not from pdu-monitor)."),
    ],
)
def test_a_refusal_is_shown_in_the_servers_words(open_page: OpenPage, site: FakeSite, problem, words):
    site.problem = problem
    page = open_page()

    expect(page.locator('[data-notice="unreachable"]')).to_contain_text(words)
    expect(page.locator("#health")).to_contain_text("No connection" if problem == "garbage" else "Server not ready")


def test_retries_come_with_growing_patience(open_page: OpenPage, site: FakeSite):
    site.problem = (503, "Not yet.")
    page = open_page()
    expect(page.locator('[data-notice="unreachable"]')).to_be_visible()
    asked = site.requests.count("current-status")

    with page.expect_response(re.compile("current-status")):
        pass_time(page, 5_000)
    page.clock.run_for(7_000)

    assert site.requests.count("current-status") == asked + 1, "the second retry comes after 10 s, not after 5"


def test_a_stopped_collector_is_named_with_the_command_to_type(open_page: OpenPage, site: FakeSite):
    site.collector = "stopped"
    site.newest_run_age = 7 * 60 + 5
    for pdu in site.pdus:
        pdu.status, pdu.age = "stale", 7 * 60 + 5
    page = open_page()

    notice = page.locator('[data-notice="stopped"]')
    expect(notice).to_contain_text("No poll for 7 minutes.")
    expect(notice).to_contain_text("systemctl status pdu-poll.timer")
    expect(page.locator("#health")).to_have_text(re.compile("Collector stopped"))
    expect(page.locator(".pdu").first).to_contain_text("Stale")
    expect(page.locator("#total-figure")).to_have_text("–")


def test_silence_is_noticed_without_the_server_saying_so(open_page: OpenPage, site: FakeSite):
    page = open_page()
    wait_for_chart(page)

    # The newest run stays where it was; the server's clock goes on.
    site.newest_run_age += 200
    site.now += timedelta(seconds=200)
    for pdu in site.pdus:
        pdu.age += 200
    pass_time(page, 30_000)

    expect(page.locator('[data-notice="stopped"]')).to_contain_text("No poll for 3 minutes.")
    expect(page.locator("#announcer")).to_contain_text("The collector has stopped.")


def test_without_pdus_the_page_says_what_to_do(open_page: OpenPage, site: FakeSite):
    site.pdus = []
    page = open_page()

    expect(page.get_by_role("heading", name="No PDU is configured yet")).to_be_visible()
    expect(page.get_by_text("pductl probe ADDRESS")).to_be_visible()
    expect(page.locator("#history")).to_be_hidden()
    expect(page.locator("#now")).to_be_hidden()


def test_before_the_first_poll_the_page_waits_and_then_shows_it(open_page: OpenPage, site: FakeSite):
    pdus, site.pdus = site.pdus, []
    site.collector, site.newest_run_age = "never", None
    page = open_page()
    expect(page.get_by_role("heading", name="Waiting for the first reading…")).to_be_visible()

    site.pdus, site.collector, site.newest_run_age = pdus, "running", 1
    pass_time(page, 30_000)
    wait_for_chart(page)


def test_pdus_without_a_reading_are_waited_for(open_page: OpenPage, site: FakeSite):
    for pdu in site.pdus:
        pdu.status, pdu.age, pdu.watts = "offline", None, None
    page = open_page()

    expect(page.locator('[data-notice="waiting"]')).to_contain_text(re.compile("Waiting for the first reading – next poll 18:13:00, in [0-9]+ seconds"))
    expect(page.locator(".pdu").first).to_contain_text("never read")
    expect(page.locator(".pdu .power").first).to_have_text("–")
    expect(page.locator("#chart-message")).to_contain_text("Waiting for the first reading…")


def test_a_period_without_readings_says_so(open_page: OpenPage, site: FakeSite):
    site.history_since = site.now
    page = open_page()

    expect(page.locator("#chart-message")).to_contain_text("No readings in this range: Mon 23 Nov 2026.")
    expect(page.locator('.tile[data-tile="energy"] .figure')).to_have_text("–")


def test_a_history_that_fails_alone_is_said_in_its_place(open_page: OpenPage, site: FakeSite):
    def refuse(route):
        route.fulfill(status=500, content_type="application/json", body='{"success":false,"error":"Something broke."}')

    page = open_page(before=lambda page: page.route("**/api/history*", refuse))

    expect(page.locator("#history-problem")).to_have_text("The server says: Something broke.")
    expect(page.locator(".pdu").first).to_contain_text("Online")
    expect(page.locator("#notices")).to_be_empty()


def test_without_plotly_the_table_takes_the_charts_place(open_page: OpenPage):
    page = open_page(before=lambda page: page.route("**/vendor/*", lambda route: route.abort()))

    expect(page.locator("#chart-failed")).to_have_text("The chart could not be loaded. The same data is in the table.")
    expect(page.get_by_role("table", name=re.compile("Energy and power")).get_by_role("row")).to_have_count(21)
    expect(page.locator("#total")).to_contain_text("kW")


def test_another_state_of_a_pdu_is_announced_once(open_page: OpenPage, site: FakeSite):
    page = open_page()
    wait_for_chart(page)
    expect(page.locator("#announcer")).to_be_empty()

    site.pdus[1].status, site.pdus[1].age, site.pdus[1].failure = "offline", 200, "timeout"
    pass_time(page, 30_000)
    expect(page.locator("#announcer")).to_have_text("Left PDU: Offline.")
    pass_time(page, 30_000)

    expect(page.locator("#announcer")).to_have_text("Left PDU: Offline.")
    expect(page.locator("#health")).to_have_text(re.compile("1 PDU offline"))
