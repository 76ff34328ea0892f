"""How long a slowed processor takes to begin with one bundle of Plotly and another, by turns.

usage: plotly.py BUNDLE.js BUNDLE.js

Each bundle is evaluated in a page of its own, under the page's policy, with the processor slowed 4×; then it draws 24 bars
and a line.
"""

import contextlib
import functools
import http.server
import os
import pathlib
import shutil
import sys
import tempfile
import threading

from playwright.sync_api import sync_playwright

from measure import median, table

ROUNDS = 5
SLOWER = 4
HERE = pathlib.Path(__file__).resolve()
HEADERS = (HERE.parents[1] / "nginx" / "snippets" / "pdu-headers.conf").read_text(encoding="utf-8")
POLICY = HEADERS.split('Content-Security-Policy "')[1].split('"')[0]
RUN = """
window.run = (bundle) => new Promise((resolve, reject) => {
  const script = document.createElement('script');
  script.src = bundle;
  const begun = performance.now();
  script.onerror = reject;
  script.onload = async () => {
    const evaluated = performance.now();
    const place = document.body.appendChild(document.createElement('div'));
    const x = Array.from({ length: 24 }, (_, hour) => hour);
    await Plotly.newPlot(place, [{ x, y: x, type: 'bar' }, { x, y: x, type: 'scatter' }], { width: 900, height: 400 }, { staticPlot: true });
    resolve([evaluated - begun, performance.now() - evaluated]);
  };
  document.head.append(script);
});
"""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files, under the page's policy, and no log."""

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(directory):
    """The address of the files in `directory`."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=directory)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def main():
    bundles = [pathlib.Path(name) for name in sys.argv[1:3]]
    found = {bundle: [] for bundle in bundles}
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as directory, served(directory) as address, sync_playwright() as playwright:
        (pathlib.Path(directory) / "run.js").write_text(RUN, encoding="utf-8")
        page_file = pathlib.Path(directory) / "index.html"
        page_file.write_text('<!doctype html><body><script src="run.js"></script>', encoding="utf-8")
        for number, bundle in enumerate(bundles):
            shutil.copy(bundle, pathlib.Path(directory) / f"{number}.js")
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=sandbox)
        for _ in range(ROUNDS):
            for number, bundle in enumerate(bundles):
                context = browser.new_context()
                page = context.new_page()
                context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
                page.goto(address)
                # By a tag, as the policy has it: nothing is evaluated from a text.
                found[bundle].append(page.evaluate("(bundle) => window.run(bundle)", f"{number}.js"))
                context.close()
        browser.close()
    table(
        f"Bundles of Plotly by turns, processor slowed {SLOWER}×: medians of {ROUNDS}, milliseconds",
        ["bundle", "bytes", "evaluated", "first chart"],
        [
            [bundle.name, f"{bundle.stat().st_size:,}", *(f"{median([run[part] for run in runs]):.0f}" for part in (0, 1))]
            for bundle, runs in found.items()
        ],
    )


main()
