"""For everybody and on everything: axe-core, keyboard, narrow and wide, light and dark, and names that are text."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from conftest import OpenPage, eventually, wait_for_chart
from fake_site import PROJECT, FakePDU, FakeSite, content_security_policy

STATES = ["ordinary", "table", "troubled", "stopped", "empty", "unreachable", "compared", "dual", "nothing", "failed"]
QUERIES = {
    "table": "?as=table", "compared": "?from=2026-11-01&to=2026-11-23&compare=previous&by=hour", "dual": "?period=year&axes=dual&compare=year",
    "nothing": "?at=2020-02-02",
}


def put(site: FakeSite, state: str) -> str:
    """Puts the site into a state; the query that shows it."""
    if state == "troubled":
        site.pdus += [
            FakePDU(3, "Cellar", "10.0.0.3", status="offline", age=400, failure="timeout"),
            FakePDU(4, "Attic", "10.0.0.4", status="stale", age=200), FakePDU(5, "Shed", "10.0.0.5", None),
        ]
    elif state == "stopped":
        site.newest_run_age, site.collector = 600, "stopped"
    elif state == "empty":
        site.pdus = []
    elif state == "unreachable":
        site.problem = (503, "The history is being restored.")
    elif state == "failed":
        site.problems = dict.fromkeys(("history", "overview", "heatmap"), (500, "Something broke."))
    return QUERIES.get(state, "")


def wait_for_state(page: Page, state: str) -> None:
    if state == "empty":
        expect(page.locator(".first-run")).to_be_visible()
    elif state == "unreachable":
        expect(page.locator('[data-notice="unreachable"]')).to_be_visible()
    elif state == "table":
        expect(page.get_by_role("table", name="Energy and power")).to_be_visible()
    elif state == "nothing":
        expect(page.get_by_role("button", name="Go there")).to_be_visible()
    elif state == "failed":
        expect(page.locator("#history-problem")).to_be_visible()
    else:
        wait_for_chart(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(open_page: OpenPage, site: FakeSite, state: str, scheme: str):
    page = open_page(put(site, state), color_scheme=scheme, reduced_motion="reduce")
    wait_for_state(page, state)

    found = Axe().run(page).response["violations"]

    assert [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found] == []


@pytest.mark.parametrize("state", STATES)
def test_nothing_scrolls_sideways(open_page: OpenPage, site: FakeSite, state: str):
    site.pdus[0].name = "A name that somebody typed without a single break " + "x" * 60
    page = open_page(put(site, state), viewport={"width": 320, "height": 800})

    for width in (320, 360, 768, 1280, 2560):
        page.set_viewport_size({"width": width, "height": 800})
        wait_for_state(page, state)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_reaches_everything(open_page: OpenPage):
    page = open_page()
    wait_for_chart(page)
    reached = []
    for _ in range(22):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(
            """() => {
                const { activeElement: on } = document;
                const label = on.labels?.[0];
                return on.getAttribute('aria-label') ?? (label?.querySelector('span') ?? label ?? on).textContent.trim();
            }"""
        ))

    # A date field is several stops.
    named = [name for at, name in enumerate(reached) if at == 0 or reached[at - 1] != name]
    assert named[:18] == [
        "Skip to the readings", "Today: why this number?", "This month: why this number?",
        "Show Right PDU in chart and statistics", "Right PDU", "Show Left PDU in chart and statistics", "Left PDU",
        "Previous day", "Next day", "Go to date", "Today", "Day", "Compare with", "Granularity",
        "Energy: why this number?", "Bars by", "Layout", "Show as table",
    ]


def test_arrows_choose_a_period(open_page: OpenPage):
    page = open_page()
    wait_for_chart(page)

    page.get_by_role("radio", name="Day").press("ArrowRight")

    expect(page).to_have_url(re.compile(r"\?period=week$"))


def test_the_skip_link_leaves_the_view_alone(open_page: OpenPage):
    page = open_page("?period=week")
    wait_for_chart(page)

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()
    expect(page.get_by_role("radio", name="Week")).to_be_checked()


def test_names_are_text_and_never_markup(open_page: OpenPage, site: FakeSite):
    name = "<img src=x onerror=\"document.title='owned'\"><b>bold</b>&amp;"
    site.name = site.pdus[0].name = site.pdus[0].ip = name
    site.pdus[1].status, site.pdus[1].age, site.pdus[1].failure, site.pdus[1].failure_detail = "offline", 300, name, name
    page = open_page("?pdus=1")
    wait_for_chart(page)

    expect(page.locator(".pdu h3").first).to_have_text(name)
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.locator(".pdu .failure").last).to_contain_text(name)
    assert page.locator("main img, main b").count() == 0
    assert page.evaluate("document.title") != "owned"


def test_the_dark_scheme_reaches_the_chart(open_page: OpenPage):
    page = open_page(color_scheme="light")
    wait_for_chart(page)
    line = "document.querySelector('#chart').data.find((trace) => trace.name === 'Mean power').line.color"
    light = page.evaluate(line)

    page.emulate_media(color_scheme="dark")

    assert eventually(lambda: page.evaluate(line) != light)


def test_the_policy_excuses_nothing_unsafe():
    assert "unsafe" not in content_security_policy()
    assert re.search(r"default-src '(self|none)'", content_security_policy())


def test_the_bundle_that_the_page_names_is_the_one_that_is_fetched():
    page = (PROJECT / "htdocs/index.html").read_text(encoding="utf-8")
    named = re.search(r'href="vendor/plotly-part-([\d.]+)\.min\.js"', page)
    bootstrap = PROJECT / "script/bootstrap"
    if not bootstrap.is_file():
        pytest.skip("no script/bootstrap to compare with")
    pinned = re.search(r"^plotly_version=([\d.]+)$", bootstrap.read_text(encoding="utf-8"), re.MULTILINE)

    assert named and pinned and named.group(1) == pinned.group(1)


def test_of_plotly_there_is_what_the_page_draws(open_page: OpenPage):
    page = open_page()
    wait_for_chart(page)

    assert set(page.evaluate("Object.keys(Plotly.PlotSchema.get().traces)")) == {"bar", "scatter"}


def test_every_module_is_fetched_at_once():
    page = (PROJECT / "htdocs/index.html").read_text(encoding="utf-8")

    first = modules_of("js/app.js")
    assert set(re.findall(r'rel="modulepreload" href="([^"]+)">', page)) == first
    # The present does not wait for what shows the past.
    later = modules_of("js/views/past.js") | modules_of("js/charts/history.js")
    assert set(re.findall(r'rel="modulepreload" href="([^"]+)" fetchpriority="low">', page)) == later - first


def test_no_module_is_left_over():
    everything = {str(path.relative_to(PROJECT / "htdocs")) for path in (PROJECT / "htdocs/js").glob("**/*.js")}

    assert modules_of("js/app.js", with_later=True) == everything


def modules_of(start: str, with_later: bool = False) -> set[str]:
    """A module and all that it imports; `with_later`, also what is fetched only when somebody asks for it."""
    pattern = r"""\bfrom '(\.[^']+)'""" + (r"""|\bimport\('(\.[^']+)'\)""" if with_later else "")
    found, waiting = set(), [PROJECT / "htdocs" / start]
    while waiting:
        path = waiting.pop()
        name = str(path.relative_to(PROJECT / "htdocs"))
        if name in found:
            continue
        found.add(name)
        text = re.sub(r"^\s*(?://|/?\*).*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for match in re.finditer(pattern, text):
            waiting.append((path.parent / next(filter(None, match.groups()))).resolve())
    return found
