"""When the database cannot take what was read: it waits in the spool, and is stored by the next good run, in order, once.

Each test reads the same PDUs at the same minutes into two state directories, one of which nothing befalls; in the end both
databases hold the same.
"""

import contextlib
import errno
import json
import os
import random
import shutil
import sqlite3
import subprocess

import pytest
import snmpd
from faults import faults, together
from polling import BINARIES, Poller, community, credential
from shifted_clock import at

# 2026-03-02T12:00:00Z.
BASE = 1_772_452_800
POWER, ENERGY = ".1.3.6.1.4.1.318.1.1.26.4.3.1.5.1", ".1.3.6.1.4.1.318.1.1.26.4.3.1.9.1"
# What must be the same, with its columns; not how long something took, nor when a thing was written.
CONTENTS = {
    "run": "SELECT minute, started_at, interval_seconds, maximum_gap_seconds, pdus_read, pdus_failed FROM run ORDER BY 1",
    "reading": "SELECT * FROM reading ORDER BY time, element_id",
    "sensor_reading": "SELECT * FROM sensor_reading ORDER BY time, sensor_id",
    "rollup": 'SELECT bucket.start, bucket."end", rollup.* FROM rollup JOIN bucket ON id = bucket_id ORDER BY 3, 4',
    "site_rollup": "SELECT * FROM site_rollup ORDER BY 1",
    "part_reading": "SELECT * FROM part_reading ORDER BY time, pdu_id",
    "open_account": "SELECT * FROM open_account ORDER BY pdu_id",
    "meter_checkpoint": "SELECT * FROM meter_checkpoint ORDER BY element_id, day_start",
    "failed_poll": "SELECT * FROM failed_poll ORDER BY minute, pdu_id",
    "event": "SELECT at, pdu_id, element_id, kind, detail FROM event ORDER BY at, kind, pdu_id, element_id",
    "pdu": "SELECT * FROM pdu ORDER BY id",
    "element": "SELECT * FROM element ORDER BY id",
    "element_version": "SELECT * FROM element_version ORDER BY element_id, valid_from",
    "pdu_unit": "SELECT * FROM pdu_unit ORDER BY pdu_id, valid_from",
    "poll_rule": "SELECT * FROM poll_rule ORDER BY 1",
    "pdu_status": "SELECT pdu_id, last_attempt_at, last_read_at, failure, failure_detail FROM pdu_status ORDER BY 1",
    "engine": "SELECT address, engine_id, boots FROM snmp_engine ORDER BY 1",
}


@pytest.fixture(scope="module")
def agents(tmp_path_factory):
    """Two PDUs whose power and energy are what `set_minute` says."""
    directory = tmp_path_factory.mktemp("agents")
    objects = directory / "objects.txt"
    shutil.copy(snmpd.HERE / "pdus" / "rpdu2.txt", objects)
    with snmpd.Snmpd(directory / "a", objects=objects) as left, snmpd.Snmpd(directory / "b", objects=objects) as right:
        yield left, right


