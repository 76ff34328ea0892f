"""pductl as people use it: the real program, configurations on disk, a stock snmpd as the PDU."""

import contextlib
import json
import os
import re
import socket
import subprocess
import threading

import pytest

from sites import PROGRAMS, USER, agent, entry, site  # noqa: F401
from snmpd import AUTH, HERE, Snmpd, free_port


def lines(result, word):
    return [line for line in result.stdout.splitlines() if line.startswith(word)]


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


# check


def test_check_lists_every_problem_of_the_configuration_with_its_place(site):
    site.write(entry("h:99999", "nobody"), more="pol: 1\n")

    result = site.pductl("check")

    assert result.returncode == 2
    assert [line.split(": ")[1:3] for line in lines(result, "PROBLEM configuration:")] == [
        [f"{site.path}:6:1", "pol"],
        [f"{site.path}:8:27", "pdus[1].address"],
        [f"{site.path}:8:51", "pdus[1].credentials"],
    ]


def test_check_says_what_is_missing_before_the_first_run(site):
    result = site.pductl("check")

    assert result.returncode == 1
    subjects = [line.split(": ")[0].split(" ", 1)[1].strip() for line in result.stdout.splitlines()]
    assert subjects == [
        "configuration", "configuration", "secrets", "time zone", "state directory", "database", "archive", "spool", "responder"
    ]
    problems = lines(result, "PROBLEM")
    assert len(problems) == 3
    assert all(" → " in line for line in problems)
    assert "install -d" in problems[0] and "pdu-poll.timer" in problems[1]


def test_check_reads_each_pdu_and_says_why_one_cannot_be_read(site, agent):
    site.write(
        f"""pdus:
  - {{name: Good, address: '{agent.address}', credentials: z_right}}
  - {{name: Bad, address: '{agent.address}', credentials: wrong, id: x}}
  - {{name: Dead, address: '127.0.0.1:{free_port()}', credentials: z_right}}
"""
    )

    result = site.pductl("check")

    assert re.search(r"^ok      PDU Good: .*apc-rpdu2.* W, \d+ elements, \d+ ms$", result.stdout, re.M)
    assert re.search(
        r"^PROBLEM PDU Bad: \S+ reachable ok, user ok, security level ok; authentication: wrong_auth_passphrase → .*auth_passphrase",
        result.stdout, re.M,
    )
    assert re.search(r"^PROBLEM PDU Dead: .*(timeout|unreachable) → ", result.stdout, re.M)
    assert AUTH not in result.stdout and "not-the-passphrase" not in result.stdout + result.stderr


def test_check_is_content_with_a_site_that_works(site, agent):
    site.write(entry(agent.address))
    assert site.run("pdu-poll").returncode == 0
    with responder(site.directory / "fcgi.sock", b"Status: 200 OK\r\n\r\n{}"):
        result = site.pductl("check")

    assert result.stdout.splitlines() == [line for line in result.stdout.splitlines() if line.startswith("ok ")]
    assert re.search(r"schema \d+, sound", result.stdout)
    assert re.search(r"newest run: \d+ s ago: 1 read, 0 failed", result.stdout)
    assert result.returncode == 0


def test_check_finds_a_damaged_database(site, agent):
    site.write(entry(agent.address))
    site.run("pdu-poll")
    history = site.directory / "state" / "history.db"
    content = bytearray(history.read_bytes())
    content[4096:] = b"\x5a" * (len(content) - 4096)
    history.write_bytes(content)
    for side in ["-wal", "-shm"]:
        (site.directory / "state" / f"history.db{side}").unlink(missing_ok=True)

    result = site.pductl("check")
    backup = site.pductl("backup", "copy.db")

    assert re.search(r"^PROBLEM database: .*(damaged|malformed)", result.stdout, re.M)
    assert result.returncode == 1
    assert backup.returncode == 70 and "damaged" in backup.stderr
    assert history.read_bytes() == content and not (site.directory / "copy.db").exists()


