"""The archive as people meet it: what pductl says of its files, and what a clock that ran ahead leaves behind."""

import gzip
import os
import pathlib
import sqlite3
import subprocess
import time

import pytest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(os.environ.get("PDU_BIN") or PROJECT / ".build" / "debug")
DAY = 86_400


class Site:
    """A configuration and a history in a directory of their own."""

    def __init__(self, directory):
        self.directory = directory
        self.history = directory / "state" / "history.db"
        self.archive = directory / "state" / "archive"
        self.path = directory / "pdu-monitor.yaml"
        self.path.write_text(
            "site: {timezone: Europe/London}\nstate_directory: state\ncredentials: {}\npdus: []\n"
            "web: {socket: fcgi.sock}\n"
        )

    def tool(self, *arguments):
        """What the tests' own program says, which must succeed."""
        command = [PROGRAMS / "history-tool", *map(str, arguments)]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout

    def pductl(self, *arguments):
        return subprocess.run(
            [PROGRAMS / "pductl", *arguments, "--config", self.path],
            cwd=self.directory, capture_output=True, text=True, timeout=60,
        )

    def write(self, first, count):
        """Stores `count` runs from the minute of `first` on; answers that minute."""
        first -= first % 60
        self.tool("write", self.history, first, count)
        return first

    def archived(self):
        """The lines of warnings that `pductl check` has about the archive, or its one line of praise."""
        found = self.pductl("check").stdout.splitlines()
        return [line for line in found if " archive: " in line]

    def query(self, sql):
        with sqlite3.connect(f"file:{self.history}?mode=ro", uri=True) as database:
            return database.execute(sql).fetchall()


@pytest.fixture
def site(tmp_path):
    if not (PROGRAMS / "history-tool").exists():
        pytest.skip("needs history-tool, which is built with the tests")
    return Site(tmp_path)


@pytest.fixture
def archived(site):
    """A site with three runs of 500 days ago in the archive, and one of now in the database."""
    old = int(time.time()) - 500 * DAY
    old = site.write(old - old % DAY + DAY // 2, 3)
    site.write(int(time.time()) - 120, 1)
    site.tool("retain", site.history, old + DAY)
    [site.file] = site.archive.glob("readings-*.csv.gz")
    return site


def test_archived_readings_are_csv(archived):
    lines = gzip.decompress(archived.file.read_bytes()).decode().split("\r\n")

    assert lines[0].startswith("time,pdu,element,number,power_watts")
    assert len(lines) == 1 + 3 * 27 + 1
    assert archived.query("SELECT count(*) FROM power_readings") == [(3,)]


def test_check_praises_a_sound_archive(archived):
    [line] = archived.archived()

    assert line.startswith("ok") and "every file as long as it was written" in line


def test_check_says_that_there_is_none_yet(site):
    site.write(int(time.time()) - 120, 1)

    [line] = site.archived()

    assert line.startswith("ok") and "none yet" in line


def test_check_warns_of_a_file_that_is_shorter(archived):
    archived.file.write_bytes(archived.file.read_bytes()[:-5])

    [line] = archived.archived()

    assert line.startswith("warning") and str(archived.file) in line
    assert f"pductl forget {archived.file.name[9:16]}" in line


def test_check_warns_of_a_file_of_another_history(archived):
    stranger = archived.archive / "readings-2001-01.csv.gz"
    stranger.write_bytes(gzip.compress(b"time\r\n"))

    [line] = archived.archived()

    assert line.startswith("warning") and str(stranger) in line


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_check_warns_of_a_directory_that_cannot_be_written(archived):
    archived.archive.chmod(0o550)
    try:
        [line] = archived.archived()
    finally:
        archived.archive.chmod(0o750)

    assert line.startswith("warning") and "cannot be written" in line


def test_rebuild_uses_the_archive(archived):
    before = archived.query("SELECT * FROM power_aggregations ORDER BY id")

    result = archived.pductl("rebuild")

    assert result.returncode == 0 and "warning" not in result.stderr
    assert archived.query("SELECT * FROM power_aggregations ORDER BY id") == before


def test_rebuild_without_a_file_says_so_and_keeps_what_it_was_part_of(archived):
    before = archived.query("SELECT * FROM power_aggregations ORDER BY id")
    archived.file.unlink()

    result = archived.pductl("rebuild")

    assert result.returncode == 0
    assert f"warning: {archived.file}: the file is missing" in result.stderr
    assert archived.query("SELECT * FROM power_aggregations ORDER BY id") == before


def test_forget_lets_a_lost_file_go(archived):
    archived.file.unlink()

    assert archived.pductl("forget", archived.file.name[9:16]).returncode == 0
    assert archived.archived()[0].startswith("ok")
    assert archived.pductl("forget", archived.file.name[9:16]).returncode == 2
    assert "are in no file" in archived.pductl("rebuild").stderr


def test_rewind_takes_out_what_is_still_to_come(site):
    now = site.write(int(time.time()) - 600, 3)
    before = site.query("SELECT * FROM power_aggregations ORDER BY id")
    ahead = site.write(now + 100 * DAY, 2)

    result = site.pductl("rewind")

    assert result.returncode == 0, result.stderr
    assert "2 runs from" in result.stderr
    [file] = site.archive.glob("set-aside-*.csv.gz")
    assert f"set aside in {file}" in result.stderr
    lines = gzip.decompress(file.read_bytes()).decode().split("\r\n")
    assert lines[1].startswith(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ahead)))
    assert len(lines) == 1 + 2 * 27 + 1
    assert site.query("SELECT * FROM power_aggregations ORDER BY id") == before
    assert site.query("SELECT max(minute) FROM run") == [(now + 120,)]
    assert "nothing to do" in site.pductl("rewind").stderr
