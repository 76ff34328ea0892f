"""pductl and the history: what it shows of it, and the verbs that look after it."""

import json
import os
import re
import shutil
import sqlite3
import subprocess

import pytest

from sites import agent, entry, site  # noqa: F401
from snmpd import free_port


def test_status_shows_what_the_last_run_brought(site, agent):
    site.write(entry(agent.address) + f"  - {{name: Dead, address: '127.0.0.1:{free_port()}', credentials: z_right}}\n")
    assert site.run("pdu-poll").returncode == 1

    text = site.pductl("status")
    data = json.loads(site.pductl("status", "--json").stdout)

    assert text.returncode == 0
    assert re.search(r"^Rack +127\.\S+ +[\d.]+ W +\d+ s  online$", text.stdout, re.M)
    assert re.search(r"^Dead +127\.\S+ +– +–  offline: (timeout|unreachable)$", text.stdout, re.M)
    assert "\x1b" not in text.stdout
    assert [(pdu["name"], pdu["status"]) for pdu in data["pdus"]] == [("Rack", "online"), ("Dead", "offline")]
    assert data["pdus"][0]["power_watts"] > 0 and data["pdus"][1]["power_watts"] is None


def test_status_needs_no_credentials(site, agent):
    site.write(entry(agent.address))
    site.run("pdu-poll")
    (site.directory / "credentials.yaml").unlink()

    assert site.pductl("status").returncode == 0


@pytest.mark.parametrize(
    "verb",
    [
        ["status"], ["backup", "copy.db"], ["rebuild"], ["vacuum"], ["explain", "2026-01-01", "2026-01-02"], ["events"],
        ["correct", "--list"],
    ],
)
def test_nothing_is_made_up_where_there_is_no_history(site, verb):
    result = site.pductl(*verb)

    assert result.returncode == 70
    assert "state" in result.stderr
    assert not (site.directory / "state").exists()


def test_a_backup_is_a_whole_history(site, agent):
    site.write(entry(agent.address))
    site.run("pdu-poll")

    result = site.pductl("backup", "copy.db")

    assert result.returncode == 0, result.stderr
    with sqlite3.connect(site.directory / "copy.db") as copy:
        assert copy.execute("SELECT count(*) FROM power_readings").fetchone() == (1,)


def test_a_new_time_zone_needs_a_rebuild_and_a_rebuild_heals_it(site, agent):
    site.write(entry(agent.address))
    site.run("pdu-poll")
    site.write(entry(agent.address), zone="Asia/Kolkata")

    before = site.pductl("status")
    checked = site.pductl("check")
    rebuilt = site.pductl("rebuild")

    assert before.returncode == 2 and "Asia/Kolkata" in before.stderr
    assert re.search(r"^PROBLEM database: .* → pductl rebuild$", checked.stdout, re.M)
    assert rebuilt.returncode == 0
    assert site.pductl("status").returncode == 0


def test_vacuum_waits_for_a_run_and_leaves_the_readings(site, agent):
    site.write(entry(agent.address))
    site.run("pdu-poll")
    holder = subprocess.Popen(["flock", "-x", site.directory / "state" / "lock", "sh", "-c", "echo held; sleep 1"],
                              stdout=subprocess.PIPE)
    assert holder.stdout.read(4) == b"held"

    result = site.pductl("vacuum")

    assert holder.poll() == 0, "it did not wait"
    assert result.returncode == 0
    with sqlite3.connect(site.directory / "state" / "history.db") as history:
        assert history.execute("SELECT count(*) FROM power_readings").fetchone() == (1,)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give the state directory to another user")
def test_another_users_history_is_not_written(site, agent):
    site.write(entry(agent.address))
    site.run("pdu-poll")
    for path in [site.directory / "state", *(site.directory / "state").iterdir()]:
        shutil.chown(path, "nobody")

    result = site.pductl("vacuum")

    assert result.returncode == 2
    assert "sudo -u nobody pductl" in result.stderr
