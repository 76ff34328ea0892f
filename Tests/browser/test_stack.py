"""The dashboard over the real thing: nginx, pdu-fcgi and a history that pdu-poll has written."""

from __future__ import annotations

import json
import re
import urllib.request

import pytest
from playwright.sync_api import Page, expect

from conftest import OpenPage, bars, wait_for_chart


def ask(url: str) -> dict:
    with urllib.request.urlopen(url, timeout=20) as response:
        return json.load(response)


def test_the_page_is_served_under_a_policy_without_exceptions(stack_url: str):
    with urllib.request.urlopen(stack_url, timeout=20) as response:
        policy = response.headers["Content-Security-Policy"]

    assert policy and "unsafe" not in policy


@pytest.mark.parametrize("period", ["day", "week", "month", "year"])
def test_every_period_is_drawn_from_what_the_api_says(open_page: OpenPage, stack_url: str, period: str):
    asked: list[str] = []

    def note(page: Page) -> None:
        page.on("request", lambda request: "/api/history?" in request.url and asked.append(request.url))

    page = open_page(f"?period={period}", url=stack_url, before=note)

    wait_for_chart(page)
    drawn = bars(page)
    told = ask(asked[-1])["data"]["total"]["kwh"]
    assert len(drawn) == len(told)
    # The bucket that is not over may have grown since, and one that has not begun has nothing.
    over = [index for index, value in enumerate(told) if value is not None][:-1]
    assert over or period == "year"
    assert [index for index, value in enumerate(drawn) if value is not None][:len(over)] == over
    # Kilowatt-hours, or what the axis says instead: one factor for all.
    factors = {round(drawn[index] / told[index], 6) for index in over if told[index]}
    assert len(factors) <= 1


def test_the_cards_are_the_pdus_of_the_api(open_page: OpenPage, stack_url: str):
    page = open_page(url=stack_url)

    pdus = ask(f"{stack_url}api/current-status")["data"]
    expect(page.locator(".pdu h3")).to_have_text([pdu["name"] for pdu in pdus])


def test_one_pdu_alone_changes_the_statistics(open_page: OpenPage, stack_url: str):
    pdus = ask(f"{stack_url}api/current-status")["data"]
    if len(pdus) < 2:
        pytest.skip("one PDU only")
    page = open_page("?period=week", url=stack_url)
    wait_for_chart(page)
    both = page.locator('.tile[data-tile="energy"]').inner_text()

    page.locator(f"#include-{pdus[0]['id']}").uncheck()

    expect(page).to_have_url(re.compile(rf"pdus={pdus[1]['id']}"))
    expect(page.locator('.tile[data-tile="energy"]')).not_to_have_text(both)


def test_the_page_of_a_pdu_is_what_the_api_says_of_it(open_page: OpenPage, stack_url: str):
    pdu = ask(f"{stack_url}api/pdus")["data"][0]
    parts = {kind: ask(f"{stack_url}api/pdus/{pdu['id']}/{kind}")["data"] for kind in ("outlets", "phases", "banks", "sensors")}
    page = open_page(f"?pdu={pdu['id']}", url=stack_url)

    wait_for_chart(page)
    expect(page.locator("#unit").get_by_role("heading", level=2)).to_have_text(pdu["name"])
    expect(page.locator("main .notice:visible")).to_have_count(0)
    expect(page.locator(".outlets-table tbody tr")).to_have_count(len(parts["outlets"]))
    expect(page.locator(".load")).to_have_count(len(parts["phases"]) + len(parts["banks"]))
    expect(page.locator(".sensors tbody tr")).to_have_count(len(parts["sensors"]))
    names = page.locator("button.name")
    if names.count() > 0:
        name = names.last.inner_text()
        names.last.click()
        expect(page.locator("#chart-title")).to_have_text(name)
        wait_for_chart(page)
        expect(page.locator("#history-problem")).to_be_hidden()