@pytest.mark.parametrize(
    "answer, expected",
    [
        (b"Status: 503 Service Unavailable\r\n\r\n{}", "answers with status 503"),
        (b"", "does not speak FastCGI"),
    ],
)
def test_check_asks_the_responder(site, answer, expected):
    with responder(site.directory / "fcgi.sock", answer) as requests:
        result = site.pductl("check")

    assert expected in lines(result, "PROBLEM responder")[0]
    assert requests[0][:2] == b"\x01\x01" and b"/api/pdus" in requests[0]


@contextlib.contextmanager
def web_server(answer):
    """A port of the loopback interface on which every request gets `answer`."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        def serve():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(4096)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


def nginx_with(directory, text):
    (directory / "nginx" / "sites-enabled").mkdir(parents=True)
    (directory / "nginx" / "sites-enabled" / "pdu").write_text(text)
    return str(directory / "nginx")


@pytest.mark.parametrize(
    "answer, expected",
    [
        (b"HTTP/1.1 200 OK\r\n\r\n<title>", "ok      page: http://127.0.0.1:{port}/pdu/ answers"),
        (b"HTTP/1.1 401 Unauthorized\r\n\r\n", "ok      page: http://127.0.0.1:{port}/pdu/ asks who is there (401)"),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "PROBLEM page: http://127.0.0.1:{port}/pdu/ answers with 502 → "),
        (b"SSH-2.0-x\r\n", "PROBLEM page: http://127.0.0.1:{port}/pdu/: what answers there does not speak HTTP → "),
    ],
)
def test_check_asks_nginx_for_the_page(site, answer, expected):
    with web_server(answer) as port:
        text = f"server {{\n  listen 127.0.0.1:{port}; # here\n  include snippets/pdu-monitor.conf;\n}}\n"
        result = site.pductl("check", "--nginx", nginx_with(site.directory, text))

    assert [line for line in result.stdout.splitlines() if line.startswith(expected.format(port=port))], result.stdout
    assert re.search(r"^ok      nginx: \S+/sites-enabled/pdu includes the page$", result.stdout, re.M)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("server { listen 80; }\n# include snippets/pdu-monitor.conf;\n", "warning nginx: no enabled site"),
        ("server {\nlisten 443 ssl;\ninclude snippets/pdu-monitor.conf;\n}\n", "ok      nginx: .* with TLS only"),
    ],
)
def test_check_finds_the_site_of_the_page(site, text, expected):
    result = site.pductl("check", "--nginx", nginx_with(site.directory, text))

    assert re.search(f"^{expected}", result.stdout, re.M), result.stdout
    assert "page:" not in result.stdout


# A machine with this installation and with a running systemd, as far as one looks: in a namespace of its own.
INSTALLED = """
set -e
cp -a /etc "$1/etc"
mkdir -p "$1/etc/pdu-monitor"
cp "$1/pdu-monitor.yaml" "$1/credentials.yaml" "$1/etc/pdu-monitor/"
mount --bind "$1/etc" /etc
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system
shift
exec "$@"
"""


def installed_check(site, answers):
    """What `pductl check` finds there, where `answers` are the scripts that stand for systemd's own programs."""
    if os.getuid() != 0:
        pytest.skip("needs root, for a namespace of mounts")
    programs = site.directory / "programs"
    programs.mkdir()
    for name, script in answers.items():
        (programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (programs / name).chmod(0o755)
    command = ["unshare", "--mount", "sh", "-c", INSTALLED, "sh", site.directory, PROGRAMS / "pductl", "check"]
    path = f"{programs}:{os.environ['PATH']}"
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, env=os.environ | {"PATH": path})
    if "unshare failed" in result.stderr:
        pytest.skip("may not make a namespace of mounts")
    return result.stdout


