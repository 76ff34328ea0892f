"""pductl as people use it: the real program, configurations on disk, a stock snmpd as the PDU. `check` has a file of its own."""

import json
import re

import pytest

from sites import USER, agent, entry, site  # noqa: F401
from snmpd import AUTH, HERE, Snmpd, free_port


# Calling it


@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "which command?"),
        (["chek"], 'unknown command "chek" (did you mean "check"?)'),
        (["frobnicate"], 'unknown command "frobnicate"'),
        (["check", "now"], "check takes no operand"),
        (["backup"], "backup takes FILE"),
        (["status", "--credential", "x"], "status takes no --credential"),
        (["check", "--jsn"], "unknown option --jsn"),
        (["probe", "http://pdu/"], '"http://pdu/" is no address'),
        (["record", "http://pdu/"], '"http://pdu/" is no address'),
        (["record", "127.0.0.1", "--under", "enterprises"], "--under must be an OID such as 1.3.6.1.4.1.318"),
        (["record", "127.0.0.1", "--force"], "--force is about the file of --output FILE"),
        (["explain", "2026-01-01"], "explain takes [ELEMENT] START END"),
        (["explain", "yesterday", "2026-01-01"], "START must be a time such as 2026-03-29T14:00:00Z"),
        (["explain", "2026-01-02", "2026-01-01"], "end must be later than start"),
        (["explain", "2024-01-01", "2026-01-01"], "400 days at most"),
        (["events", "--since", "monday"], "--since must be a time such as"),
        (["correct"], "correct takes ELEMENT START END, or --undo ID, or --list"),
        (["correct", "Rack", "2026-01-01"], "correct takes [ELEMENT START END]"),
        (["correct", "Rack", "2026-01-01", "2026-01-02"], "--exclude, --set-energy KWH and --set-power WATTS"),
        (["correct", "Rack", "2026-01-01", "2026-01-02", "--exclude"], "--reason TEXT is missing"),
        (["correct", "Rack", "2026-01-01", "2026-01-02", "--exclude", "--reason", "a\nb"], "one line of text"),
        (["correct", "Rack", "2026-01-01", "2026-01-02", "--set-energy", "-1", "--reason", "x"], "from 0 on"),
        (["correct", "Rack", "2026-01-01", "2199-01-02", "--exclude", "--reason", "x"], "400 days at most"),
        (["correct", "Rack", "2199-01-01", "2199-01-02", "--exclude", "--reason", "x"], "END is still to come"),
        (["correct", "--undo", "first"], "--undo takes the number of a correction"),
        (["correct", "--undo", "1", "--exclude"], "--undo stands alone or with --author"),
        (["correct", "--list", "--undo", "1"], "--undo stands alone or with --author"),
        (["probe", "127.0.0.1", "--credential", "z_rigth"], '(did you mean "z_right"?)'),
    ],
)
def test_a_wrong_call_says_what_is_wrong_and_does_nothing(site, arguments, message):
    result = site.pductl(*arguments)

    assert result.returncode == 2
    assert message in result.stderr
    assert result.stdout == ""
    assert not (site.directory / "state").exists()


def test_help_lists_every_command_and_only_those(site):
    result = site.pductl("--help")

    assert result.returncode == 0
    commands = result.stdout.split("Commands:\n")[1].split("\n\n")[0]
    assert re.findall(r"^  (\w+)", commands, re.M) == [
        "check", "probe", "record", "status", "explain", "events", "correct", "rebuild", "backup", "restore", "import",
        "vacuum", "rewind",
        "forget",
    ]


def test_version(site):
    assert re.fullmatch(r"pductl \d+\.\d+\.\d+\n", site.pductl("--version").stdout)


@pytest.mark.parametrize("verb", [["rebuild"], ["vacuum"], ["rewind"], ["backup", "copy.db"], ["events"], ["correct", "--list"]])
def test_every_verb_answers_in_json(site, agent, verb):
    site.write(entry(agent.address))
    site.run("pdu-poll")

    good = site.pductl(*verb, "--json")
    (site.directory / "pdu-monitor.yaml").write_text("nonsense: 1\n")
    bad = site.pductl(*verb, "--json")

    assert good.returncode == 0 and json.loads(good.stdout), good.stderr
    assert bad.returncode == 2 and "nonsense" in json.loads(bad.stdout)["error"]


# probe


def test_probe_prints_a_stanza_that_works_when_pasted(site, agent):
    result = site.pductl("probe", agent.address)

    assert result.returncode == 0
    assert "apc-rpdu2" in result.stdout and re.search(r"^outlet 1 ", result.stdout, re.M)
    stanza = result.stdout.split("yaml:\n\n")[1]
    assert "credentials: z_right" in stanza
    site.write("pdus:\n" + stanza)
    assert site.run("pdu-poll").returncode == 0
    again = site.pductl("probe", agent.address)
    assert "The configuration has it as " in again.stdout


