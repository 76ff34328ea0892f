"""What contrib/ holds: every file is held against what /metrics says, by the programs that read such files."""

import json
import re
import shutil
import subprocess
import tomllib
import urllib.parse
import urllib.request

import jinja2
import pytest
import web
import yaml

CONTRIB = web.PROJECT / "contrib"
DOCUMENT = web.PROJECT / "docs" / "integrations.md"
PROMTOOL = shutil.which("promtool")
PROMETHEUS = shutil.which("prometheus")
needs_promtool = pytest.mark.skipif(not PROMTOOL, reason="needs promtool (Debian's prometheus)")


def promtool(*arguments, directory=None):
    """What promtool says, which has to like it."""
    checked = subprocess.run(
        [PROMTOOL, *map(str, arguments)], cwd=directory, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    return checked.stdout


def documented():
    """The names in the table of docs/integrations.md."""
    rows = re.findall(r"^\| (`pdu_[^|]*) \|", DOCUMENT.read_text(), flags=re.M)
    names = {name for row in rows for name in re.findall(r"`(pdu_\w+)`", row)}
    assert len(names) > 20
    return names


def used(text):
    """The metrics that a text of queries names."""
    words = re.findall(r"\bpdu_[a-z_]+\b(?=[\s{\[)*]|$)", re.sub(r'"[^"]*"', '""', text))
    return {word for word in words if word not in {"pdu_outlet_state=", "pdu_breaker_state="}}


def dashboard():
    return json.loads((CONTRIB / "grafana" / "pdu-monitor.json").read_text())


def targets():
    """The queries of the dashboard, as Prometheus gets them, with where they stand."""
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", []):
            query = target["expr"].replace("$__range", "1h").replace("$job", ".*").replace("$pdu", ".*")
            assert "$" not in query, query
            yield f'{panel["title"]} {target["refId"]}', query


@pytest.fixture(scope="module")
def site(fresh):
    responder = web.Responder(fresh)
    site = web.stand_alone(responder)
    yield site
    site.close()
    responder.close()


@pytest.fixture(scope="module")
def metrics(site):
    return site.get("/metrics").body.decode()


def test_the_documentation_has_every_metric(metrics):
    told = {line.split()[2] for line in metrics.splitlines() if line.startswith("# TYPE ")}
    assert len(told) > 20
    assert told <= documented()
    # And nothing that is not there: some need devices that the demonstration does not have.
    source = (web.PROJECT / "Sources" / "Shared" / "API" / "Metrics" / "MetricFamilies.swift").read_text()
    families = re.findall(r'MetricFamily\(\s*"(\w+)"(?:,\s*\.(\w+))?', source)
    suffixes = {"counter": "_total", "info": "_info"}
    assert {name + suffixes.get(kind, "") for name, kind in families} == documented()


@needs_promtool
def test_the_alerts_are_right_and_do_what_they_say():
    promtool("check", "rules", CONTRIB / "prometheus" / "pdu-monitor.rules.yml")
    assert "SUCCESS" in promtool("test", "rules", "pdu-monitor.rules.test.yml", directory=CONTRIB / "prometheus")


def test_every_alert_is_tried_with_and_without_its_reason():
    rules = yaml.safe_load((CONTRIB / "prometheus" / "pdu-monitor.rules.yml").read_text())["groups"][0]["rules"]
    tests = yaml.safe_load((CONTRIB / "prometheus" / "pdu-monitor.rules.test.yml").read_text())["tests"]
    tried = [test for group in tests for test in group["alert_rule_test"]]
    for rule in rules:
        mine = [test for test in tried if test["alertname"] == rule["alert"]]
        assert any(test.get("exp_alerts") for test in mine), rule["alert"]
        assert any(not test.get("exp_alerts") for test in mine), rule["alert"]
        assert used(rule["expr"]) <= documented() | {"up"}, rule["alert"]
        assert rule["labels"]["severity"] in {"info", "warning", "critical"}
        assert rule["annotations"]["summary"]


@needs_promtool
def test_the_scrape_configuration_is_one(tmp_path):
    text = (CONTRIB / "prometheus" / "scrape.yml").read_text()
    (tmp_path / "prometheus.yml").write_text(text)
    promtool("check", "config", tmp_path / "prometheus.yml")
    # The alerts go by the name of the job.
    job = yaml.safe_load(text)["scrape_configs"][0]["job_name"]
    assert f'up{{job="{job}"}}' in (CONTRIB / "prometheus" / "pdu-monitor.rules.yml").read_text()


def test_the_dashboard_is_whole():
    board = dashboard()
    panels = [panel for panel in board["panels"] if panel["type"] != "row"]
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    assert board["uid"] == "pdu-monitor"
    for panel in panels:
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert panel["targets"] and panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
        # Unknown is not 0, and every number has its unit.
        assert panel["fieldConfig"]["defaults"]["noValue"] == "–"
        assert panel["fieldConfig"]["defaults"].get("unit") or panel["title"] == "Collector"
        if panel["type"] == "timeseries":
            assert panel["fieldConfig"]["defaults"]["custom"]["spanNulls"] is False
        places = [other["gridPos"] for other in panels if other is not panel]
        mine = panel["gridPos"]
        for place in places:
            beside = mine["x"] + mine["w"] <= place["x"] or place["x"] + place["w"] <= mine["x"]
            below = mine["y"] + mine["h"] <= place["y"] or place["y"] + place["h"] <= mine["y"]
            assert beside or below, (panel["title"], place)
    for where, query in targets():
        assert used(query) and used(query) <= documented(), where


@needs_promtool
def test_every_query_of_the_dashboard_is_one(tmp_path):
    rules = [{"record": f"query:{number}", "expr": query} for number, (_, query) in enumerate(targets())]
    path = tmp_path / "rules.yml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    promtool("check", "rules", path)


@pytest.mark.skipif(not PROMETHEUS, reason="needs prometheus")
def test_prometheus_itself_answers_the_dashboard(site, tmp_path):
    port = web.free_port()
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump({
        "rule_files": [str(CONTRIB / "prometheus" / "pdu-monitor.rules.yml")],
        "scrape_configs": [{
            "job_name": "pdu-monitor", "scrape_interval": "1s", "scrape_timeout": "1s",
            "static_configs": [{"targets": [f"127.0.0.1:{site.port}"]}],
        }],
    }))
    prometheus = web.Program(
        PROMETHEUS, f"--config.file={tmp_path}/prometheus.yml", f"--storage.tsdb.path={tmp_path}/data",
        f"--web.listen-address=127.0.0.1:{port}", log=tmp_path / "prometheus.log",
    )

    def ask(query):
        url = f"http://127.0.0.1:{port}/api/v1/query?" + urllib.parse.urlencode({"query": query})
        with urllib.request.urlopen(url, timeout=10) as response:
            answer = json.load(response)
        assert answer["status"] == "success"
        return answer["data"]["result"]

    def is_scraped():
        try:
            found = ask('count_over_time(pdu_collector_up{job="pdu-monitor"}[1m]) >= 3')
        except OSError:
            assert prometheus.is_alive(), prometheus.text
            return False
        return bool(found)

    try:
        web.wait_until(is_scraped, "three scrapes", seconds=60)
        assert ask("up == 1")
        # What the demonstration has nothing of.
        nothing = {"Energy by group A", "Failures per hour A", "Temperature A", "Humidity A"}
        empty = {where for where, query in targets() if not ask(query)}
        assert empty <= nothing
    finally:
        prometheus.stop()


