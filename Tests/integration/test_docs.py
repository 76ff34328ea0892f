"""The commands in the documentation: every call of our programs is made, on a site of the test's own."""

import pathlib
import re
import shlex

import pytest

from predecessor import Predecessor, minutes, utc
from sites import agent, entry, site  # noqa: F401
from snmpd import free_port

PROJECT = pathlib.Path(__file__).resolve().parents[2]
PAGES = sorted(
    path for name in ["install", "migration", "troubleshooting", "operations", "configure"]
    if (path := PROJECT / "docs" / f"{name}.md").exists()
)
PROGRAMS = ["pductl", "pdu-poll"]
# Those whose bare name in the text is no command.
NEEDY = ["backup", "restore", "import", "probe", "record", "explain", "correct", "forget"]


def commands(page):
    """Every call of one of our programs: in blocks of commands, and in the text between backquotes."""
    text = page.read_text()
    blocks = re.findall(r"```sh\n(.*?)```", text, re.S)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))
    found = []
    for line in lines:
        for part in re.split(r"&&|;|\|", line.split("  #")[0]):
            try:
                words = shlex.split(part)
            except ValueError:
                continue
            while words and (words[0] in ("sudo", "-u", "pdu-monitor")):
                words.pop(0)
            # A name alone, or with dots for what is left out, is no command.
            if words and words[0] in PROGRAMS and len(words) > 1 and "…" not in part and "..." not in part:
                if len(words) > 2 or words[1] not in NEEDY:
                    found.append(words)
    return found


CALLS = sorted({tuple(words) for page in PAGES for words in commands(page)})


@pytest.fixture
def ready(site, agent, tmp_path):
    """A site with a PDU called as the documentation calls it, a run, a backup, and a predecessor's file."""
    site.write(entry(agent.address, name="Left PDU") + f"  - {{name: Right PDU, address: '{agent.address}', credentials: z_right, id: r}}\n")
    # A PDU that is slow today is a run all the same.
    assert site.run("pdu-poll").returncode in (0, 1)
    assert site.pductl("backup", "copy.db").returncode == 0
    old = Predecessor(tmp_path / "old.db").pdu(1, "Right PDU", "172.0.250.10").pdu(2, "Old name", "172.0.250.11")
    old.readings(1, [(moment, 1000.0) for moment in minutes(utc(2026, 3, 29), 120)]).close()
    return site


def test_the_documentation_has_commands():
    assert len(CALLS) > 15, CALLS


@pytest.mark.parametrize("words", CALLS, ids=[" ".join(words) for words in CALLS])
def test_commands_are_such_as_the_programs_know(ready, words):
    """Whatever a command finds on this site: it is none that the program does not understand."""
    places = {
        "ADDRESS": f"127.0.0.1:{free_port()}", "172.0.250.10": f"127.0.0.1:{free_port()}", "FILE": "other.db",
        "/opt/PDU-NEW/instance/pdu_monitor.db": "old.db", "/var/backups/pdu-monitor.db": "copy.db",
        "/var/backups/before-import.db": "copy.db", "Old name=New name": "Old name=Left PDU", "MONTH": "2026-03", "monitor": "z_right",
    }
    if words[1] == "restore":
        places["FILE"] = "copy.db"

    done = ready.run(words[0], *[places.get(word, word) for word in words[1:]])

    assert "shows what there is" not in done.stderr, done.stderr
    assert done.returncode in (0, 1) or words[1] in ("forget",), (done.returncode, done.stdout, done.stderr)
