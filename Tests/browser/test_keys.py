"""Single keys: they do what the sheet says, never while somebody types, and not at all where they are switched off."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from conftest import OpenPage, wait_for_chart
from fake_site import FakeSite, every_kind


@pytest.fixture
def site() -> FakeSite:
    site = FakeSite()
    site.pdus = every_kind(site.now)
    return site


def opened(open_page: OpenPage, query: str = "") -> Page:
    page = open_page(query)
    wait_for_chart(page)
    expect(page.locator("#who")).to_have_attribute("aria-busy", "false")
    return page


@pytest.mark.parametrize(("key", "period"), [("w", "week"), ("m", "month"), ("y", "year"), ("W", "week")])
def test_letters_choose_the_period(open_page: OpenPage, key: str, period: str):
    page = opened(open_page)

    page.keyboard.press(key)

    expect(page).to_have_url(re.compile(f"period={period}"))
    page.keyboard.press("d")
    expect(page).not_to_have_url(re.compile("period="))


def test_a_slash_goes_to_the_search_and_types_nothing(open_page: OpenPage):
    page = opened(open_page)

    page.keyboard.press("/")

    find = page.get_by_role("searchbox", name="Find")
    expect(find).to_be_focused()
    page.keyboard.type("web/dy?")
    expect(find).to_have_value("web/dy?")
    expect(page).not_to_have_url(re.compile("period="))
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_g_opens_the_groups_and_escape_closes_them(open_page: OpenPage):
    page = opened(open_page)

    page.keyboard.press("g")

    expect(page.get_by_role("dialog", name="Groups")).to_be_visible()
    page.keyboard.press("w")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("period="))


def test_keys_with_a_modifier_are_the_browsers(open_page: OpenPage):
    page = opened(open_page)

    page.keyboard.press("Alt+w")
    page.keyboard.press("Control+m")

    expect(page).not_to_have_url(re.compile("period="))


def test_the_sheet_switches_them_off_for_good(open_page: OpenPage):
    page = opened(open_page)
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_contain_text("Compare")
    box = sheet.get_by_role("checkbox", name="Shortcuts are on")
    box.uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    expect(page).not_to_have_url(re.compile("period="))
    page.reload()
    wait_for_chart(page)
    page.keyboard.press("?")
    expect(sheet).to_have_count(0)

    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(box).not_to_be_checked()
    box.check()
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    expect(page).to_have_url(re.compile("period=week"))


def test_arrows_stay_with_what_they_move_in(open_page: OpenPage):
    page = opened(open_page, "?who=outlet")
    said = page.evaluate("""async () => {
        const { actionOf } = await import(new URL('js/shortcuts.js', location.href).href);
        const event = (key) => ({ key, ctrlKey: false, metaKey: false, altKey: false, isComposing: false, defaultPrevented: false });
        const at = (selector) => document.querySelector(selector);
        return [
            actionOf(event('ArrowLeft'), document.body), actionOf(event('ArrowLeft'), at('#who .who-frame')),
            actionOf(event('ArrowRight'), at('#who fieldset input')), actionOf(event('t'), at('#who fieldset input')),
            actionOf(event('t'), at('#who select')), actionOf({ ...event('t'), isComposing: true }, document.body),
            actionOf({ ...event('t'), defaultPrevented: true }, document.body), actionOf(event('x'), document.body),
        ];
    }""")

    assert said == ["previous", None, None, "today", None, None, None, None]