class Twins:
    """Two pollers of the same PDUs at the same time: to one of them things happen."""

    def __init__(self, directory, agents, deadline=2):
        self.objects = agents[0].objects
        self.poller, self.twin = (
            Poller(directory / name, deadline=deadline)
            .add("Left", agents[0].address, credential("SHA", "AES"))
            .add("Right", agents[1].address, community("2c"))
            .add("Gone", "127.0.0.1:9", community("2c"))
            for name in ("disturbed", "twin")
        )
        for poller in (self.poller, self.twin):
            poller.directory.mkdir()

    @property
    def state(self):
        return self.poller.state

    @property
    def database(self):
        return self.state / "history.db"

    def set_minute(self, number):
        """What the PDU says in this minute."""
        text = (snmpd.HERE / "pdus" / "rpdu2.txt").read_text()
        text = text.replace(f"{POWER}|integer|121", f"{POWER}|integer|{100 + number * 7 % 50}")
        text = text.replace(f"{ENERGY}|integer|123456", f"{ENERGY}|integer|{123456 + number // 2}")
        new = self.objects.with_suffix(".new")
        new.write_text(text)
        new.replace(self.objects)

    def run(self, number, *environments, arguments=(), second=1):
        """The run of a minute by the one to whom things happen."""
        self.set_minute(number)
        clock = at(BASE + 60 * number + second)
        return self.poller.run(*arguments, environment=together(clock, *environments))

    def run_twin(self, number, arguments=(), second=1):
        """The run of a minute by the other one."""
        self.set_minute(number)
        done = self.twin.run(*arguments, environment=at(BASE + 60 * number + second))
        assert done.status == 1, done.stderr
        return done

    def both(self, number, *environments):
        """A run of each; that of the one to whom things happen."""
        self.run_twin(number)
        return self.run(number, *environments)

    def spooled(self):
        """The names of the files that wait."""
        return sorted(path.name for path in self.state.glob("spool/*.run"))

    def strange(self):
        """What is in the spool and is neither a file that waits nor the reserve."""
        known = {*self.spooled(), "reserve"}
        spool = self.state / "spool"
        return [path.name for path in spool.iterdir() if path.name not in known] if spool.exists() else []

    def assert_same(self):
        assert self.spooled() == []
        assert self.strange() == []
        assert contents(self.database) == contents(self.twin.state / "history.db")


def contents(database):
    """All that must be the same of a database."""
    with contextlib.closing(sqlite3.connect(database)) as history:
        assert history.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {name: history.execute(sql).fetchall() for name, sql in CONTENTS.items()}


