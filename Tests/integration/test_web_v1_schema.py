"""The interface's first version is what its document says: asked by schemathesis, and compared member by member."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

import web

HERE = pathlib.Path(__file__).parent


@pytest.fixture(scope="module")
def site():
    responder = web.Responder(web.shared_history())
    site = web.stand_alone(responder)
    yield site
    site.close()
    responder.close()


@pytest.fixture(scope="module")
def document(site):
    return site.get("/api/openapi.json").json


def test_schemathesis_finds_nothing(site, tmp_path):
    address = f"http://127.0.0.1:{site.port}/api"
    script = pathlib.Path(sys.executable).with_name("schemathesis")
    run = subprocess.run(
        [
            script, "--config-file", HERE / "schemathesis.toml", "run", f"{address}/openapi.json",
            "--url", f"{address}/v1", "--phases", "coverage,fuzzing", "--max-examples", "12",
            "--generation-deterministic", "--request-timeout", "30", "--no-color",
        ],
        cwd=tmp_path, env=os.environ | {"COLUMNS": "160"}, capture_output=True, text=True, timeout=300,
    )

    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
    # It did ask, and of every question.
    tested = re.search(r"Tested: (\d+)", run.stdout)
    generated = re.search(r"(\d+) generated", run.stdout)
    assert tested and int(tested[1]) >= 23, run.stdout[-3000:]
    assert generated and int(generated[1]) > 1000, run.stdout[-3000:]


def schema_of(document, schema):
    """What a schema is, through its reference and without `null`."""
    while "$ref" in schema or "anyOf" in schema:
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        else:
            schema = next(one for one in schema["anyOf"] if one.get("type") != "null")
    return schema


# Members that are only there at times, as the document says of each.
AT_TIMES = {
    "Series": {"others"},
    "Settings": {"problem"},
    # Of one element alone, or of all PDUs together.
    "Explanation": {
        "opening_counter", "closing_counter", "remarks", "gaps", "readings", "drift_percent", "compared_counted_kwh",
        "compared_integrated_kwh", "members", "members_covered", "members_total",
    },
}


def compare(document, schema, value, where, seen):
    """Compares the members of `value`, and of what is in it, with `schema`."""
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    schema = schema_of(document, schema)
    if isinstance(value, list):
        for one in value[:50]:
            compare(document, schema["items"], one, where + "[]", seen)
    elif isinstance(value, dict):
        known = set(schema["properties"])
        at_times = AT_TIMES.get(name, set())
        assert set(value) <= known, f"{where} says what the document does not: {set(value) - known}"
        assert known - at_times <= set(value), f"{where} lacks {known - at_times - set(value)}"
        seen.setdefault(name, set()).update(value)
        for member, inner in value.items():
            compare(document, schema["properties"][member], inner, f"{where}.{member}", seen)


QUESTIONS = [
    "/pdus", "/pdus/1", "/pdus/1/outlets", "/pdus/1/phases", "/pdus/1/banks", "/pdus/1/sensors", "/pdus/1/polls",
    "/elements", "/elements/1", "/elements/1000003", "/site", "/current", "/overview",
    "/history?period=month&resolution=day", "/history?each=true&pdu_ids=1,2",
    "/history?each=true&element_ids={outlets}", "/statistics?period=month", "/consumers?kind=outlet", "/heatmap",
    "/readings", "/explanation?period=month", "/explanation?element=1&period=month", "/events", "/groups", "/settings",
    "/export.json", "/export.json?resolution=minute&kind=outlet",
]


def test_answers_have_the_members_that_the_document_says_and_no_others(site, document):
    outlets = ",".join(
        str(row["element_id"])
        for row in site.get("/api/v1/elements?kind=outlet&limit=48").json["data"]
    )
    seen, asked = {}, set()
    for question in QUESTIONS:
        target = question.format(outlets=outlets)
        answer = site.get("/api/v1" + target)
        assert answer.status == 200, (question, answer.body[:300])
        path = re.sub(r"/(pdus|elements)/\d+", r"/\1/{id}", target.split("?")[0])
        asked.add(path)
        content = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
        schema = content["schema"]
        body = answer.json
        required = set(schema["required"])
        assert required <= set(body) <= set(schema["properties"])
        for member, value in body.items():
            compare(document, schema["properties"][member], value, f"{question}: {member}", seen)

    assert asked == set(document["paths"]) - {"/export.csv"}
    # What is there at times was there at some time, but for what does not happen to this history.
    assert seen["Explanation"] == set(document["components"]["schemas"]["Explanation"]["properties"])
    assert "others" in seen["Series"]