def test_probe_tries_users_in_turn_but_never_a_community(site, agent):
    result = site.pductl("probe", agent.address)

    assert "wrong_auth_passphrase" in result.stderr

    site.write(credentials="credentials: {card: {version: 2c, community: public}}\n")
    result = site.pductl("probe", agent.address)
    assert result.returncode == 2
    assert "a community must be named" in result.stderr


def test_probe_says_why_a_device_cannot_be_read(site):
    result = site.pductl("probe", f"127.0.0.1:{free_port()}", "--credential", "z_right")

    assert result.returncode == 1
    assert re.match(r"pductl: (timeout|unreachable): ", result.stderr)
    assert result.stdout == ""


def test_probe_prints_json(site, agent):
    site.write()
    device = json.loads(site.pductl("probe", agent.address, "--json").stdout)

    assert device["name"] is None and device["address"] == agent.address
    assert device["status"] == "ok" and device["profile"] == "apc-rpdu2" and device["requests"] > 1
    assert device["readings"][0]["element"] == "pdu"
    assert device["doubts"] == [] and device["linked_units"] == []
    assert f'address: "{agent.address}"' in device["stanza"]


def test_probe_doubts_what_cannot_be(site, tmp_path):
    objects = tmp_path / "tenfold.txt"
    device = (HERE / "pdus" / "rpdu2.txt").read_text()
    # Ten times the power of the phase, and so of the unit that has no other.
    objects.write_text(re.sub(r"(26\.6\.3\.1\.7\.1\|integer\|)(\d+)", r"\g<1>\g<2>0", device))
    with Snmpd(tmp_path / "snmpd", objects=objects) as agent:
        text = site.pductl("probe", agent.address).stdout
        doubts = json.loads(site.pductl("probe", agent.address, "--json").stdout)["doubts"]

    assert re.search(r"^phase 1 .*\(\?\)$", text, re.M)
    assert re.search(r"^\(\?\) phase 1: 12100 W, but 229 V × 5.6 A × 0.95 = .*: ten times as much$", text, re.M)
    assert {"element": "phase", "number": 1} in [
        {key: doubt[key] for key in ["element", "number"]} for doubt in doubts
    ]


# record


def test_record_writes_a_masked_recording_that_reads_the_same(site, agent):
    result = site.pductl("record", agent.address, "--output", "rack.snmprec")

    assert result.returncode == 0, result.stderr
    recording = site.directory / "rack.snmprec"
    text = recording.read_text()
    assert recording.stat().st_mode & 0o777 == 0o600
    assert "TEST00000001" not in text and "Rack 7" not in text
    assert AUTH not in text and USER not in text
    assert "serial numbers: " in result.stderr and "issue tracker" in result.stderr
    read = json.loads(site.run("pdu-poll", "--walk", str(recording), "--json").stdout)["pdus"][0]
    live = json.loads(site.pductl("probe", agent.address, "--json").stdout)
    assert read["identity"]["model"] == live["identity"]["model"]
    assert [numbers(element) for element in read["readings"]] == [numbers(element) for element in live["readings"]]
    assert [numbers(sensor) for sensor in read["sensors"]] == [numbers(sensor) for sensor in live["sensors"]]


def test_record_never_overwrites_without_being_told_to(site, agent):
    (site.directory / "rack.snmprec").write_text("mine")
    refused = site.pductl("record", agent.address, "--output", "rack.snmprec")
    kept = (site.directory / "rack.snmprec").read_text()
    forced = site.pductl("record", agent.address, "--output", "rack.snmprec", "--force")

    assert refused.returncode == 2 and "rack.snmprec exists; --force overwrites it" in refused.stderr
    assert kept == "mine"
    assert forced.returncode == 0 and (site.directory / "rack.snmprec").read_text().startswith("1.3.6.1.")
    assert not [path for path in site.directory.iterdir() if path.name.endswith(".new")]


def test_record_keeps_names_when_asked_and_records_what_is_asked(site, agent):
    under = ["--under", "1.3.6.1.4.1.318.1.1.26", "--under", "1.3.6.1.2.1.1.1.0"]
    result = site.pductl("record", agent.address, "--keep-names", *under)

    objects = [line.split("|")[0] for line in result.stdout.splitlines()]
    assert objects[0] == "1.3.6.1.2.1.1.1.0"
    assert all(name.startswith("1.3.6.1.4.1.318.1.1.26.") for name in objects[1:]) and len(objects) > 30
    assert "Rack 7 left" in result.stdout and "TEST00000001" not in result.stdout
    assert "not masked, as asked" in result.stderr


def test_record_says_why_a_device_cannot_be_recorded(site):
    result = site.pductl("record", f"127.0.0.1:{free_port()}", "--credential", "z_right", "--output", "x.snmprec")

    assert result.returncode == 1
    assert re.match(r"pductl: (timeout|unreachable): ", result.stderr)
    assert not (site.directory / "x.snmprec").exists()


def numbers(reading):
    """What was read but for names."""
    return {key: value for key, value in reading.items() if key != "name"}
