"""pductl backup and restore, while the poller commits and the page is asked for."""

import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess
import threading

import pytest

import web
from sites import agent, entry, site as trial  # noqa: F401

TARGETS = ["/api/pdus", "/api/current-status", "/api/power-data?period=week", "/api/statistics?period=day"]


@pytest.fixture
def history(tmp_path, shared_history, agent):
    """A site with a month of history and a PDU that answers, as both the responder and the poller know it."""
    (tmp_path / "state").mkdir()
    with contextlib.closing(sqlite3.connect(f"file:{shared_history}/state/history.db?mode=ro", uri=True)) as source:
        with contextlib.closing(sqlite3.connect(tmp_path / "state" / "history.db")) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = WAL")
    from sites import CREDENTIALS

    (tmp_path / "pdu-monitor.yaml").write_text(
        "site: {timezone: Europe/London}\n" f"state_directory: '{tmp_path}/state'\n" "web: {threads: 3}\n"
        "credentials_file: credentials.yaml\n" + entry(agent.address)
    )
    (tmp_path / "credentials.yaml").write_text(CREDENTIALS)
    (tmp_path / "credentials.yaml").chmod(0o600)
    return tmp_path


def run(history, program, *arguments):
    return subprocess.run(
        [web.BINARIES / program, *arguments, "--config", history / "pdu-monitor.yaml"],
        cwd=history, capture_output=True, text=True, timeout=120,
    )


def rows(path, sql):
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return database.execute(sql).fetchall()


class Poller:
    """Run after run, each as soon as the one before has ended."""

    def __init__(self, history):
        self.history = history
        self.statuses = []
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self._poll)
        self.thread.start()

    def _poll(self):
        while not self.is_over.is_set():
            done = run(self.history, "pdu-poll")
            self.statuses.append((done.returncode, done.stderr))

    def wait_for(self, more):
        goal = len(self.statuses) + more
        web.wait_until(lambda: len(self.statuses) >= goal, f"{more} more runs", seconds=60)

    def stop(self):
        self.is_over.set()
        self.thread.join()
        return self.statuses


@contextlib.contextmanager
def load(history, site):
    """Runs and questions, until the block ends; whoever asked was told the truth, and every run was stored or waited."""
    poller, crowd = Poller(history), web.Crowd(site, TARGETS, clients=3)
    try:
        yield poller
        crowd.wait_for(30)
        poller.wait_for(2)
    finally:
        answers, statuses = crowd.stop(), poller.stop()
    assert {answer.status for _, answer in answers if isinstance(answer, web.Answer)} == {200}
    assert all(isinstance(answer, web.Answer) for _, answer in answers)
    assert {status for status, _ in statuses} <= {0, 75}, statuses


def test_a_backup_under_load_is_sound_and_complete(history, site):
    known = rows(history / "state" / "history.db", "SELECT count(*) FROM rollup")[0][0]

    with load(history, site) as poller:
        for number in range(3):
            poller.wait_for(1)
            done = run(history, "pductl", "backup", f"copy-{number}.db", "--json")
            assert done.returncode == 0, done.stderr
            answer = json.loads(done.stdout)
            assert answer["bytes"] == (history / answer["file"]).stat().st_size

    for number in range(3):
        copy = history / f"copy-{number}.db"
        assert rows(copy, "PRAGMA integrity_check") == [("ok",)]
        assert rows(copy, "SELECT count(*) FROM rollup")[0][0] >= known
        # One file: nothing of it is in a log beside it.
        assert not pathlib.Path(f"{copy}-wal").exists()
    assert not list(history.glob("*.partial"))


