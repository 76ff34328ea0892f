"""The page while the server is away: it opens, says so, and takes nothing old for new. The server is really stopped."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

import fake_site
from conftest import OpenPage, eventually, wait_for_chart
from fake_site import HTDOCS, PROJECT, FakeServer, FakeSite, every_kind


@pytest.fixture
def site() -> FakeSite:
    site = FakeSite()
    site.pdus = every_kind(site.now)
    return site


class Stopping(FakeServer):
    """A server that can be away for a while, and comes back at the same address."""

    def process_request(self, request: socket.socket, client_address: object) -> None:
        self.__dict__.setdefault("connections", []).append(request)
        super().process_request(request, client_address)

    def leave(self) -> None:
        self.shutdown()
        self.server_close()
        # Those that the browser keeps open as well.
        for connection in self.__dict__.pop("connections", []):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def come_back(self) -> None:
        self.__init__(self.site, port=self.server_address[1])
        self.__enter__()


@pytest.fixture
def server(site: FakeSite):
    with Stopping(site) as server:
        yield server


def kept_files(page: Page) -> list[str]:
    """The paths of what the service worker keeps of the page."""
    return page.evaluate("""async () => {
        const pointer = await (await caches.open(`pdu-monitor page ${new URL('./', location.href).pathname} current`)).match(new URL('./', location.href).href);
        if (!pointer) return [];
        const keys = await (await caches.open(await pointer.text())).keys();
        return keys.map(({ url }) => url.slice(new URL('./', location.href).href.length)).sort();
    }""")


def kept_answers(page: Page) -> list[str]:
    return page.evaluate("""async () => {
        const cache = await caches.open(`pdu-monitor answers ${new URL('./', location.href).pathname}`);
        return (await cache.keys()).map(({ url }) => url.slice(new URL('./', location.href).href.length));
    }""")


def open_kept(open_page: OpenPage, query: str = "", **options: object) -> Page:
    """A page that has been kept with its answers."""
    page = open_page(query, service_workers="allow", **options)
    wait_for_chart(page)
    page.clock.run_for(4_000)
    assert eventually(lambda: len(kept_files(page)) > 0)
    assert eventually(lambda: any(address.startswith("api/consumers") for address in kept_answers(page)))
    return page


@pytest.mark.parametrize("prefix", ["/", "/pdu/"])
def test_the_page_opens_while_the_server_is_away(open_page: OpenPage, site: FakeSite, server: Stopping, prefix: str):
    site.prefix = prefix
    page = open_kept(open_page)
    energy = page.locator("#who tbody td.kwh").first.inner_text()

    server.leave()
    page.reload()

    notice = page.locator('[data-notice="unreachable"]')
    expect(notice).to_contain_text("The server cannot be reached")
    expect(notice).to_contain_text(re.compile(r"What you see is from 18:1\d GMT"))
    expect(page.locator("#health")).to_contain_text("No connection")
    expect(page.locator(".pdu h3")).to_have_count(6)
    # Energy of the past stays true; what is drawn now is not known.
    expect(page.locator("#who tbody td.kwh").first).to_have_text(energy)
    expect(page.locator('#who tbody td.watts:text-matches("^[0-9]")')).to_have_count(0)

    server.come_back()
    notice.get_by_role("button", name="Try now").click()
    expect(notice).to_be_hidden()
    expect(page.locator("#health")).to_contain_text("1 PDU offline")
    expect(page.locator('#who tbody td.watts:text-matches("^[0-9]")')).not_to_have_count(0)


def test_what_is_kept_grows_old_like_everything(open_page: OpenPage, site: FakeSite, server: Stopping):
    page = open_kept(open_page)
    expect(page.locator(".pdu .power .value").first).not_to_have_text("–")

    server.leave()
    page.clock.fast_forward("03:00:00")
    page.reload()

    expect(page.locator(".pdu .power .value")).to_have_text(["–"] * 6)
    expect(page.locator(".pdu").first).to_contain_text("Stale")
    expect(page.locator("#total-figure")).to_have_text("–")
    expect(page.locator('[data-notice="unreachable"]')).to_contain_text(re.compile(r"What you see is from 18:1\d GMT"))
    assert "kW" not in page.title()


def test_the_page_of_a_pdu_is_kept_as_well(open_page: OpenPage, server: Stopping):
    page = open_kept(open_page, "?pdu=1")

    server.leave()
    page.reload()

    expect(page.locator("#unit").get_by_role("heading", level=2)).to_have_text("Right PDU")
    expect(page.locator(".outlets-table tbody tr")).to_have_count(24)
    expect(page.locator('[data-notice="unreachable"]')).to_contain_text("What you see is from")


def test_what_was_never_seen_is_not_made_up(open_page: OpenPage, server: Stopping):
    page = open_kept(open_page)

    server.leave()
    page.goto(page.url.split("?")[0] + "?pdu=2")

    expect(page.locator('[data-notice="unreachable"]')).to_be_visible()
    expect(page.locator(".outlets-table tbody tr")).to_have_count(0)
    expect(page.locator("#unit .figures .value:visible")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page: OpenPage, server: Stopping, scheme: str):
    page = open_kept(open_page, color_scheme=scheme, reduced_motion="reduce")
    server.leave()
    page.reload()
    expect(page.locator('[data-notice="unreachable"]')).to_contain_text("What you see is from")

    found = Axe().run(page).response["violations"]

    assert [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found] == []


def test_every_file_of_the_page_is_kept(open_page: OpenPage):
    page = open_kept(open_page)

    files = {str(path.relative_to(HTDOCS)) for path in HTDOCS.rglob("*") if path.is_file() and "vendor" not in path.parts}

    # The API's reference is a page of its own, for those who are connected.
    reference = {name for name in files if name == "api.html" or name.startswith("reference/")}
    assert len(reference) == 3
    assert set(kept_files(page)) == files - {"sw.js", "index.html"} - reference | {""}


def test_no_answer_comes_from_the_worker(open_page: OpenPage, site: FakeSite):
    page = open_kept(open_page)
    page.reload()
    wait_for_chart(page)
    site.requests.clear()

    status = page.evaluate("async () => (await fetch('api/current-status', { cache: 'no-store' })).status")

    assert status == 200 and "current-status" in site.requests


def test_a_newer_page_is_said_and_taken_as_a_whole(open_page: OpenPage, site: FakeSite, server: Stopping, tmp_path, monkeypatch):
    copy = tmp_path / "htdocs"
    shutil.copytree(HTDOCS, copy)
    monkeypatch.setattr(fake_site, "HTDOCS", copy)
    page = open_kept(open_page)
    strings = copy / "js/strings.js"
    strings.write_text(strings.read_text(encoding="utf-8").replace("'Who uses it'", "'Who draws it'"), encoding="utf-8")

    # The first look finds it; the page in sight stays as it is.
    page.reload()
    expect(page.locator("#who h2")).to_have_text("Who uses it")
    renewed = page.get_by_role("status").filter(has_text="There is a newer version of this page.")
    expect(renewed).to_be_visible()
    renewed.get_by_role("button", name="Reload").click()

    expect(page.locator("#who h2")).to_have_text("Who draws it")


def test_a_half_page_is_never_kept(open_page: OpenPage, site: FakeSite, server: Stopping, tmp_path, monkeypatch):
    copy = tmp_path / "htdocs"
    shutil.copytree(HTDOCS, copy)
    monkeypatch.setattr(fake_site, "HTDOCS", copy)
    page = open_kept(open_page)
    before = kept_files(page)
    (copy / "js/csv.js").unlink()
    (copy / "js/strings.js").write_text((copy / "js/strings.js").read_text(encoding="utf-8").replace("'Who uses it'", "'Who draws it'"), encoding="utf-8")

    page.reload()
    wait_for_chart(page)
    expect(page.locator("#who h2")).to_have_text("Who uses it")
    assert eventually(lambda: page.evaluate("async () => (await navigator.serviceWorker.ready).active.state") == "activated")
    page.reload()

    expect(page.locator("#who h2")).to_have_text("Who uses it")
    assert kept_files(page) == before


def test_the_manifest_holds_below_any_path(open_page: OpenPage, site: FakeSite, server: Stopping):
    site.prefix = "/pdu/"
    page = open_page()
    wait_for_chart(page)

    manifest = page.evaluate("async () => (await fetch(document.querySelector('link[rel=manifest]').href)).json()")

    for address in [manifest["start_url"], manifest["scope"], *(icon["src"] for icon in manifest["icons"])]:
        assert not address.startswith("/")
    for icon in manifest["icons"]:
        with urllib.request.urlopen(f"{server.url}{icon['src']}") as answer:
            assert answer.headers["Content-Type"] == icon["type"]
            if icon["type"] == "image/png":
                head = answer.read(24)
                size = "x".join(str(int.from_bytes(head[at:at + 4], "big")) for at in (16, 20))
                assert size == icon["sizes"]


def test_the_policy_allows_worker_and_manifest():
    policy = (PROJECT / "nginx/snippets/pdu-headers.conf").read_text(encoding="utf-8")

    assert "worker-src 'self'" in policy and "manifest-src 'self'" in policy


def test_what_is_kept_has_a_bound(open_page: OpenPage, site: FakeSite):
    page = open_page(service_workers="allow")
    wait_for_chart(page)

    count = page.evaluate("""async () => {
        const { keep } = await import(new URL('js/kept.js', location.href).href);
        for (let n = 0; n < 90; n += 1) await keep(`api/made-up?n=${n}`, { data: n }, 0);
        const cache = await caches.open(`pdu-monitor answers ${new URL('./', location.href).pathname}`);
        return (await cache.keys()).length;
    }""")

    assert count <= 60
