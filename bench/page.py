"""Measures the dashboard in headless Chromium, with the processor slowed 4× and a line of 10 Mbit/s and 40 ms.

usage: page.py URL [--visits N] [--refreshes N]

URL is where the whole system is served. Visits are made there, and also by HTTP/2 over TLS, as nginx/examples/site.conf has
it, through an nginx in front of it. A figure is visible when the next frame after it is due. A refresh is what the page does by
itself every half a minute; here it is told that the browser is online again, which does the same.
"""

import argparse
import contextlib
import gzip
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator

from playwright.sync_api import Browser, BrowserContext, BrowserType, CDPSession, Page, Request, sync_playwright

from measure import median, table

HTDOCS = pathlib.Path(__file__).resolve().parents[1] / "htdocs"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SANDBOX = ["--no-sandbox"] if os.geteuid() == 0 else []
SLOWER = 4
# What V8 compiles of functions that two thousand refreshes in a few minutes have made hot is counted with the heap, half a
# megabyte for each 400 of them, and is not what a tab keeps that refreshes twice a minute.
NOT_COMPILED = ["--js-flags=--no-opt --no-maglev --no-sparkplug"]
# Refreshes after which a tab has been everywhere.
WARM = 200
LINE = {"offline": False, "latency": 40, "downloadThroughput": 10_000_000 / 8, "uploadThroughput": 10_000_000 / 8}

NGINX = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin") or "nginx"
# An nginx in front of another.
FRONT = """
daemon off; pid {directory}/pid; error_log stderr error;
events {{}}
http {{
    access_log off; client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi; uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
    # Its workers may not reach the directory.
    proxy_max_temp_file_size 0;
    server {{
        listen 127.0.0.1:{port} ssl http2;
        ssl_certificate {directory}/certificate.pem; ssl_certificate_key {directory}/key.pem;
        location / {{ proxy_pass {url}; proxy_http_version 1.1; proxy_set_header Host $host; proxy_set_header Connection ""; }}
    }}
}}
"""

# Notes, in milliseconds since the visit began, the first frame after there was a number and after there was a chart; and
# adds up how far things were moved by anything but somebody's input (web.dev/cls, without its windows of time).
WATCH = """
window.seen = { numbers: null, chart: null, shift: 0, shifts: [] };
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    window.seen.shift += entry.value;
    window.seen.shifts.push(...entry.sources.map((source) => source.node?.id || source.node?.className || ''));
  }
}).observe({ type: 'layout-shift', buffered: true });
const look = () => {
  const { seen } = window;
  if (seen.numbers === null && /\\d/.test(document.querySelector('#total-figure')?.textContent ?? '')) {
    seen.numbers = performance.now();
  }
  if (seen.chart === null && document.querySelector('#chart .main-svg .trace')) seen.chart = performance.now();
  if (seen.numbers === null || seen.chart === null) requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""

# Clicks what `name` names among the periods, and waits for the frame after the chart was drawn.
CHANGE = """
async (name) => {
  const chart = document.querySelector('#chart');
  const button = [...document.querySelectorAll('#periods :is(button, label)')]
    .find((candidate) => candidate.textContent.trim() === name);
  const begun = performance.now();
  const drawn = new Promise((resolve) => chart.once('plotly_afterplot', resolve));
  button.click();
  await drawn;
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  return performance.now() - begun;
}
"""


def slowed(page: Page) -> CDPSession:
    """Slows a page's processor and line."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", LINE)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return session