def test_a_restore_under_load_is_whole_at_once_and_the_old_history_is_kept(history, site):
    assert run(history, "pductl", "backup", "copy.db").returncode == 0
    with contextlib.closing(sqlite3.connect(history / "copy.db")) as copy:
        copy.execute("UPDATE pdu SET name = 'Restored ' || id")
        copy.execute("DELETE FROM pdu_card")
        copy.commit()
    former = {name for (name,) in rows(history / "state" / "history.db", "SELECT name FROM pdu")}

    with load(history, site):
        done = run(history, "pductl", "restore", "copy.db", "--json")
        assert done.returncode == 0, done.stderr
        kept = pathlib.Path(json.loads(done.stdout)["kept"])
        web.wait_until(
            lambda: any(pdu["name"].startswith("Restored") for pdu in site.get("/api/pdus").data), "the copy"
        )

    assert kept.name.startswith("history.db.before-restore-")
    assert rows(kept, "PRAGMA integrity_check") == [("ok",)]
    assert {name for (name,) in rows(kept, "SELECT name FROM pdu")} >= former
    assert rows(history / "state" / "history.db", "PRAGMA integrity_check") == [("ok",)]
    assert not list((history / "state").glob("*.restore*"))
    events = run(history, "pductl", "events", "--json")
    assert "history_restored" in {event["kind"] for event in json.loads(events.stdout)["events"]}


def test_a_restore_waits_for_the_run_in_progress(history):
    assert run(history, "pductl", "backup", "copy.db").returncode == 0
    holder = subprocess.Popen(
        ["flock", "-x", history / "state" / "lock", "sh", "-c", "echo held; sleep 1"], stdout=subprocess.PIPE
    )
    assert holder.stdout.read(4) == b"held"

    done = run(history, "pductl", "restore", "copy.db")

    assert holder.poll() == 0, "it did not wait"
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("damage", ["damaged", "missing"])
def test_what_cannot_be_opened_is_moved_aside_and_replaced(history, damage):
    database = history / "state" / "history.db"
    assert run(history, "pductl", "backup", "copy.db").returncode == 0
    for suffix in ["-wal", "-shm"]:
        pathlib.Path(f"{database}{suffix}").unlink(missing_ok=True)
    if damage == "damaged":
        database.write_bytes(b"\x5a" * 8192)
    else:
        database.unlink()

    done = run(history, "pductl", "restore", "copy.db", "--json")

    assert done.returncode == 0, done.stderr
    kept = json.loads(done.stdout)["kept"]
    if damage == "damaged":
        assert pathlib.Path(kept).read_bytes() == b"\x5a" * 8192
    else:
        assert kept is None
    assert rows(database, "PRAGMA integrity_check") == [("ok",)]
    assert oct(database.stat().st_mode)[-3:] == "640"
    assert run(history, "pdu-poll").returncode == 0


@pytest.mark.parametrize("content", [b"", b"not a database, but long enough to be looked into" * 100, None])
def test_a_file_that_is_no_history_is_refused_and_nothing_changes(history, content):
    if content is not None:
        (history / "copy.db").write_bytes(content)
    before = rows(history / "state" / "history.db", "SELECT * FROM history")

    done = run(history, "pductl", "restore", "copy.db")

    assert done.returncode not in (0, 75)
    assert "copy.db" in done.stderr
    assert rows(history / "state" / "history.db", "SELECT * FROM history") == before
    assert [path.name for path in (history / "state").glob("*before-restore*")] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give the state directory to another user")
def test_root_restores_as_the_user_who_collects(trial, agent):
    trial.write(entry(agent.address))
    assert trial.run("pdu-poll").returncode == 0
    assert trial.pductl("backup", "copy.db").returncode == 0
    (trial.directory / "copy.db").chmod(0o644)
    for path in trial.directory, *trial.directory.parents:
        if path.stat().st_mode & 0o001 == 0:
            pytest.skip(f"nobody may not look into {path}")
    state = trial.directory / "state"
    for path in [state, *state.rglob("*")]:
        os.chown(path, 65534, 65534)

    done = trial.pductl("restore", "copy.db")

    assert done.returncode == 0, done.stderr
    assert {path.stat().st_uid for path in [state, *state.rglob("*")]} == {65534}