def minutes(database):
    """The numbers of the minutes that were stored."""
    with contextlib.closing(sqlite3.connect(database)) as history:
        return [(minute - BASE) // 60 for (minute,) in history.execute("SELECT minute FROM run ORDER BY minute")]


def name_of(number):
    """The name of a minute's file."""
    return f"20260302T{12 + number // 60:02}{number % 60:02}00Z.run"


@contextlib.contextmanager
def held(database, statement="BEGIN IMMEDIATE"):
    """The database while another program is writing to it."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as other:
        if statement != "BEGIN IMMEDIATE":
            other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute(statement)
        yield
        other.execute("ROLLBACK")


@pytest.fixture
def twins(tmp_path, agents):
    return Twins(tmp_path, agents)


NO_ROOM = errno.ENOSPC


def without_room(twins, **more):
    """The disk has no room left for the database."""
    return faults(twins.state, error=NO_ROOM, files="history.db", **more)


def test_a_database_that_another_program_holds(twins):
    twins.both(0)
    with held(twins.database):
        for number in (1, 2, 3):
            run = twins.both(number)
            assert run.status == 75
            lines = run.stderr.splitlines()
            assert "another program holds the database" in lines[0]
            others = ["", ", behind another", ", behind 2 others"][number - 1]
            assert f"waits in {twins.state}/spool/{name_of(number)}{others}; the next run" in lines[1]
            assert "3 PDUs: 2 ok, 1 failed" in lines[-1]
    assert twins.spooled() == [name_of(number) for number in (1, 2, 3)]
    assert minutes(twins.database) == [0]
    run = twins.both(4)
    assert run.status == 1
    assert "3 runs that waited were taken up from the spool: 2026-03-02T12:01:00Z to 2026-03-02T12:03:00Z" in run.stderr
    twins.assert_same()


def test_a_database_that_is_let_go_of_before_the_deadline_is_waited_for(tmp_path, agents):
    twins = Twins(tmp_path, agents, deadline=20)
    twins.both(0)
    release = subprocess.Popen(
        [
            "python3", "-c",
            "import sqlite3, sys, time\n"
            "other = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
            "other.execute('BEGIN IMMEDIATE')\n"
            "print('held', flush=True)\n"
            "time.sleep(3)\n",
            twins.database,
        ],
        stdout=subprocess.PIPE,
    )
    assert release.stdout.readline() == b"held\n"
    run = twins.both(1)
    release.wait(timeout=20)
    assert run.status == 1
    assert "spool" not in run.stderr
    twins.assert_same()


def test_a_database_that_cannot_even_be_read(twins):
    twins.both(0)
    with held(twins.database, "BEGIN EXCLUSIVE"):
        for number in (1, 2):
            run = twins.both(number)
            assert run.status == 75
            assert "3 PDUs: 2 ok, 1 failed" in run.stderr
    twins.both(3)
    twins.assert_same()


def requests(lines):
    """How many requests the left PDU took, by the lines of a verbose run."""
    return int(next(line for line in lines if " requests, " in line).split(" requests, ")[0].split()[-1])


def test_what_a_spooled_run_learned_is_known_to_the_next(twins):
    twins.both(0)
    with held(twins.database, "BEGIN EXCLUSIVE"):
        first, second = (
            twins.run(1, arguments=["--verbose"], second=second).stderr.splitlines() for second in (1, 3)
        )
    assert requests(first) > 1
    assert requests(second) == 1


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EROFS])
@pytest.mark.parametrize("begun", [False, True])
def test_a_database_that_the_system_will_not_write(twins, error, begun):
    if begun:
        twins.both(0)
    for number in (1, 2):
        run = twins.both(number, faults(twins.state, error=error, files="history.db"))
        assert run.status == 70
        assert f"waits in {twins.state}/spool/{name_of(number)}" in run.stderr
    twins.both(3)
    twins.assert_same()


def test_a_damaged_database_in_whose_place_no_new_one_can_be_begun(twins):
    twins.both(0)
    for path in (twins.database, twins.twin.state / "history.db"):
        path.write_bytes(b"this is no database" * 1000)
    damaged = twins.run(1, without_room(twins))
    assert damaged.status == 70
    assert "the database is damaged, and moved to" in damaged.stderr
    assert twins.spooled() == [name_of(1)]
    assert twins.twin.run(environment=at(BASE + 61)).status == 70
    twins.both(2)
    mine, other = contents(twins.database), contents(twins.twin.state / "history.db")
    # Only one of them was in a position to tell of the damage in a new database.
    mine.pop("event")
    other.pop("event")
    assert mine == other
    assert twins.spooled() == []


def mounted(command):
    """Mounts something; skips the test where that is not allowed."""
    if os.geteuid() != 0:
        pytest.skip("mounting takes root")
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("nothing can be mounted here")


@contextlib.contextmanager
def small_disk(directory, size):
    """A disk of so many KiB."""
    directory.mkdir()
    mounted(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", directory])
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", directory], check=True)


def fill(path):
    """Takes all the room that a disk has left."""
    with open(path, "wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


def test_a_disk_that_is_really_full(twins):
    with small_disk(twins.state, 4096):
        twins.both(0)
        reserve = twins.state / "spool" / "reserve"
        room = reserve.stat().st_size
        assert room >= 128 << 10
        fill(twins.state / "filler")
        for number in (1, 2):
            run = twins.both(number)
            assert run.status == 70
            assert "no space is left" in run.stderr
            assert f"waits in {twins.state}/spool/{name_of(number)}" in run.stderr
        assert reserve.stat().st_size < room
        (twins.state / "filler").unlink()
        # The first of them perhaps already, in the room that the database had taken before it was full.
        assert "taken up from the spool: " in twins.both(3).stderr
        # An eighth of what is free; when it was made first, the tables' making lay in the WAL as well.
        assert room <= reserve.stat().st_size <= 4096 * 1024 // 8
        twins.assert_same()


def test_a_disk_without_a_byte_left_for_the_spool(twins):
    with small_disk(twins.state, 4096):
        twins.both(0)
        (twins.state / "spool" / "reserve").unlink()
        fill(twins.state / "filler")
        run = twins.run(1)
        assert run.status == 70
        assert "what was read for 2026-03-02T12:01:00Z is LOST" in run.stderr
        assert "No space left on device" in run.stderr
        assert twins.spooled() == []
        (twins.state / "filler").unlink()
        # The twin did not read that minute.
        twins.both(2)
        twins.assert_same()


def test_a_database_on_a_read_only_file_system(twins):
    twins.both(0)
    mounted(["mount", "--bind", twins.database, twins.database])
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", twins.database], check=True)
        run = twins.both(1)
    finally:
        subprocess.run(["umount", "-l", twins.database], check=True)
    assert run.status == 70
    assert f"waits in {twins.state}/spool/{name_of(1)}" in run.stderr
    twins.both(2)
    twins.assert_same()


def test_a_damaged_spool_file_is_moved_aside_and_the_others_are_stored(twins):
    twins.both(0)
    for number in (1, 2, 3):
        (twins.both if number != 2 else twins.run)(number, without_room(twins))
    damaged = twins.state / "spool" / name_of(2)
    damaged.write_bytes(damaged.read_bytes()[:-7])
    run = twins.both(4)
    assert run.status == 1
    assert f"is in {damaged}.damaged now: it is damaged" in run.stderr
    assert twins.strange() == [f"{damaged.name}.damaged"]
    (damaged.parent / f"{damaged.name}.damaged").unlink()
    twins.assert_same()


def test_second_runs_of_a_minute_fill_in_what_the_first_ones_missed(twins):
    twins.both(0)
    for number in (1, 2):
        for second, arguments in [(1, ["--pdu", "Left"]), (20, ["--pdu", "Right"]), (40, ["--pdu", "Left"])]:
            twins.set_minute(number)
            twins.twin.run(*arguments, environment=at(BASE + 60 * number + second))
            twins.run(number, without_room(twins), arguments=arguments, second=second)
    assert len(twins.spooled()) == 6
    twins.both(3)
    twins.assert_same()


def test_pductl_says_what_waits(twins):
    twins.both(0)
    command = [BINARIES / "pductl", "status", "--json", "--config", twins.poller.path]

    def status():
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        return json.loads(done.stdout)

    def check():
        done = subprocess.run(
            [BINARIES / "pductl", "check", "--json", "--config", twins.poller.path],
            capture_output=True, text=True, timeout=60, check=False,
        )
        return [find for find in json.loads(done.stdout)["findings"] if find["subject"] == "spool"]

    assert status()["waiting_since"] is None
    assert [find["state"] for find in check()] == ["ok"]
    twins.run(1, without_room(twins))
    twins.run(2, without_room(twins))
    assert status()["waiting_since"] == "2026-03-02T12:01:00Z"
    (twins.state / "spool" / f"{name_of(1)}.damaged").write_bytes(b"x")
    found = check()
    assert [find["state"] for find in found] == ["warning", "warning"]
    assert "2 runs in" in found[0]["text"] and "2026-03-02T12:01:00Z" in found[0]["text"]
    assert f"{name_of(1)}.damaged" in found[1]["text"]


def test_a_clock_that_was_ahead_is_told_of_and_rewound(twins):
    twins.both(0)
    twins.run(500, without_room(twins))
    run = twins.both(1)
    assert "1 runs in" in run.stderr and "pductl rewind" in run.stderr
    assert minutes(twins.database) == [0, 1]
    rewound = subprocess.run(
        [BINARIES / "pductl", "rewind", "--config", twins.poller.path],
        env=dict(os.environ, **at(BASE + 90)), capture_output=True, text=True, timeout=60, check=False,
    )
    assert rewound.returncode == 0, rewound.stderr
    assert twins.strange() == [name_of(500) + ".ahead"]
    assert "spool" not in twins.both(2).stderr


# MARK: killed, at every step


class Killing:
    """A state directory as it was, and what becomes of it when the next run is killed."""

    def __init__(self, twins, directory):
        self.twins = twins
        self.saved = directory / "saved"
        shutil.copytree(twins.state, self.saved)

    def reset(self):
        shutil.rmtree(self.twins.state)
        shutil.copytree(self.saved, self.twins.state)

    def steps(self, number, log, *environments):
        """What the run of a minute does to the state directory, step by step."""
        log.unlink(missing_ok=True)
        self.twins.run(number, faults(self.twins.state, log=log), *environments)
        self.reset()
        return [line.split(maxsplit=2)[1:] for line in log.read_text().splitlines()]


def chosen(steps, count, seed):
    """The numbers of so many steps: all that have to do with the spool, the others at random."""
    spool = [number for number, (_, path) in enumerate(steps, 1) if "/spool" in path]
    others = [number for number in range(1, len(steps) + 1) if number not in spool]
    source = random.Random(seed)
    return sorted({*source.sample(spool, min(count, len(spool))), *source.sample(others, min(count // 2, len(others)))})


def test_a_run_killed_while_it_spools_leaves_all_or_nothing(twins, tmp_path):
    twins.both(0)
    twins.both(1, without_room(twins))
    killing = Killing(twins, tmp_path)
    steps = killing.steps(2, tmp_path / "log", without_room(twins))
    assert any("unfinished" in path for _, path in steps)
    outcomes = set()
    for kill in range(1, len(steps) + 2):
        killing.reset()
        killed = twins.run(2, together(without_room(twins), faults(twins.state, kill=kill)))
        assert killed.status == (-9 if kill <= len(steps) else 70)
        after = twins.run(3)
        assert after.status == 1, after.stderr
        assert twins.spooled() == twins.strange() == []
        stored = minutes(twins.database)
        assert stored in ([0, 1, 3], [0, 1, 2, 3])
        outcomes.add(len(stored))
    # The last of these runs was not killed, so nothing was lost; the twin saw the same.
    assert outcomes == {3, 4}
    twins.run_twin(2)
    twins.run_twin(3)
    twins.assert_same()


def test_a_run_killed_while_it_takes_up_enters_everything_once(twins, tmp_path):
    twins.both(0)
    for number in (1, 2, 3, 4):
        twins.both(number, without_room(twins))
    # Two runs of a minute, the trickiest of all.
    twins.twin.run("--pdu", "Left", environment=at(BASE + 4 * 60 + 20))
    twins.run(4, without_room(twins), arguments=["--pdu", "Left"], second=20)
    killing = Killing(twins, tmp_path)
    steps = killing.steps(5, tmp_path / "log")
    assert sum(what == "unlink" and "/spool/2026" in path for what, path in steps) == 5
    # With and without the run that was killed.
    whole = tmp_path / "whole"
    before = tmp_path / "before"
    shutil.copytree(twins.twin.state, before)
    twins.run_twin(5)
    twins.run_twin(6)
    shutil.copytree(twins.twin.state, whole)
    shutil.rmtree(twins.twin.state)
    shutil.copytree(before, twins.twin.state)
    twins.run_twin(6)
    expected = {
        length: contents(directory / "history.db") for length, directory in ((7, whole), (6, twins.twin.state))
    }
    for kill in chosen(steps, 40, seed=5):
        killing.reset()
        assert twins.run(5, faults(twins.state, kill=kill)).status == -9
        after = twins.run(6)
        assert after.status == 1, after.stderr
        assert twins.spooled() == twins.strange() == []
        stored = minutes(twins.database)
        assert contents(twins.database) == expected[len(stored)], f"killed at step {kill}: {steps[kill - 1]}"


def test_a_disk_that_fills_up_at_any_step_loses_nothing_without_a_word(twins, tmp_path):
    twins.both(0)
    twins.both(1, without_room(twins))
    killing = Killing(twins, tmp_path)
    steps = killing.steps(2, tmp_path / "log")
    for since in chosen(steps, 24, seed=7):
        killing.reset()
        run = twins.run(2, faults(twins.state, error=NO_ROOM, since=since))
        assert run.status in (1, 70)
        lost = "LOST" in run.stderr
        assert (run.status == 1) == ("waits in" not in run.stderr and not lost), run.stderr
        after = twins.run(3)
        assert after.status == 1, after.stderr
        assert twins.spooled() == twins.strange() == []
        assert minutes(twins.database) == ([0, 1, 3] if lost else [0, 1, 2, 3]), f"full from step {since} on"
