"""Colours: bound to what they stand for, chosen ones first, and always to be told from the panel."""

from __future__ import annotations

import itertools
import re

import pytest

from fake_site import HTDOCS, FakeServer, FakeSite

# What colour-blind eyes make of linear RGB (Machado, Oliveira and Fernandes 2009, severity 1).
SIGHT = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
}


@pytest.fixture(scope="module")
def page(browser):
    with FakeServer(FakeSite()) as server:
        page = browser.new_page()
        page.goto(server.url + "icon.svg")
        yield page
        page.close()


@pytest.fixture
def run(page):
    """Runs `body` with the module as `colours`; what it returns."""

    def run(body: str, *given: object) -> object:
        return page.evaluate(
            "async (given) => { const colours = await import(new URL('js/colours.js', location.href).href);"
            f" colours.useColours({{}}); return (() => {{ {body} }})(); }}",
            list(given),
        )

    return run


def test_the_palette_is_that_of_the_style_sheet(run):
    sheet = (HTDOCS / "css/base.css").read_text(encoding="utf-8")
    found = re.findall(r"--pdu-(\d): (#[0-9a-f]{6});", sheet)
    light, dark = found[:10], found[10:]

    palette = run("return colours.PALETTE")

    assert [colour["light"] for colour in palette] == [value for _, value in light]
    assert [colour["dark"] for colour in palette] == [value for _, value in dark]


def test_the_palette_can_be_told_from_the_panel(run):
    lowest = run("""
        const all = [...colours.PALETTE, colours.OTHERS];
        return [Math.min(...all.map((c) => colours.contrast(c.light, '#ffffff'))), Math.min(...all.map((c) => colours.contrast(c.dark, '#161d26')))];
    """)

    assert min(lowest) >= 3


def test_every_hue_differs_from_every_other_for_colour_blind_eyes(run):
    palette = run("return colours.PALETTE")

    for scheme, (sight, matrix) in itertools.product(("light", "dark"), SIGHT.items()):
        seen = [lab(simulated(colour[scheme], matrix)) for colour in palette]
        nearest = min((sum((a - b) ** 2 for a, b in zip(one, other)) ** 0.5, i, j)
                      for (i, one), (j, other) in itertools.combinations(enumerate(seen), 2))
        assert nearest[0] >= 12, (scheme, sight, nearest)


def test_a_colour_stays_with_its_id(run):
    assert run("return colours.colourOfElement(1)") == run("return colours.colourOfElement(11)") == run("return colours.PALETTE[0]")
    assert run("return colours.colourOfElement(1000004)") == run("return colours.PALETTE[3]")
    assert run("return colours.colourOfGroup(2)") == run("return colours.PALETTE[1]")


def test_a_chosen_colour_wins_and_is_told_once(run):
    told = run("""
        const settings = { elements: [{ element_id: 3, colour: '#D03413' }, { element_id: 4, colour: 'red' }], groups: [{ id: 3, colour: '#111111' }] };
        let changes = 0;
        colours.onColoursChange(() => (changes += 1));
        colours.useColours(settings);
        colours.useColours(structuredClone(settings));
        return [colours.colourOfElement(3), colours.colourOfElement(4), colours.colourOfGroup(3), changes];
    """)

    assert told[0] == {"light": "#d03413", "dark": "#de673d"}
    assert told[1] == run("return colours.PALETTE[3]")
    assert told[2]["light"] == "#111111"
    assert told[3] == 1


@pytest.mark.parametrize("colour", ["#ffffff", "#000000", "#ffff00", "#161d26", "#1b63a7"])
def test_any_choice_can_be_told_from_either_panel(run, colour: str):
    light, dark = run("const c = colours.tuned(given[0]); return [colours.contrast(c.light, '#ffffff'), colours.contrast(c.dark, '#161d26')]", colour)

    assert light >= 3 and dark >= 3


def channels(colour: str) -> list[float]:
    values = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    return [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]


def simulated(colour: str, matrix: tuple) -> list[float]:
    return [min(max(sum(m * v for m, v in zip(row, channels(colour))), 0), 1) for row in matrix]


def lab(rgb: list[float]) -> tuple[float, float, float]:
    """CIE L*a*b* of linear sRGB, under D65."""
    r, g, b = rgb
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089

    def f(t: float) -> float:
        return t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116

    return 116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))
