"""Who uses it: bars and table, their order, what is looked for, what is nobody's, and the file of just that."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from conftest import OpenPage, eventually, pass_time
from fake_site import FakePDU, FakeSite, every_kind, two_pdus

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def site() -> FakeSite:
    site = FakeSite()
    site.pdus = every_kind(site.now)
    site.settings.add("Web tier", 1000003, 1000004, 1000005, colour="#2450c8", description="All front ends")
    site.settings.add(HOSTILE, 1000007, 6)
    return site


def section(page: Page) -> Locator:
    return page.get_by_role("region", name="Who uses it", exact=True)


def table(page: Page) -> Locator:
    return section(page).get_by_role("table")


def rows(page: Page) -> Locator:
    return table(page).locator("tbody:not(.rests)").get_by_role("row")


def row(page: Page, name: str) -> Locator:
    return rows(page).filter(has=page.get_by_role("link", name=name, exact=True))


def cell(row: Locator, column: str) -> Locator:
    return row.locator(f"td.{column}")


def names(page: Page) -> list[str]:
    return rows(page).get_by_role("link").all_inner_texts()


def head(page: Page, name: str) -> Locator:
    return table(page).get_by_role("button", name=re.compile(f"^{name}"))


def downloaded(page: Page) -> list[dict[str, str]]:
    with page.expect_download() as download:
        section(page).get_by_role("button", name="CSV").click()
    text = download.value.path().read_bytes().decode()
    # Every line ends with CR LF; what is quoted may have a line of its own.
    assert re.fullmatch(r"(?:[^\n]*\r\n)+", re.sub(r'"(?:[^"]|"")*"', '""', text))
    return list(csv.DictReader(io.StringIO(text)))


# --- what is shown --------------------------------------------------------------------------------------------------


def test_outlets_stand_from_the_most_to_the_least(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=1")

    expect(rows(page)).to_have_count(24)
    energies = [float(text) for text in rows(page).locator("td.kwh").all_inner_texts() if text != "–"]
    assert energies == sorted(energies, reverse=True)
    assert names(page)[0] == "build-01"
    expect(head(page, "Energy").locator("xpath=..")).to_have_attribute("aria-sort", "descending")
    bars = section(page).get_by_role("list", name=re.compile("^Energy")).get_by_role("listitem")
    expect(bars.first).to_contain_text("build-01")
    expect(bars.filter(has_text="Other (")).to_have_count(1)


def test_zero_unknown_not_metered_and_off_are_four_looks(open_page: OpenPage):
    page = open_page("?pdu=1")

    expect(cell(row(page, "web-03"), "watts")).to_have_text("0")
    expect(cell(row(page, "monitor"), "watts")).to_have_text("–")
    expect(cell(row(page, "Outlet 11"), "watts")).to_have_text("not metered")
    expect(cell(row(page, "backup"), "watts")).to_have_text("off")
    looks = {row(page, name).locator("td.watts").evaluate("(node) => getComputedStyle(node).cssText || [getComputedStyle(node).fontStyle, getComputedStyle(node).textTransform, getComputedStyle(node).color].join()")
             for name in ("web-03", "monitor", "Outlet 11", "backup")}
    assert len(looks) == 4


def test_the_total_says_of_how_many_it_is(open_page: OpenPage):
    page = open_page("?pdu=1")

    total = table(page).locator("tfoot").get_by_role("row")
    expect(total).to_contain_text("Total of 24")
    expect(cell(total, "watts")).to_contain_text("21 of 22")
    expect(cell(total, "maximum")).to_have_text("")


def test_a_site_without_metered_outlets_shows_its_pdus(open_page: OpenPage, site: FakeSite):
    site.pdus = two_pdus()
    page = open_page()

    expect(section(page).get_by_role("radio", name="PDUs")).to_be_checked()
    assert names(page) == ["Right PDU", "Left PDU"]


def test_what_lies_between_units_and_outlets_is_said_or_not_known(open_page: OpenPage):
    page = open_page("?who=outlet")

    rest = table(page).locator("tbody.rests").get_by_role("row")
    expect(rest.filter(has_text="Greenhouse: the unit less its outlets")).to_contain_text(re.compile(r"\d"))
    expect(rest.filter(has_text="not all is measured").locator("td.kwh")).to_have_text("–")
    expect(section(page).get_by_text("Units less their parts")).to_be_visible()

    section(page).get_by_label("State", exact=True).select_option("On")
    expect(rest).to_have_count(0)


def test_what_is_old_says_nothing_of_the_present(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=1")
    expect(cell(row(page, "web-01"), "watts")).to_have_text(re.compile(r"^\d+$"))

    site.problem = "drop"
    pass_time(page, 200_000)

    expect(cell(row(page, "web-01"), "watts")).to_have_text("–")
    expect(cell(row(page, "web-01"), "kwh")).to_have_text(re.compile(r"\d"))


def test_what_is_out_of_sight_is_not_renewed_until_somebody_looks(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=1", viewport={"width": 1280, "height": 500})
    expect(rows(page)).to_have_count(24)
    site.requests.clear()
    site.now += timedelta(seconds=90)
    pass_time(page, 90_000)
    expect(page.locator("#updated")).to_have_text(re.compile("just now|[0-9] s ago"))
    assert [request for request in site.requests if request.startswith("current-status")]
    assert not [request for request in site.requests if request.startswith("consumers")]

    section(page).scroll_into_view_if_needed()

    assert eventually(lambda: any(request.startswith("consumers") for request in site.requests))


# --- order and filters, in the address -------------------------------------------------------------------------------


def test_a_head_sorts_and_the_address_says_so(open_page: OpenPage):
    page = open_page("?pdu=1")
    expect(rows(page)).to_have_count(24)

    head(page, "Name").focus()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("sort=name"))
    assert names(page)[0] == HOSTILE
    assert names(page)[1:4] == ["A name that somebody typed in full", "backup", "build-01"]
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("sort=-name"))
    assert names(page)[-1] == HOSTILE
    page.go_back()
    page.go_back()
    expect(page).not_to_have_url(re.compile("sort="))
    assert names(page)[0] == "build-01"


def test_what_is_not_known_stands_last_in_either_order(open_page: OpenPage):
    page = open_page("?pdu=1&sort=watts")
    expect(rows(page)).to_have_count(24)
    unknown = set(names(page)[-3:])

    head(page, "Now").click()

    expect(page).to_have_url(re.compile("sort=-watts"))
    assert set(names(page)[-3:]) == unknown == {"monitor", "Outlet 11", "Outlet 21"}


def test_a_refresh_leaves_the_order_as_it_is(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=1")
    expect(rows(page)).to_have_count(24)
    section(page).scroll_into_view_if_needed()
    before, node = names(page), row(page, "web-01").element_handle()
    site.pdus[0].parts.outlets[2].watts = 5000

    pass_time(page, 31_000)

    expect(cell(row(page, "web-01"), "watts")).to_have_text(re.compile("^[34]\u202f\\d{3}$"))
    assert names(page) == before
    assert node.evaluate("(node) => node.isConnected")


def test_words_are_looked_for_in_names_labels_and_notes(open_page: OpenPage, site: FakeSite):
    site.settings.elements[1000013] = {"label": "hv-one", "note": "To be replaced in spring", "colour": None}
    page = open_page("?pdu=1")

    find = section(page).get_by_role("searchbox", name="Find")
    find.fill("WEB")
    expect(rows(page)).to_have_count(3)
    expect(section(page).get_by_text("3 of 24", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("find=WEB"))
    find.fill("spring")
    expect(row(page, "hv-one")).to_be_visible()
    expect(rows(page)).to_have_count(1)
    find.fill("hypervisor-01")
    expect(row(page, "hv-one")).to_be_visible()
    find.fill("nothing like that")
    expect(section(page).get_by_role("status")).to_have_text("Nothing matches these filters.")
    section(page).get_by_role("button", name="Clear filters").click()
    expect(rows(page)).to_have_count(24)
    expect(find).to_be_focused()


def test_filters_add_up_and_back_takes_them_away(open_page: OpenPage):
    page = open_page("?who=outlet")
    expect(rows(page)).to_have_count(60)

    section(page).get_by_label("PDU", exact=True).select_option("Right PDU")
    expect(rows(page)).to_have_count(24)
    section(page).get_by_label("Bank", exact=True).select_option("Bank 1")
    expect(rows(page)).to_have_count(12)
    section(page).get_by_label("State", exact=True).select_option("Off")
    assert names(page) == ["backup"]
    expect(page).to_have_url(re.compile(r"unit=1&bank=1&state=off"))
    page.go_back()
    expect(rows(page)).to_have_count(12)
    page.reload()
    expect(rows(page)).to_have_count(12)


def test_a_group_finds_its_members_and_those_of_whole_pdus(open_page: OpenPage):
    page = open_page("?who=outlet")

    section(page).get_by_label("Group", exact=True).select_option("Web tier")
    expect(rows(page)).to_have_count(3)
    section(page).get_by_label("Group", exact=True).select_option(HOSTILE)
    assert sorted(names(page)) == ["Rack 1", "Rack 2", "Rack 3", "Rack 4", "db-01"]


def test_the_kinds_are_chosen_by_the_keyboard(open_page: OpenPage):
    page = open_page("?who=outlet")
    expect(rows(page)).to_have_count(60)

    section(page).get_by_role("radio", name="Outlets").focus()
    page.keyboard.press("ArrowRight")

    expect(page).to_have_url(re.compile("who=pdu"))
    expect(rows(page)).to_have_count(6)


def test_a_name_leads_to_its_history(open_page: OpenPage):
    page = open_page("?who=outlet")

    row(page, "Rack 3").get_by_role("link").click()

    expect(page).to_have_url(re.compile(r"pdu=6&element=6000003"))
    expect(page.locator("#chart-title")).to_have_text("Rack 3")


@pytest.mark.parametrize("query", ["?pdu=1&who=group", "?pdu=1&who=pdu&unit=2"])
def test_on_the_page_of_a_pdu_there_are_its_parts(open_page: OpenPage, query: str):
    page = open_page(query)

    expect(rows(page)).to_have_count(24)
    expect(section(page).get_by_role("radio", name="Outlets")).to_be_checked()
    expect(section(page).get_by_role("radio", name="PDUs")).to_be_hidden()


def test_a_link_with_nonsense_shows_the_ordinary(open_page: OpenPage):
    page = open_page("?pdu=1&who=cats&sort=<b>&state=odd&unit=x")

    expect(rows(page)).to_have_count(24)
    expect(head(page, "Energy").locator("xpath=..")).to_have_attribute("aria-sort", "descending")


# --- comparison and groups --------------------------------------------------------------------------------------------


def test_the_change_is_against_the_same_part_of_what_is_compared(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=1")
    expect(rows(page)).to_have_count(24)
    expect(head(page, "Change")).to_be_hidden()

    page.keyboard.press("c")

    expect(page).to_have_url(re.compile("compare=previous"))
    expect(cell(row(page, "web-01"), "change")).to_have_text(re.compile(r"^(≈ )?[+−±]\d"))
    # As far as the day has elapsed, and no further.
    assert any(re.search(r"consumers\?kind=outlet&start=2026-11-22&end=2026-11-22T18:12&pdu_ids=1", request) for request in site.requests)
    head(page, "Change").click()
    expect(page).to_have_url(re.compile("sort=-change"))
    told = downloaded(page)
    assert told[0]["compared_end_local"] == "2026-11-22T18:12"
    assert float(told[0]["change_percent"]) >= float(told[1]["change_percent"])


def test_groups_are_sums_of_their_members(open_page: OpenPage, site: FakeSite):
    page = open_page("?who=group")

    expect(rows(page)).to_have_count(2)
    web = row(page, "Web tier")
    expect(web).to_contain_text("3 members")
    expect(web).to_contain_text("All front ends")
    expect(cell(web, "share")).to_have_text(re.compile(r"%$"))
    expect(table(page).locator("tbody.rests")).to_contain_text("In no group")
    site.settings.groups[1]["element_ids"] = [1000003, 6]
    site.settings.revision += 1
    pass_time(page, 31_000)
    expect(table(page).get_by_text("Some groups have members in common")).to_be_visible()
    expect(table(page).locator("tfoot tr")).to_have_count(0)

    web.get_by_role("link").click()
    expect(page).to_have_url(re.compile("who=outlet&member=1"))
    expect(rows(page)).to_have_count(3)


# --- names, failures ---------------------------------------------------------------------------------------------------


def test_names_are_text(open_page: OpenPage, site: FakeSite):
    site.pdus[0].name = HOSTILE
    site.settings.elements[1000003] = {"label": HOSTILE, "note": HOSTILE, "colour": None}
    page = open_page("?who=outlet")

    expect(rows(page)).to_have_count(60)
    expect(row(page, HOSTILE)).to_have_count(3)
    expect(section(page).get_by_label("PDU", exact=True)).to_contain_text(HOSTILE)
    assert page.locator("main img").count() == 0


def test_a_failure_stays_here_and_is_said(open_page: OpenPage, site: FakeSite):
    site.problems["consumers"] = (503, "the history is being restored")
    page = open_page()

    expect(section(page).get_by_text("The server says: the history is being restored")).to_be_visible()
    expect(page.locator(".pdu")).to_have_count(6)
    del site.problems["consumers"]
    pass_time(page, 6_000)
    expect(rows(page)).to_have_count(60)
    expect(section(page).get_by_text("The server says")).to_be_hidden()


# --- the file ------------------------------------------------------------------------------------------------------------


def test_the_file_is_what_is_shown(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=1&sort=name&find=web")
    expect(rows(page)).to_have_count(3)

    told = downloaded(page)

    assert [line["name"] for line in told] == ["web-01", "web-02", "web-03", ""]
    assert [line["row"] for line in told] == ["consumer"] * 3 + ["total"]
    first = told[0]
    assert first["start_utc"] == "2026-11-23T00:00:00Z" or first["start_utc"].endswith("Z")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", first["start_local"])
    assert first["timezone"] == "Europe/London"
    assert float(first["energy_kwh"]) == pytest.approx(float(cell(row(page, "web-01"), "kwh").inner_text()), abs=0.005)
    assert sum(float(line["energy_kwh"]) for line in told[:3]) == pytest.approx(float(told[3]["energy_kwh"]), abs=1e-5)


def test_the_file_leaves_unknown_fields_empty_and_tells_no_formula(open_page: OpenPage, site: FakeSite):
    outlets = site.pdus[5].parts.outlets
    outlets[0].name, outlets[1].name, outlets[2].name, outlets[3].name = '=HYPERLINK("http://x")', "@SUM(1)", 'say "a, b"\nand c', "-2+3"
    outlets[3].watts = None
    page = open_page("?pdu=6&sort=watts")
    expect(rows(page)).to_have_count(4)

    told = downloaded(page)

    assert [line["name"] for line in told[:4]] == ["'=HYPERLINK(\"http://x\")", "'@SUM(1)", 'say "a, b"\nand c', "'-2+3"]
    assert [line["metered"] for line in told[:4]] == ["yes", "yes", "yes", "no"]
    assert told[3]["now_w"] == told[3]["energy_kwh"] == ""


@pytest.mark.parametrize(("value", "field"), [
    ("plain", "plain"), ("a,b", '"a,b"'), ('say "x"', '"say ""x"""'), ("two\nlines", '"two\nlines"'), ("=1+1", "'=1+1"), (" +1", "' +1"),
    ("-1", "'-1"), ("@x", "'@x"), ("\t=1", "'\t=1"), ("|x", "'|x"), (-1.5, "-1.5"), (0, "0"), (1 / 3, "0.333333"), (None, ""), ("", ""),
])
def test_fields_are_quoted_where_they_must_be(open_page: OpenPage, value: object, field: str):
    page = open_page()

    told = page.evaluate("async (value) => (await import(new URL('js/csv.js', location.href).href)).csv([[value, 1]])", value)

    assert told == f"{field},1\r\n"


