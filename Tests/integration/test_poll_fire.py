"""Hundreds of PDUs of which many fail in many ways: the healthy ones are stored, and each failure has its own reason."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time

import polling
import pytest
from shifted_clock import at

sys.path.insert(0, str(polling.ROOT / "bench"))
import fire  # noqa: E402
from farm import Farm  # noqa: E402

PDUS = 300
# 2026-03-02T12:00:00Z.
BASE = 1_772_452_800


@pytest.fixture(scope="module")
def farm(tmp_path_factory):
    if not shutil.which("gcc"):
        pytest.skip("needs a C compiler")
    directory = tmp_path_factory.mktemp("farm")
    with Farm(directory, PDUS, processes=4, relay=fire.relay(loss=2)) as farm:
        yield farm


# Seconds after BASE at which the three runs begin: the first two in minutes of their own, and no further apart than they
# really are, so that no agent is taken for one that was started again.
FIRST, SECOND, THIRD = 55, 60, 65


@pytest.fixture(scope="module")
def polled(farm, tmp_path_factory):
    """Two runs of all PDUs, the first of which knows nobody: what they said, how long they took, the state directory."""
    directory = tmp_path_factory.mktemp("fire")
    fire.write_configuration(farm, directory / "fire.yaml", directory / "state", deadline=50)
    runs = []
    for moment in (FIRST, SECOND):
        begun = time.monotonic()
        done = polling.run("--config", directory / "fire.yaml", timeout=120, environment=at(BASE + moment))
        runs.append((done, time.monotonic() - begun, fire.outcomes(directory / "state")))
    return runs, directory / "state"


def test_the_healthy_are_stored_and_each_failure_has_its_reason(polled):
    runs, state = polled
    history = sqlite3.connect(state / "history.db")
    for minute, (run, elapsed, found) in zip((BASE, BASE + 60), runs):
        assert run.status == 1
        assert elapsed < 55
        assert fire.wrong(found, PDUS) == []
        readable = sum(outcome == "ok" for outcome in found.values())
        assert readable == PDUS * 74 // 100
        stored = history.execute("SELECT pdus_read, pdus_failed FROM run WHERE minute = ?", (minute,))
        assert stored.fetchall() == [(readable, PDUS - readable)]
        whole = "SELECT count(*) FROM reading WHERE time = ? AND element_id < 1000000 AND power_milliwatts > 0"
        assert history.execute(whole, (minute,)).fetchall() == [(readable,)]
        # One line says what became of each that was not read.
        assert run.stderr.count("pdu-poll: PDU ") == PDUS - readable
    history.close()


def test_the_deadline_holds_and_the_known_are_read_before_it(polled, farm, tmp_path):
    shutil.copytree(polled[1], tmp_path / "state")
    fire.write_configuration(farm, tmp_path / "fire.yaml", tmp_path / "state", deadline=10)
    begun = time.monotonic()
    run = polling.run("--config", tmp_path / "fire.yaml", timeout=120, environment=at(BASE + THIRD))
    assert time.monotonic() - begun < 10 + 5
    assert run.status == 1
    found = fire.outcomes(tmp_path / "state")
    assert {found[number] for number in range(PDUS) if fire.kind(number) == "dead"} == {"deadline"}
    healthy = [found[number] for number in range(PDUS) if fire.kind(number) == "healthy"]
    # One of them may have lost four datagrams in a row.
    assert set(healthy) <= {"ok", "deadline"}
    assert healthy.count("ok") >= len(healthy) - 1


def test_fewer_descriptors_than_pdus_are_enough(polled, farm, tmp_path):
    shutil.copytree(polled[1], tmp_path / "state")
    fire.write_configuration(farm, tmp_path / "fire.yaml", tmp_path / "state", deadline=50)
    limited = ["prlimit", "--nofile=160:160", polling.BINARIES / "pdu-poll", "--config", tmp_path / "fire.yaml"]
    run = subprocess.run(limited, capture_output=True, text=True, timeout=120, env=dict(os.environ, **at(BASE + THIRD)), check=False)
    assert run.returncode == 1, run.stderr
    assert fire.wrong(fire.outcomes(tmp_path / "state"), PDUS) == []