def wait(page: Page, holds: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Until `holds`; Playwright's own way would need unsafe-eval."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise SystemExit(f"waited {seconds} s in vain for {what}")
        page.wait_for_timeout(20)


def visit(context: BrowserContext, url: str) -> dict:
    """What a visit saw."""
    page = context.new_page()
    page.add_init_script(WATCH)
    slowed(page)
    page.goto(url, wait_until="commit")
    wait(page, lambda: page.evaluate("window.seen?.chart != null && window.seen?.numbers != null"), "a chart")
    seen = page.evaluate("window.seen")
    # The page has itself kept for the next visit once it is quiet.
    wait(page, lambda: page.evaluate("navigator.serviceWorker === undefined || navigator.serviceWorker.controller !== null"), "the service worker")
    page.close()
    return seen


@contextlib.contextmanager
def encrypted(url: str) -> Iterator[str]:
    """Where `url` is served by HTTP/2 over TLS, with a certificate that nobody vouches for."""
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
             "-keyout", f"{directory}/key.pem", "-out", f"{directory}/certificate.pem"],
            check=True, capture_output=True,
        )
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        (pathlib.Path(directory) / "nginx.conf").write_text(FRONT.format(directory=directory, port=port, url=url))
        nginx = subprocess.Popen([NGINX, "-e", "stderr", "-p", directory, "-c", f"{directory}/nginx.conf"])
        try:
            while nginx.poll() is None:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.05)
            else:
                raise SystemExit("nginx did not start")
            yield f"https://127.0.0.1:{port}/"
        finally:
            nginx.terminate()
            nginx.wait()


def visits(chromium: BrowserType, urls: dict[str, str], count: int) -> list[list]:
    """First and second visits, by turns where there are several URLs, each first one by a browser that has never been there;
    the second by the same one."""
    seen: dict[tuple[str, str], list[dict]] = {(name, which): [] for name in urls for which in ("first", "second")}
    for _ in range(count):
        for name, url in urls.items():
            with tempfile.TemporaryDirectory() as profile:
                context = chromium.launch_persistent_context(
                    profile, executable_path=CHROMIUM, args=[*SANDBOX, "--ignore-certificate-errors"],
                    viewport={"width": 1280, "height": 900},
                )
                # A browser that has just been started for the first time is busy with itself.
                context.pages[0].wait_for_timeout(3000)
                seen[name, "first"].append(visit(context, url))
                seen[name, "second"].append(visit(context, url))
                context.close()
    wanted = {"first": {"numbers": "1.0", "chart": "2.5"}, "second": {"numbers": "0.5", "chart": "1.0"}}
    return [
        [
            f"{which} visit, {name}: {figure}",
            f"{median([one[figure] for one in found]) / 1000:.2f} s ({max(one[figure] for one in found) / 1000:.2f})",
            f"{limit} s",
        ]
        for (name, which), found in seen.items()
        for figure, limit in wanted[which].items()
    ] + [["layout shift of a visit", f"{max(one['shift'] for found in seen.values() for one in found):.4f}", "–"]]


def own_bytes(names: Iterable[str]) -> str:
    """Bytes of some of the page's own files, compressed as nginx does."""
    return f"{sum(len(gzip.compress((HTDOCS / name).read_bytes(), 6)) for name in names) / 1024:.1f} KiB"


def sizes() -> list[list]:
    """The page's own JavaScript and CSS: what index.html names for the first numbers, and all that there is."""
    page = (HTDOCS / "index.html").read_text(encoding="utf-8")
    first = re.findall(r'<link rel="(?:modulepreload|stylesheet)" href="([^"]+)">', page)
    everything = [
        str(path.relative_to(HTDOCS)) for path in HTDOCS.rglob("*") if path.suffix in {".js", ".css"} and "vendor" not in path.parts
    ]
    return [
        [f"own JavaScript and CSS before the first number, gzip ({len(first)} files)", own_bytes(first), "–"],
        [f"own JavaScript and CSS, all of it, gzip ({len(everything)} files)", own_bytes(everything), "80 KiB"],
    ]


