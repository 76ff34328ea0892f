"""Groups, labels, notes and colours: made, changed and deleted in dialogs; refused, overtaken and hostile ones as well."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from conftest import OpenPage
from fake_site import FakeSite, every_kind

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def site() -> FakeSite:
    site = FakeSite()
    site.pdus = every_kind(site.now)
    site.settings.add("Web tier", 1000003, 1000004, colour="#2450c8", description="All front ends")
    return site


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def who(page: Page) -> Locator:
    return page.get_by_role("region", name="Who uses it", exact=True)


def open_groups(page: Page) -> Locator:
    who(page).get_by_role("button", name="Groups", exact=True).click()
    expect(dialog(page).get_by_role("heading", name="Groups", exact=True)).to_be_focused()
    return dialog(page)


def listed(form: Locator) -> Locator:
    """The groups in the list."""
    return form.get_by_role("list", name="Groups").get_by_role("listitem")


def edit(page: Page, name: str) -> Locator:
    who(page).get_by_role("button", name=f"Label, note and colour of {name}", exact=True).click()
    expect(dialog(page)).to_be_visible()
    return dialog(page)


def ready(page: Page) -> None:
    expect(who(page)).to_have_attribute("aria-busy", "false")


# --- groups -----------------------------------------------------------------------------------------------------------


def test_a_group_is_made(open_page: OpenPage, site: FakeSite):
    page = open_page("?who=outlet")
    ready(page)
    form = open_groups(page)
    form.get_by_role("button", name="New group").click()
    expect(form.get_by_label("Name", exact=True)).to_be_focused()
    form.get_by_label("Name", exact=True).fill("Databases & <friends>")
    form.get_by_label("Description").fill("Two of them")
    form.get_by_role("radio", name="Orange").check()
    form.get_by_label("Find outlets and PDUs").fill("right db-0")
    form.get_by_role("checkbox", name="db-01 (outlet 7)").check()
    form.get_by_role("checkbox", name="db-02 (outlet 8)").check()
    expect(form.get_by_text("2 chosen.")).to_be_visible()
    form.get_by_role("button", name="Save").click()

    expect(listed(form).filter(has_text="Databases & <friends>")).to_contain_text("2 members")
    method, path, body = site.settings.changes[-1]
    assert (method, path) == ("POST", "groups")
    assert body == {"name": "Databases & <friends>", "colour": "#ce8100", "description": "Two of them", "element_ids": [1000007, 1000008], "revision": 1}
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)
    expect(who(page).get_by_role("button", name="Groups", exact=True)).to_be_focused()
    who(page).get_by_label("Group", exact=True).select_option("Databases & <friends>")
    expect(who(page).locator("tbody:not(.rests) tr")).to_have_count(2)


def test_a_group_is_changed(open_page: OpenPage, site: FakeSite):
    page = open_page("?who=outlet")
    ready(page)
    form = open_groups(page)
    form.get_by_role("button", name="Edit the group Web tier").click()
    expect(form.get_by_label("Description")).to_have_value("All front ends")
    expect(form.get_by_role("radio", name="Ultramarine")).to_be_checked()
    form.get_by_text("Right PDU – 2 chosen").click()
    expect(form.get_by_role("checkbox", name="web-01 (outlet 3)")).to_be_checked()
    form.get_by_role("checkbox", name="web-01 (outlet 3)").uncheck()
    form.get_by_role("radio", name="Automatic").check()
    form.get_by_role("button", name="Save").click()

    expect(listed(form)).to_contain_text("1 member")
    assert site.settings.groups[0] == {"id": 1, "name": "Web tier", "colour": None, "description": "All front ends", "element_ids": [1000004]}


def test_what_would_count_twice_cannot_be_chosen(open_page: OpenPage):
    page = open_page()
    ready(page)
    form = open_groups(page)
    form.get_by_role("button", name="New group").click()
    form.get_by_text("Right PDU", exact=True).click()
    form.get_by_role("checkbox", name="The whole PDU").first.check()

    expect(form.get_by_text("The whole PDU is in the group, so its parts are as well.")).to_be_visible()
    expect(form.get_by_role("checkbox", name="web-01 (outlet 3)").first).to_be_disabled()
    form.get_by_role("checkbox", name="The whole PDU").first.uncheck()
    form.get_by_role("checkbox", name="Bank 1").first.check()
    expect(form.get_by_text("Only banks of this PDU can be chosen together")).to_be_visible()
    expect(form.get_by_role("checkbox", name="The whole PDU").first).to_be_disabled()
    expect(form.get_by_role("checkbox", name="Bank 2").first).to_be_enabled()


def test_a_group_is_deleted_only_after_a_second_word(open_page: OpenPage, site: FakeSite):
    page = open_page()
    ready(page)
    form = open_groups(page)
    form.get_by_role("button", name="Delete the group Web tier").click()
    expect(form.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Enter")
    assert site.settings.groups
    form.get_by_role("button", name="Delete the group Web tier").click()
    form.get_by_role("button", name="Delete “Web tier”").click()

    expect(form.get_by_text("There are no groups yet.")).to_be_visible()
    assert site.settings.groups == []


def test_a_refusal_is_said_in_the_servers_words_and_nothing_is_lost(open_page: OpenPage, site: FakeSite):
    page = open_page()
    ready(page)
    form = open_groups(page)
    form.get_by_role("button", name="New group").click()
    form.get_by_label("Name", exact=True).fill("Web tier")
    form.get_by_role("button", name="Save").click()

    expect(form.get_by_role("alert")).to_have_text(re.compile("There is a group called Web tier already"))
    expect(form.get_by_label("Name", exact=True)).to_have_value("Web tier")
    form.get_by_label("Name", exact=True).fill("Web tier 2")
    form.get_by_role("button", name="Save").click()
    expect(listed(form)).to_have_count(2)


# --- rights, and others ------------------------------------------------------------------------------------------------


def test_where_nothing_may_be_changed_everything_can_be_read(open_page: OpenPage, site: FakeSite):
    site.settings.may_write = False
    page = open_page("?pdu=1")
    ready(page)
    form = open_groups(page)

    expect(form.get_by_role("alert")).to_contain_text("web.writers")
    expect(form.get_by_role("button", name="New group")).to_be_hidden()
    form.get_by_role("button", name="View the group Web tier").click()
    expect(form.get_by_label("Name", exact=True)).not_to_be_editable()
    expect(form.get_by_role("button", name="Save")).to_be_hidden()
    form.get_by_text("Right PDU – 2 chosen").click()
    expect(form.get_by_role("checkbox", name="web-01 (outlet 3)")).to_be_disabled()
    form.get_by_role("button", name="Close").click()
    form = edit(page, "web-01")
    expect(form.get_by_label("Label")).not_to_be_editable()


def test_a_right_that_was_taken_away_meanwhile_is_said(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=1")
    ready(page)
    form = edit(page, "web-01")
    site.settings.may_write = False
    form.get_by_label("Label").fill("Shop")
    form.get_by_role("button", name="Save").click()

    expect(form.get_by_role("alert")).to_have_text(re.compile("Nothing was saved.*web.writers"))
    expect(form.get_by_label("Label")).to_have_value("Shop")
    assert site.settings.elements == {}


def test_a_change_of_something_else_does_not_stand_in_the_way(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=1")
    ready(page)
    form = edit(page, "web-01")
    site.settings.elements[1000004] = {"label": "Other", "note": None, "colour": None}
    site.settings.revision += 1
    form.get_by_label("Label").fill("Shop")
    form.get_by_role("button", name="Save").click()

    expect(dialog(page)).to_have_count(0)
    assert site.settings.elements[1000003]["label"] == "Shop" and site.settings.elements[1000004]["label"] == "Other"


def test_a_change_of_the_same_thing_is_shown_and_asked_about(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=1")
    ready(page)
    form = edit(page, "web-01")
    site.settings.elements[1000003] = {"label": "Theirs", "note": None, "colour": None}
    site.settings.revision += 1
    form.get_by_label("Label").fill("Mine")
    form.get_by_role("button", name="Save").click()

    expect(form.get_by_role("alert")).to_contain_text("Somebody else has changed this meanwhile; it is now “Theirs”.")
    assert site.settings.elements[1000003]["label"] == "Theirs"
    form.get_by_role("button", name="Save mine instead").click()
    expect(dialog(page)).to_have_count(0)
    assert site.settings.elements[1000003]["label"] == "Mine"


def test_a_group_that_somebody_has_deleted_can_be_made_anew(open_page: OpenPage, site: FakeSite):
    page = open_page()
    ready(page)
    form = open_groups(page)
    form.get_by_role("button", name="Edit the group Web tier").click()
    site.settings.groups = []
    site.settings.revision += 1
    form.get_by_label("Description").fill("Kept")
    form.get_by_role("button", name="Save").click()

    expect(form.get_by_role("alert")).to_contain_text("Somebody else has deleted this group meanwhile.")
    form.get_by_role("button", name="Save it as a new group").click()
    expect(listed(form)).to_contain_text("Kept")


def test_a_damaged_store_is_said(open_page: OpenPage, site: FakeSite):
    site.settings.problem, site.settings.groups = "settings.db is damaged", []
    page = open_page()
    ready(page)
    form = open_groups(page)

    expect(form.get_by_role("alert")).to_contain_text("settings.db is damaged")
    expect(form.get_by_role("button", name="New group")).to_be_hidden()


def test_a_server_that_is_away_loses_nothing_that_was_typed(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=1")
    ready(page)
    form = edit(page, "web-01")
    form.get_by_label("Note").fill("Typed with care")
    site.problem = "drop"
    form.get_by_role("button", name="Save").click()

    expect(form.get_by_role("alert")).to_contain_text("The server cannot be reached. Nothing was saved.")
    site.problem = None
    form.get_by_role("button", name="Save").click()
    expect(dialog(page)).to_have_count(0)
    assert site.settings.elements[1000003]["note"] == "Typed with care"


# --- labels and colours ------------------------------------------------------------------------------------------------


def test_a_label_is_what_people_see_everywhere(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=1")
    ready(page)
    form = edit(page, "web-01")
    expect(form).to_contain_text("On the device: “web-01” of Right PDU.")
    form.get_by_label("Label").fill(HOSTILE + "!")
    form.get_by_label("Note").fill(HOSTILE)
    form.get_by_role("radio", name="Red").check()
    form.get_by_role("button", name="Save").click()

    expect(who(page).get_by_role("link", name=HOSTILE + "!", exact=True).first).to_be_visible()
    expect(page.locator(".outlets-table").get_by_role("button", name=HOSTILE + "!", exact=True)).to_be_visible()
    swatch = who(page).locator("tr", has=page.get_by_role("link", name=HOSTILE + "!", exact=True)).locator(".swatch")
    assert swatch.evaluate("(node) => getComputedStyle(node).backgroundColor") == "rgb(208, 52, 19)"
    assert page.locator("main img").count() == 0
    page.emulate_media(color_scheme="dark")
    assert swatch.evaluate("(node) => getComputedStyle(node).backgroundColor") == "rgb(222, 103, 61)"


def test_the_label_of_a_pdu_is_set_on_its_page(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=2")
    ready(page)
    page.locator("#unit").get_by_role("button", name="Label and note").click()
    dialog(page).get_by_label("Label").fill("Rack 9 left")
    dialog(page).get_by_label("Note").fill("Behind the door")
    dialog(page).get_by_role("button", name="Save").click()

    expect(page.locator("#unit").get_by_role("heading", level=2)).to_have_text("Rack 9 left")
    expect(page.locator("#unit").get_by_text("Behind the door")).to_be_visible()
    page.get_by_role("link", name="All PDUs").click()
    expect(page.locator(".pdu h3").nth(1)).to_have_text("Rack 9 left")


# --- explain ------------------------------------------------------------------------------------------------------------


def test_an_energy_opens_its_account(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=1")
    ready(page)
    figure = who(page).get_by_role("button", name=re.compile("why build-01 used that"))
    figure.focus()
    page.keyboard.press("Enter")

    expect(dialog(page).get_by_role("heading", level=2)).to_have_text("Energy of build-01 of Right PDU")
    expect(dialog(page)).to_contain_text("The unit's own counter says so.")
    expect(dialog(page)).to_contain_text("812.4\u202fkWh")
    expect(dialog(page)).to_contain_text("7 minutes: not known")
    assert any(re.match(r"explain\?element=1000023&start=2026-11-23", request) for request in site.requests)
    page.keyboard.press("Escape")
    expect(figure).to_be_focused()


def test_an_account_that_cannot_be_had_is_asked_for_again(open_page: OpenPage, site: FakeSite):
    page = open_page("?pdu=1")
    ready(page)
    site.problems["explain"] = (503, "busy")
    who(page).get_by_role("button", name=re.compile("why build-01 used that")).click()
    expect(dialog(page).get_by_role("alert")).to_contain_text("busy")
    del site.problems["explain"]
    dialog(page).get_by_role("button", name="Try now").click()

    expect(dialog(page)).to_contain_text("The unit's own counter says so.")


def test_a_group_opens_its_account(open_page: OpenPage, site: FakeSite):
    page = open_page("?who=group")
    ready(page)
    group = site.settings.groups[0]
    who(page).get_by_role("button", name=re.compile(f"why {group['name']} used that")).click()

    expect(page.get_by_role("dialog", name=f"Energy of {group['name']}")).to_be_visible()
    expect(dialog(page).get_by_role("table").get_by_role("row")).to_have_count(1 + len(group["element_ids"]))
    assert any(request.startswith(f"explain?group_ids={group['id']}&") for request in site.requests)


# --- for everybody -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["list", "form", "locked", "element", "explain", "help"])
def test_axe_finds_nothing_in_dialogs(open_page: OpenPage, site: FakeSite, state: str, scheme: str):
    site.settings.may_write = state != "locked"
    page = open_page("?pdu=1", color_scheme=scheme, reduced_motion="reduce")
    ready(page)
    if state in ("list", "form", "locked"):
        open_groups(page)
    if state in ("form", "locked"):
        dialog(page).get_by_role("button", name=re.compile("(Edit|View) the group")).click()
        dialog(page).get_by_text("Right PDU – 2 chosen").click()
    elif state == "element":
        edit(page, "web-01")
    elif state == "explain":
        who(page).get_by_role("button", name=re.compile("why build-01")).click()
        expect(dialog(page)).to_contain_text("Gaps")
    elif state == "help":
        page.get_by_role("button", name="Keyboard shortcuts").click()
        expect(dialog(page)).to_be_visible()

    found = Axe().run(page).response["violations"]

    assert [(rule["id"], [node["html"][:160] for node in rule["nodes"]]) for rule in found] == []


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_dialogs_fit(open_page: OpenPage, width: int):
    page = open_page("?who=outlet", viewport={"width": width, "height": 700})
    ready(page)
    form = open_groups(page)
    form.get_by_role("button", name="New group").click()
    form.get_by_text("Right PDU", exact=True).click()

    box = form.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= width and box["y"] >= 0 and box["y"] + box["height"] <= 700
    assert form.evaluate("(node) => node.scrollWidth <= node.clientWidth")
    form.get_by_role("button", name="Save").scroll_into_view_if_needed()
    expect(form.get_by_role("button", name="Save")).to_be_in_viewport()