@pytest.mark.parametrize(
    "is_active, is_synchronized, expected",
    [
        (0, "yes", ["ok      timer: pdu-poll.timer is active", r"ok      clock: \S+, kept right"]),
        (
            3, "no",
            [
                "PROBLEM timer: pdu-poll.timer is not active → sudo systemctl enable --now pdu-poll.timer",
                r"warning clock: \S+, and nothing says that it is kept right → sudo timedatectl set-ntp true, or .*",
            ],
        ),
    ],
)
def test_check_asks_systemd_for_the_timer_and_the_clock(site, is_active, is_synchronized, expected):
    found = installed_check(
        site,
        {
            "systemctl": f'[ "$*" = "--quiet is-active pdu-poll.timer" ] && exit {is_active}\nexit 1',
            "timedatectl": f'[ "$*" = "show --property NTPSynchronized --value" ] && echo {is_synchronized}',
        },
    )

    for line in expected:
        assert re.search(f"^{line}$", found, re.M), found


def test_check_takes_silence_of_systemd_for_a_problem(site):
    found = installed_check(site, {"systemctl": "exit 127", "timedatectl": "exit 127"})

    assert re.search("^PROBLEM timer: pdu-poll.timer is not active", found, re.M), found
    assert re.search("^warning clock: ", found, re.M), found


def test_check_says_who_can_read_the_secrets(site):
    before = site.pductl("check").stdout
    (site.directory / "credentials.yaml").chmod(0o644)
    after = site.pductl("check").stdout

    assert re.search(r"^ok      secrets: .*credentials.yaml is \S+'s, with mode 600$", before, re.M)
    assert re.search(r"^warning secrets: .* → sudo chmod 600 ", after, re.M)


@pytest.mark.parametrize("verb", [["rebuild"], ["vacuum"], ["rewind"], ["backup", "copy.db"], ["events"], ["correct", "--list"]])
def test_every_verb_answers_in_json(site, agent, verb):
    site.write(entry(agent.address))
    site.run("pdu-poll")

    good = site.pductl(*verb, "--json")
    (site.directory / "pdu-monitor.yaml").write_text("nonsense: 1\n")
    bad = site.pductl(*verb, "--json")

    assert good.returncode == 0 and json.loads(good.stdout), good.stderr
    assert bad.returncode == 2 and "nonsense" in json.loads(bad.stdout)["error"]


def test_check_prints_json(site):
    result = site.pductl("check", "--json")

    findings = json.loads(result.stdout)
    assert findings["ok"] is False
    assert {finding["state"] for finding in findings["findings"]} == {"ok", "warning", "problem"}
    assert all(finding["advice"] for finding in findings["findings"] if finding["state"] == "problem")


def test_check_asks_for_a_nominal_voltage_where_only_current_is_measured(site, tmp_path):
    with Snmpd(tmp_path / "snmpd", model="rpdu") as agent:
        site.write(entry(agent.address))
        without = site.pductl("check")
        site.write(entry(agent.address).replace("}", ", nominal_voltage: 230}"))
        given = site.pductl("check")

    assert re.search(r"^warning PDU Rack: .*no power.* → .*nominal_voltage", without.stdout, re.M)
    assert re.search(r"^ok      PDU Rack: .* [\d.]+ W, ", given.stdout, re.M)


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


# A responder for one request


class responder:
    """Listens at `path`, takes one FastCGI request, and answers `output` as its standard output; nothing if empty."""

    def __init__(self, path, output):
        self.requests = []
        self.output = output
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()
        self.thread = threading.Thread(target=self._serve)

    def _serve(self):
        connection, _ = self.listener.accept()
        with connection:
            self.requests.append(connection.recv(65536))
            if self.output:
                length = len(self.output).to_bytes(2, "big")
                connection.sendall(b"\x01\x06\x00\x01" + length + b"\x00\x00" + self.output)
                connection.sendall(b"\x01\x03\x00\x01\x00\x08\x00\x00" + b"\x00" * 8)

    def __enter__(self):
        self.thread.start()
        return self.requests

    def __exit__(self, *_):
        self.thread.join(timeout=10)
        self.listener.close()
        assert not self.thread.is_alive(), "nobody asked the responder"
