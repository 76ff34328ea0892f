"""/metrics through nginx, read by Prometheus' own parsers: prometheus-client, and promtool where it is installed."""

import collections
import gzip
import json
import math
import shutil
import sqlite3
import subprocess
import time

import prometheus_client.openmetrics.parser
import prometheus_client.parser
import pytest
import web
from served import responder, site  # noqa: F401

OPEN_METRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
PROMTOOL = shutil.which("promtool")
# What a scraper of another kind than Prometheus sends, if anything.
PARSERS = {
    OPEN_METRICS: prometheus_client.openmetrics.parser.text_string_to_metric_families,
    "*/*": prometheus_client.parser.text_string_to_metric_families,
}


@pytest.fixture(scope="module")
def history(fresh):
    return fresh


def scrape(site, accept=OPEN_METRICS):
    answer = site.get("/metrics", Accept=accept)
    assert answer.status == 200, answer.body
    return answer.body.decode()


def samples(text, accept=OPEN_METRICS):
    """All samples by name and labels; no two are the same."""
    found = {}
    for family in PARSERS[accept](text):
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in found, key
            found[key] = sample.value
    return found


def only(found, name):
    """The samples called `name`, their labels as dictionaries."""
    return [(dict(labels), value) for (sample, labels), value in found.items() if sample == name]


def test_each_form_is_what_it_says_it_is(site):
    answer = site.get("/metrics", Accept=OPEN_METRICS)
    assert answer.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.body.endswith(b"\n# EOF\n")
    for accept in ["*/*", "text/html", "application/json"]:
        answer = site.get("/metrics", Accept=accept)
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert site.get("/metrics", method="HEAD").status == 200
    assert site.get("/metrics", method="POST", body=b"").status == 405
    assert site.get("/api/metrics").status == 404


@pytest.mark.parametrize("accept", PARSERS)
def test_prometheus_own_parser_takes_it(site, accept):
    families = {family.name: family for family in PARSERS[accept](scrape(site, accept))}

    assert len(families) > 20
    for family in families.values():
        assert family.documentation.endswith("."), family.name
        assert family.type != "unknown", family.name
        assert family.samples, family.name
        if accept == OPEN_METRICS:
            if family.unit:
                assert family.name.endswith(f"_{family.unit}")
            # Every unit that is in a name is said.
            for unit in ["joules", "watts", "volts", "amperes", "voltamperes", "seconds", "ratio", "celsius"]:
                assert not family.name.endswith(f"_{unit}") or family.unit == unit, family.name