class Secrets(yaml.SafeLoader):
    """Home Assistant's YAML, as far as it is used here."""


Secrets.add_constructor("!secret", lambda loader, node: f"secret {node.value}")


def home_assistant(text):
    """The templates' environment, with what Home Assistant adds and these templates use."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    environment.filters["regex_findall_index"] = lambda value, find, index=0: re.findall(find, value)[index]
    return lambda template: environment.from_string(template).render(value=text)


def test_home_assistant_gets_kilowatt_hours_that_only_rise(metrics):
    path = CONTRIB / "home-assistant" / "pdu-monitor.yaml"
    rest = yaml.load(path.read_text().replace("left", "demo-a"), Loader=Secrets)["rest"][0]
    render = home_assistant(metrics)
    elsewhere = home_assistant("# EOF\n")
    energies = [one for one in rest["sensor"] if one["device_class"] == "energy"]
    assert len(energies) == 2
    for one in energies:
        assert (one["state_class"], one["unit_of_measurement"]) == ("total_increasing", "kWh")
    for one in [*rest["sensor"], *rest["binary_sensor"]]:
        assert one["unique_id"]
        assert render(one["availability"]) == "True"
        assert elsewhere(one["availability"]) == "False"
    line = 'pdu_energy_joules_total{pdu="demo-a",element="inlet",id="0"} '
    joules = next(float(text.removeprefix(line)) for text in metrics.splitlines() if text.startswith(line))
    assert float(render(energies[0]["value_template"])) == round(joules / 3.6e6, 3)
    assert float(render(energies[1]["value_template"])) < joules / 3.6e6
    assert render(rest["binary_sensor"][0]["value_template"]) == "True"


def test_telegraf_is_told_where_and_what():
    settings = tomllib.loads((CONTRIB / "telegraf" / "pdu-monitor.conf").read_text())
    source = settings["inputs"]["prometheus"][0]
    assert source["urls"][0].endswith("/metrics") and source["metric_version"] == 2
    assert set(source["fieldexclude"]) <= documented()


@pytest.mark.skipif(not shutil.which("telegraf"), reason="needs telegraf, which is not in Debian")
def test_telegraf_takes_it(site, tmp_path):
    text = (CONTRIB / "telegraf" / "pdu-monitor.conf").read_text()
    path = tmp_path / "pdu-monitor.conf"
    path.write_text(text.replace("https://pdu.example.net/pdu/metrics", f"http://127.0.0.1:{site.port}/metrics"))
    said = subprocess.run(["telegraf", "--config", path, "--test"], capture_output=True, text=True, check=True).stdout
    assert "pdu_energy_joules_total=" in said and "pdu_info=" not in said