class Tab:
    """A page that stays open."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.page = self.context.new_page()
        self.page.add_init_script(WATCH)
        self.session = self.context.new_cdp_session(self.page)
        self.session.send("Network.enable")
        self.session.send("Performance.enable")
        self.received = 0
        self.under_way: set[Request] = set()
        self.answered: list[str] = []
        self.session.on("Network.loadingFinished", self._finished)
        self.page.on("request", lambda request: self.under_way.add(request))
        self.page.on("requestfinished", self._ended)
        self.page.on("requestfailed", self._ended)
        self.page.goto(url)
        wait(self.page, lambda: self.page.evaluate("window.seen.chart !== null"), "a chart")

    def _finished(self, event: dict) -> None:
        self.received += event["encodedDataLength"]

    def _ended(self, request: Request) -> None:
        self.under_way.discard(request)
        self.answered.append(request.url)

    def refresh(self) -> None:
        """One refresh, until every answer is there."""
        self.answered.clear()
        self.page.evaluate("dispatchEvent(new Event('online'))")
        wait(
            self.page,
            lambda: not self.under_way and any("/api/current-status" in url for url in self.answered),
            "the answers to a refresh",
        )

    def size(self) -> dict[str, float]:
        """What the tab holds, after everything that can be let go was let go."""
        self.session.send("HeapProfiler.collectGarbage")
        metrics = {entry["name"]: entry["value"] for entry in self.session.send("Performance.getMetrics")["metrics"]}
        return {name: metrics[name] for name in ["JSHeapUsedSize", "Nodes", "JSEventListeners"]}


def refreshes(browser: Browser, url: str, count: int) -> list[list]:
    """What a refresh with something new costs, and whether a tab grows."""
    tab = Tab(browser, url)
    minute = tab.page.evaluate("fetch('api/current-status').then((answer) => answer.json()).then((all) => all.meta.newest_run)")
    # The next run brings new readings.
    wait(
        tab.page,
        lambda: tab.page.evaluate(
            "fetch('api/current-status').then((answer) => answer.json()).then((all) => all.meta.newest_run)"
        ) != minute,
        "the next poll", 130,
    )
    # nginx keeps an answer for a second.
    tab.page.wait_for_timeout(1500)
    before, shift = tab.received, tab.page.evaluate("window.seen.shift")
    tab.refresh()
    cost = tab.received - before
    warm = min(WARM, count // 2)
    for _ in range(warm):
        tab.refresh()
    small = tab.size()
    for _ in range(count - warm):
        tab.refresh()
    large = tab.size()
    moved = tab.page.evaluate("window.seen.shift") - shift
    tab.context.close()
    return [
        ["a refresh with new readings", f"{cost / 1024:.1f} KiB", "5 KiB"],
        [f"layout shift of {count} refreshes", f"{moved:.4f}", "0"],
        [
            f"memory after {warm} and after {count} refreshes",
            f"{small['JSHeapUsedSize'] / 2**20:.2f} and {large['JSHeapUsedSize'] / 2**20:.2f} MiB", "no growth",
        ],
        [
            "nodes; listeners after both",
            f"{small['Nodes']:.0f} and {large['Nodes']:.0f}; "
            f"{small['JSEventListeners']:.0f} and {large['JSEventListeners']:.0f}",
            "no growth",
        ],
    ]


def changes(browser: Browser, url: str, count: int) -> list[list]:
    """From the click on a period to its chart, once every answer has been asked for before."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(url)
    wait(page, lambda: page.evaluate("window.seen.chart !== null"), "a chart")
    names = page.evaluate(
        "[...document.querySelectorAll('#periods :is(button, label)')].map((one) => one.textContent.trim()).slice(0, 4)"
    )
    for name in names[1:] + names[:1]:
        page.evaluate(CHANGE, name)
    slowed(page)
    times = [page.evaluate(CHANGE, name) for _ in range(count) for name in names[1:] + names[:1]]
    context.close()
    return [["change of period to the chart, warm", f"{median(times):.0f} ms ({max(times):.0f})", "150 ms"]]


def main() -> None:
    parser = argparse.ArgumentParser(description="The dashboard in headless Chromium.")
    parser.add_argument("url")
    parser.add_argument("--visits", type=int, default=5)
    parser.add_argument("--refreshes", type=int, default=2000)
    options = parser.parse_args()
    with sync_playwright() as playwright:
        with encrypted(options.url) as https:
            rows = visits(playwright.chromium, {"HTTP/1.1": options.url, "HTTP/2": https}, options.visits)
        rows += sizes()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SANDBOX)
        rows += changes(browser, options.url, options.visits)
        browser.close()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SANDBOX + NOT_COMPILED)
        rows += refreshes(browser, options.url, options.refreshes)
        browser.close()
    table(
        f"The page in headless Chromium, processor slowed {SLOWER}×, 10 Mbit/s, 40 ms: medians of {options.visits} (worst)",
        ["what", "measured", "wanted"], rows,
    )


main()
