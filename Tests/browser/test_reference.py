"""The page that shows the API's description: everything that is in it, as text, and what it says when there is none."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from fake_site import FakeServer, FakeSite

SCRIPT = "<img src=x onerror=\"document.title='taken over'\">"
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "pdu-monitor", "version": "9.8.7", "description": f"Unknown is null. {SCRIPT}"},
    "servers": [{"url": "./v1"}],
    "paths": {
        "/things": {
            "get": {
                "operationId": "listThings", "tags": ["Things"], "summary": f"All things {SCRIPT}",
                "parameters": [
                    {"name": "limit", "in": "query", "description": "How many.",
                     "schema": {"type": "integer", "minimum": 1, "maximum": 10, "default": 5}},
                ],
                "responses": {
                    "200": {"description": "Things", "content": {"application/json": {"schema": {
                        "type": "object",
                        "properties": {"data": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}},
                    }}}},
                    "400": {"description": "A parameter is not as it should be."},
                },
            }
        },
        "/things/{id}": {
            "get": {
                "operationId": "getThing", "tags": ["Things"], "summary": "One thing",
                "parameters": [{"name": "id", "in": "path", "schema": {"type": "integer"}}],
                "responses": {"200": {"description": "It", "content": {"application/json": {"schema": {
                    "$ref": "#/components/schemas/Thing"}}}}},
            }
        },
    },
    "components": {"schemas": {"Thing": {"type": "object", "properties": {
        "power_watts": {"type": ["number", "null"], "description": "Active power."},
        "next": {"anyOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "null"}]},
    }}}},
}


@pytest.fixture
def open_reference(browser):
    """Opens the page with an answer in place of the description."""
    pages = []
    with FakeServer(FakeSite()) as server:

        def open_reference(fragment="", **answer):
            page = browser.new_page()
            pages.append(page)
            page.complaints = []
            page.on("pageerror", lambda error: page.complaints.append(str(error)))
            page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
            page.route("**/api/openapi.json", lambda route: route.fulfill(**answer))
            page.goto(f"{server.url}api.html{fragment}")
            return page

        yield open_reference
        for page in pages:
            page.close()


def test_it_has_every_question_and_takes_nothing_for_html(open_reference):
    page = open_reference(json=DOCUMENT)

    expect(page.locator("details")).to_have_count(2)
    expect(page.get_by_role("navigation").get_by_role("link")).to_have_text(["/things", "/things/{id}"])
    expect(page.locator("#about")).to_contain_text("Version 9.8.7.")
    expect(page.locator("header")).to_contain_text(SCRIPT)
    expect(page.locator("main img")).to_have_count(0)
    assert page.title() == "API – pdu-monitor"
    assert page.complaints == []


def test_a_question_says_what_it_takes_and_what_it_answers(open_reference):
    page = open_reference("#listThings", json=DOCUMENT)
    things = page.locator("#listThings")

    expect(things).to_have_attribute("open", "")
    expect(things).to_contain_text("/api/v1/things'")
    expect(things.get_by_role("row").filter(has_text="limit")).to_contain_text("integer; 1 to 10; 5 without it")
    expect(things.get_by_role("row").filter(has_text="power_watts")).to_contain_text("number or null")
    expect(things.get_by_role("row").filter(has_text="400")).to_contain_text("A parameter")
    assert page.complaints == []


def test_it_says_so_when_there_is_no_description(open_reference):
    page = open_reference(status=503, body="{}")

    expect(page.get_by_role("status")).to_have_text("openapi.json cannot be read: the server says 503")


def test_axe_finds_nothing(open_reference):
    page = open_reference("#listThings", json=DOCUMENT)
    expect(page.locator("details")).to_have_count(2)

    found = Axe().run(page).response["violations"]

    assert [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found] == []
