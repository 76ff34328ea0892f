"""pductl check: a whole site looked at, with the real program, configurations on disk and a stock snmpd as the PDU."""

import contextlib
import json
import os
import re
import socket
import subprocess
import threading

import pytest

from sites import PROGRAMS, agent, entry, site  # noqa: F401
from snmpd import AUTH, Snmpd, free_port


def lines(result, word):
    return [line for line in result.stdout.splitlines() if line.startswith(word)]


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


def test_check_says_who_can_read_the_secrets(site):
    before = site.pductl("check").stdout
    (site.directory / "credentials.yaml").chmod(0o644)
    after = site.pductl("check").stdout

    assert re.search(r"^ok      secrets: .*credentials.yaml is \S+'s, with mode 600$", before, re.M)
    assert re.search(r"^warning secrets: .* → sudo chmod 600 ", after, re.M)


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


# nginx


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


# systemd


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
    if re.search("^(unshare|mount): ", result.stderr, re.M):
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