@pytest.mark.skipif(not PROMTOOL, reason="needs promtool (Debian's prometheus)")
def test_promtool_finds_nothing_to_mend(site):
    checked = subprocess.run(
        [PROMTOOL, "check", "metrics"], input=scrape(site, "*/*"), capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_both_forms_tell_the_same(site):
    text = samples(scrape(site, "*/*"), "*/*")
    open_metrics = samples(scrape(site))

    created = {key for key in open_metrics if key[0].endswith("_created")}
    moving = {"pdu_reading_age_seconds"}
    assert created
    assert {key for key in open_metrics if key not in created} == set(text)
    for key, value in text.items():
        assert key[0] in moving or value == open_metrics[key], key


def test_it_agrees_with_the_interface(site):
    found = samples(scrape(site))
    status = site.get("/api/current-status").data
    assert [one["status"] for one in status] == ["online", "online"]
    keys = {labels["name"]: labels["pdu"] for labels, _ in only(found, "pdu_info")}
    assert keys == {"Demo PDU A": "demo-a", "Demo PDU B": "demo-b"}
    for pdu in status:
        labels = {"pdu": keys[pdu["name"]], "element": "inlet", "id": "0"}
        assert found["pdu_active_power_watts", frozenset(labels.items())] == pdu["current_power_watts"]
        assert found["pdu_up", frozenset({"pdu": keys[pdu["name"]]}.items())] == 1
        outlets = site.get(f"/api/pdus/{pdu['id']}/outlets").data
        for outlet in outlets:
            labels = {"pdu": keys[pdu["name"]], "element": "outlet", "id": str(outlet["number"])}
            key = frozenset(labels.items())
            power = found.get(("pdu_active_power_watts", key))
            assert power == outlet["power_watts"]
            load = found.get(("pdu_load_ratio", key))
            assert (load is None) == (outlet["load_percent"] is None)
            if load is not None:
                assert math.isclose(load * 100, outlet["load_percent"], abs_tol=0.051)


def test_energy_is_what_the_ledger_has_and_not_what_the_device_shows(site, fresh):
    found = samples(scrape(site))
    database = sqlite3.connect(f"file:{fresh / 'state' / 'history.db'}?mode=ro", uri=True)
    rows = database.execute(
        "SELECT pdu_id, sum(total_kwh) FROM power_aggregations WHERE period_type = 'monthly' AND pdu_id IS NOT NULL"
        " GROUP BY pdu_id"
    ).fetchall()
    database.close()
    assert len(rows) == 2
    for pdu, kilowatt_hours in rows:
        labels = {"pdu": "demo-a" if pdu == 1 else "demo-b", "element": "inlet", "id": "0"}
        joules = found["pdu_energy_joules_total", frozenset(labels.items())]
        assert math.isclose(joules, kilowatt_hours * 3.6e6, rel_tol=1e-9)
        created = found["pdu_energy_joules_created", frozenset(labels.items())]
        assert 25 * 86_400 < time.time() - created < 70 * 86_400


def test_every_outlet_has_a_name_and_exactly_one_state(site):
    found = samples(scrape(site))
    infos = {(labels["pdu"], labels["id"]): labels for labels, _ in only(found, "pdu_outlet_info")}
    states = collections.defaultdict(list)
    for labels, value in only(found, "pdu_outlet_state"):
        if value:
            states[labels["pdu"], labels["id"]].append(labels["pdu_outlet_state"])
    assert states and set(states) <= set(infos)
    assert all(len(state) == 1 for state in states.values())
    assert any("name" in labels for labels in infos.values())


def test_labels_are_escaped_and_show_what_people_call_it(history, tmp_path):
    shutil.copytree(history / "state", tmp_path / "state")
    web.write_configuration(tmp_path)
    responder = web.Responder(tmp_path)
    site = web.stand_alone(responder)
    try:
        outlet = site.get("/api/pdus/1/outlets").data[0]
        name = 'a "b" \\ c, {d}=\n€ # EOF'
        path = f"/api/elements/{outlet['element_id']}"
        site.get(path, method="PUT", body=json.dumps({"label": name}), Content_Type="application/json")
        # A label is of one line: what was kept is what is shown.
        kept = site.get("/api/settings").data["elements"]
        label = kept[0]["label"] if kept else outlet["name"]
        for accept in PARSERS:
            infos = only(samples(scrape(site, accept), accept), "pdu_outlet_info")
            names = {(labels["pdu"], labels["id"]): labels.get("name") for labels, _ in infos}
            assert names["demo-a", str(outlet["number"])] == label
    finally:
        site.close()
        responder.close()


def test_nginx_compresses_it(site):
    plain = site.get("/metrics", Accept=OPEN_METRICS)
    packed = site.get("/metrics", Accept=OPEN_METRICS, Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.body) * 5 < len(plain.body)
    assert gzip.decompress(packed.body).endswith(b"# EOF\n")


def test_probes_answer_where_the_page_lies(site):
    assert site.get("/healthz").json["status"] == "ok"
    ready = site.get("/readyz")
    assert ready.json["status"] in {"ready", "not_ready"}
    assert (ready.status == 200) == (ready.json["status"] == "ready")
    assert site.get("/api/healthz").status == 404
    assert site.get("/healthz/").status == 404


def test_readiness_follows_the_history(history, tmp_path):
    state = tmp_path / "state"
    shutil.copytree(history / "state", state)
    web.write_configuration(tmp_path)
    responder = web.Responder(tmp_path)
    site = web.stand_alone(responder)
    try:
        database = sqlite3.connect(state / "history.db")
        now = int(time.time()) // 60 * 60

        database.execute("UPDATE run SET minute = ? WHERE minute = (SELECT max(minute) FROM run)", [now])
        database.commit()
        assert site.get("/readyz").status == 200
        database.execute("DELETE FROM run WHERE minute > ?", [now - 3600])
        database.commit()
        refused = site.get("/readyz")
        assert (refused.status, refused.json["code"]) == (503, "collector_stopped")
        assert refused.headers["Retry-After"] == "60"
        assert samples(scrape(site))["pdu_collector_up", frozenset()] == 0
        database.close()
        for file in state.glob("history.db*"):
            file.unlink()
        refused = site.get("/readyz")
        assert (refused.status, refused.json["code"]) == (503, "history_missing")
        assert str(tmp_path) not in refused.body.decode()
        assert site.get("/metrics").status == 503
        (state / "history.db").write_bytes(b"not a database" * 1000)
        assert site.get("/readyz").json["code"] == "history_damaged"
        assert site.get("/healthz").status == 200
        responder.stop()
        gone = site.get("/healthz")
        assert (gone.status, gone.json["code"]) == (503, "no_responder")
        responder.start()
    finally:
        site.close()
        responder.close()
