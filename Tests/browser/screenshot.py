"""Takes a picture of a running dashboard: screenshot.py URL OUT.png [--width 1280] [--height 1000] [--dark] [--hover]

The picture is of the whole page once the chart is drawn; with --hover, one bar is pointed at.
"""

from __future__ import annotations

import argparse
import os

from playwright.sync_api import expect, sync_playwright


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("out")
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=1000)
    parser.add_argument("--scale", type=float, default=1, help="device pixels for each pixel")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--hover", action="store_true")
    options = parser.parse_args()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
        )
        page = browser.new_page(
            viewport={"width": options.width, "height": options.height}, device_scale_factor=options.scale,
            color_scheme="dark" if options.dark else "light", reduced_motion="reduce",
        )
        page.goto(options.url)
        expect(page.locator('html[data-refresh="resting"]')).to_have_count(1, timeout=30_000)
        expect(page.locator("#chart[data-drawn], #table-frame table")).to_have_count(1, timeout=30_000)
        if options.hover:
            box = page.locator("#chart").bounding_box()
            page.mouse.move(box["x"] + box["width"] * 0.62, box["y"] + box["height"] / 3)
            expect(page.locator("#tooltip")).to_be_visible()
        page.screenshot(path=options.out, full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
