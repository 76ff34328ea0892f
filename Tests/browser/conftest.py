"""Debian's Chromium, driven by Playwright; a fake site for each test, or the real stack where one is offered.

`open_page` opens a page whose every console message and request is looked at when the test ends: an error, a
warning, a violation of the Content-Security-Policy or a request to another host fails the test.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from fake_site import HTDOCS, FakeServer, FakeSite

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# Chromium says this of every answer that is not a success; the page says it in its own words.
FAILED_REQUEST = "Failed to load resource"
# Playwright says this of a page whose service worker it was told to block.
BLOCKED_WORKER = "Service Worker registration blocked by Playwright"

expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not os.path.exists(CHROMIUM):
        pytest.fail(f"{CHROMIUM} is missing: install the package chromium")
    if not list((HTDOCS / "vendor").glob("plotly-*.min.js")):
        pytest.fail("htdocs/vendor has no Plotly bundle: run script/bootstrap")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=sandbox)
        yield browser
        browser.close()


@pytest.fixture
def site() -> FakeSite:
    return FakeSite()


@pytest.fixture
def server(site: FakeSite) -> Iterator[FakeServer]:
    with FakeServer(site) as server:
        yield server


class Watch:
    """What a page said and asked for."""

    def __init__(self, page: Page, host: str) -> None:
        self.host = host
        self.messages: list[str] = []
        self.foreign: list[str] = []
        page.on("console", self._on_message)
        page.on("pageerror", lambda error: self.messages.append(f"uncaught: {error}"))
        page.on("request", self._on_request)

    def _on_message(self, message: ConsoleMessage) -> None:
        if not message.text.startswith((FAILED_REQUEST, BLOCKED_WORKER)):
            self.messages.append(f"{message.type}: {message.text}")

    def _on_request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob") and url.netloc != self.host:
            self.foreign.append(request.url)


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Opens the dashboard: `open_page("?period=week", color_scheme="dark", viewport=…)`.

    `url` is the site's, the fake one's by default; with the fake one the browser's clock stands where the site's does.
    `before` is called with the page before it goes anywhere; `until` says how much of it is waited for.
    """
    contexts = []
    watches: list[Watch] = []

    def open_page(query: str = "", *, url: str | None = None, before: Callable[[Page], None] | None = None, until: str = "load", **options: object) -> Page:
        options.setdefault("viewport", {"width": 1280, "height": 900})
        # Each page is the server's own, unless a test is about the one that is kept.
        options.setdefault("service_workers", "block")
        options.setdefault("locale", "en-GB")
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        if url is None:
            server = request.getfixturevalue("server")
            url = server.url
            page.clock.install(time=server.site.now)
        watches.append(Watch(page, urlsplit(url).netloc))
        if before:
            before(page)
        page.goto(url + query, wait_until=until)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [message for watch in watches for message in watch.messages] == []
    assert [url for watch in watches for url in watch.foreign] == []


def wait_for_rest(page: Page) -> None:
    """Until the page has nothing under way."""
    expect(page.locator('html[data-refresh="resting"]')).to_be_attached()


def wait_for_chart(page: Page) -> None:
    """Until the chart shows what the page has been asked for, and everything else has been asked for, too."""
    wait_for_rest(page)
    expect(page.locator("#history")).to_have_attribute("aria-busy", "false")
    expect(page.locator("#chart[data-drawn] .bars").first).to_be_attached()


def pass_time(page: Page, milliseconds: int) -> None:
    """Moves the browser's clock on once the page has nothing under way: what is due is counted from then."""
    wait_for_rest(page)
    page.clock.fast_forward(milliseconds)


def chart_column(page: Page, name: str, column: str = "y") -> list:
    """What Plotly was given for the trace of this name."""
    return page.evaluate(
        "([name, column]) => document.querySelector('#chart').data.find((trace) => trace.name === name)[column]",
        [name, column],
    )


def bars(page: Page) -> list[float | None]:
    """The height of each bar of energy, whatever it is made of."""
    return page.evaluate(
        """() => {
            const { data } = document.querySelector('#chart');
            const traces = data.filter(({ name, meta }) => name === 'Energy' || meta === 'slice');
            return traces[0].y.map((_, at) => traces.reduce((sum, { y }) => (y[at] === null ? sum : (sum ?? 0) + y[at]), null));
        }"""
    )


def plot_box(page: Page) -> dict[str, float]:
    """Where the plot is, without what stands around it; scrolled into view."""
    page.locator("#chart").scroll_into_view_if_needed()
    box = page.locator("#chart").bounding_box()
    margins = page.evaluate("document.querySelector('#chart').layout.margin")
    return {
        "x": box["x"] + margins["l"], "y": box["y"] + margins["t"], "width": box["width"] - margins["l"] - margins["r"],
        "height": box["height"] - margins["t"] - margins["b"],
    }


def point_at(page: Page, share: float, height: float = 0.3) -> None:
    """Moves the pointer over the plot: `share` of its width from the left, `height` of it from above."""
    box = plot_box(page)
    page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] * height)


def eventually(holds: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether `holds` becomes true in time. (Playwright's own wait_for_function needs unsafe-eval.)"""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return holds()