# --- for everybody ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["?who=outlet", "?who=pdu", "?pdu=1", "?pdu=1&find=nothing+at+all"])
def test_axe_finds_nothing(open_page: OpenPage, query: str, scheme: str):
    page = open_page(query, color_scheme=scheme, reduced_motion="reduce")
    expect(section(page)).to_have_attribute("aria-busy", "false")
    expect(page.locator("#history")).to_have_attribute("aria-busy", "false")

    found = Axe().run(page, context="#who").response["violations"]

    assert [(rule["id"], [node["html"][:160] for node in rule["nodes"]]) for rule in found] == []


@pytest.mark.parametrize("width", [320, 360, 768, 1280, 2560])
def test_only_the_table_scrolls_sideways(open_page: OpenPage, site: FakeSite, width: int):
    site.pdus[0].parts.outlets[22].name = "unbroken" * 10
    page = open_page("?who=outlet", viewport={"width": width, "height": 900})
    expect(rows(page)).to_have_count(60)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # The name stays in sight while the numbers are looked at.
    page.locator(".who-frame").first.evaluate("(node) => node.scrollTo(400, 0)")
    frame, name = page.locator("#who .who-frame").bounding_box(), rows(page).first.get_by_role("rowheader").bounding_box()
    assert frame and name and name["x"] >= frame["x"] - 1


def test_a_thousand_outlets_are_no_trouble(open_page: OpenPage, site: FakeSite):
    from fake_parts import FakePart, FakeParts

    site.pdus = [FakePDU(n, f"PDU {n}", f"10.0.0.{n}", 2000, parts=FakeParts(outlets=[
        FakePart(i, f"server-{n}-{i}", 10.0 * i) for i in range(1, 43)])) for n in range(1, 27)]
    for pdu in site.pdus:
        pdu.parts.number(pdu.id)
    page = open_page("?who=outlet")

    expect(rows(page)).to_have_count(26 * 42, timeout=60_000)
    took = page.evaluate("""() => {
        const field = document.querySelector('#who-find');
        const start = performance.now();
        document.querySelector('#who thead .name button').click();
        return performance.now() - start;
    }""")
    assert names(page)[0] == "server-1-1"
    assert took < 3_000
