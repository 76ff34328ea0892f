"""On paper: white in either scheme, whole tables, nothing to press, and which range it is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from conftest import OpenPage, eventually, wait_for_chart
from fake_site import FakeSite, every_kind


@pytest.fixture
def site() -> FakeSite:
    site = FakeSite()
    site.pdus = every_kind(site.now)
    return site


def printed(open_page: OpenPage, query: str) -> Page:
    page = open_page(query, color_scheme="dark", viewport={"width": 718, "height": 1000})
    wait_for_chart(page)
    expect(page.locator("#who")).to_have_attribute("aria-busy", "false")
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    return page


@pytest.mark.parametrize("query", ["?who=outlet", "?pdu=1"])
def test_a_page_of_paper(open_page: OpenPage, query: str):
    page = printed(open_page, query)

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    expect(page.get_by_text(re.compile("Mon 23 Nov 2026 · printed Mon 23 Nov 2026, 18:12 GMT · times in Europe/London"))).to_be_visible()
    for control in ("searchbox", "combobox", "radio"):
        assert page.get_by_role(control).locator("visible=true").count() == 0
    for name in ("CSV", "Groups", "Keyboard shortcuts", "Today"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    frame = page.locator("#who .who-frame")
    assert frame.evaluate("(node) => node.scrollHeight - node.clientHeight") <= 1
    expect(page.locator("#who tfoot tr")).to_be_visible()


def test_the_chart_is_drawn_for_the_paper(open_page: OpenPage):
    page = printed(open_page, "")

    width = "document.querySelector('#chart .main-svg').getBoundingClientRect().width"
    assert eventually(lambda: page.evaluate(width) <= 680)
    fill = "getComputedStyle(document.querySelector('#chart .xtick text')).fill"
    assert eventually(lambda: page.evaluate(fill) in ("rgb(68, 76, 85)", "rgb(0, 0, 0)")), page.evaluate(fill)
