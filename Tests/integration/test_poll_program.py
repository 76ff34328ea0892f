"""pdu-poll as a program: arguments, exit statuses, the lock, and what it says when it cannot go on."""

import fcntl
import os
import sqlite3
import shutil
import subprocess

import pytest
import snmpd
from polling import BINARIES, Poller, credential, run


@pytest.fixture(scope="module")
def pdu(tmp_path_factory):
    """An rPDU2."""
    with snmpd.Snmpd(tmp_path_factory.mktemp("rpdu2")) as agent:
        yield agent


@pytest.fixture
def poller(pdu, tmp_path):
    """A poller of that PDU."""
    return Poller(tmp_path).add("PDU", pdu.address, credential("SHA", "AES"))


def test_help_and_version_go_to_standard_output():
    usage = run("--help")
    assert (usage.status, usage.stderr) == (0, "")
    for option in ["--once", "--pdu NAME...", "--dry-run", "--json", "--verbose", "--config FILE", "--walk FILE"]:
        assert option in usage.stdout
    version = run("--version")
    assert version.status == 0
    assert version.stdout.startswith("pdu-poll ")


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--dryrun"], "unknown option --dryrun; did you mean --dry-run?"),
        (["--pdu"], "--pdu needs a value: --pdu NAME"),
        (["left"], '"left" is not an option'),
        (["--walk", "x", "--pdu", "y"], "--pdu has no place there"),
    ],
)
def test_wrong_arguments_are_explained(arguments, message):
    wrong = run(*arguments)
    assert (wrong.status, wrong.stdout) == (2, "")
    assert message in wrong.stderr
    assert "Usage: pdu-poll" in wrong.stderr


def test_a_missing_configuration_is_a_usage_error(tmp_path):
    missing = run("--config", tmp_path / "nothing.yaml")
    assert missing.status == 2
    assert missing.stderr.count("\n") == 1
    assert "nothing.yaml" in missing.stderr


def test_a_wrong_configuration_lists_every_problem(poller):
    poller.configuration["poll"]["intervall"] = 60
    poller.configuration["pdus"][0]["credentials"] = "nobody"
    wrong = poller.run()
    assert wrong.status == 2
    assert len(wrong.stderr.splitlines()) == 2
    assert not poller.state.exists()


def test_under_systemd_lines_carry_their_priority(poller):
    done = poller.run("--once", environment={"JOURNAL_STREAM": "8:1234"})
    assert done.status == 0
    assert done.stderr.startswith("<6>pdu-poll: 1 PDUs: 1 ok, 0 failed; 7 readings; ")


def test_a_held_lock_is_a_temporary_failure(poller):
    poller.state.mkdir()
    with open(poller.state / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        held = poller.run()
    assert held.status == 75
    assert held.stderr == f"pdu-poll: another run holds the lock {poller.state}/lock\n"
    assert not (poller.state / "history.db").exists()
    assert poller.run().status == 0


def test_a_dry_run_needs_no_lock(poller):
    poller.state.mkdir()
    with open(poller.state / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert poller.run("--dry-run").status == 0


def test_a_busy_database_is_a_temporary_failure(poller):
    assert poller.run().status == 0
    poller.configuration["poll"]["deadline"] = 2
    with sqlite3.connect(poller.state / "history.db") as other:
        other.execute("BEGIN IMMEDIATE")
        busy = poller.run()
        other.rollback()
    assert busy.status == 75
    assert "another program holds the database" in busy.stderr


def test_a_state_directory_that_cannot_be_made_is_named(poller, tmp_path):
    (tmp_path / "file").write_text("in the way")
    poller.configuration["state_directory"] = str(tmp_path / "file" / "state")
    failed = poller.run()
    assert failed.status == 70
    assert failed.stderr.count("\n") == 1
    assert str(tmp_path / "file" / "state") in failed.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system takes root")
def test_a_full_disk_is_named_and_nothing_is_half_stored(poller, tmp_path):
    poller.state.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", poller.state], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("file systems cannot be mounted here")
    try:
        full = poller.run()
    finally:
        subprocess.run(["umount", "-l", poller.state], check=True)
    assert full.status == 70
    assert "no space is left" in full.stderr or "No space left" in full.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="becoming another user takes root")
def test_a_directory_without_the_right_to_write_is_named(poller, tmp_path):
    poller.state.mkdir(mode=0o755)
    poller.run("--dry-run")
    for directory in [tmp_path, *tmp_path.parents][:3]:
        directory.chmod(directory.stat().st_mode | 0o055)
    poller.path.chmod(0o644)
    command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    # Another user cannot look into a checkout of root's.
    program = tmp_path / "pdu-poll"
    shutil.copy(BINARIES / "pdu-poll", program)
    reachable = subprocess.run([*command, program, "--version"], capture_output=True, check=False)
    if reachable.returncode != 0:
        pytest.skip("the Swift runtime of this machine is for root alone")
    refused = subprocess.run(
        [*command, program, "--config", poller.path], capture_output=True, text=True, check=False
    )
    assert refused.returncode == 70
    assert f"{poller.state}/lock: Permission denied" in refused.stderr


def test_a_damaged_database_is_put_aside_and_a_new_one_begun(poller):
    poller.state.mkdir()
    (poller.state / "history.db").write_bytes(b"this is no database" * 1000)
    done = poller.run()
    assert done.status == 70
    lines = done.stderr.splitlines()
    assert lines[0].startswith(f"pdu-poll: the database was damaged: it was moved to {poller.state}/history.db.")
    assert len(lines) == 2
    kept = [path for path in poller.state.iterdir() if path.is_file() and b"this is no database" in path.read_bytes()[:100]]
    assert len(kept) == 1
    assert poller.run().status == 0


def test_a_changed_time_zone_asks_for_a_rebuild_and_loses_nothing_meanwhile(poller):
    assert poller.run().status == 0
    poller.configuration["site"]["timezone"] = "Europe/Paris"
    stored = poller.run()
    assert stored.status == 0
    assert stored.stderr.count("\n") == 2
    assert "Europe/London" in stored.stderr and "pductl rebuild" in stored.stderr
    with sqlite3.connect(poller.state / "history.db") as history:
        assert history.execute("SELECT zone FROM history").fetchall() == [("Europe/London",)]


def test_a_recording_is_decoded_without_configuration_or_network(pdu, tmp_path):
    recording = tmp_path / "rpdu2.walk"
    recording.write_text(pdu.walk())
    walked = run("--walk", recording, "--json")
    asked = Poller(tmp_path).add("PDU", pdu.address, credential("SHA", "AES")).ask().pdu("PDU")
    assert walked.status == 0
    assert walked.report["pdus"][0]["readings"] == asked["readings"]
    assert walked.report["pdus"][0]["sensors"] == asked["sensors"]
    table = run("--walk", recording)
    assert table.status == 0
    assert "AP8659" in table.stdout
    assert ["outlet", "3", "spare", "0"] == table.stdout.splitlines()[-2].split()[:4]


def test_a_recording_of_something_else_is_an_unsupported_device(tmp_path):
    recording = tmp_path / "printer.walk"
    recording.write_text(".1.3.6.1.2.1.1.1.0 = STRING: A printer\n.1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.11.2.3.9.1\n")
    done = run("--walk", recording, "--json")
    assert done.status == 1
    assert done.report["pdus"][0]["reason"] == "unsupported_device"


@pytest.mark.parametrize("text", [None, "", "nonsense\n"])
def test_a_recording_that_is_none_is_a_usage_error(tmp_path, text):
    recording = tmp_path / "recording"
    if text is not None:
        recording.write_text(text)
    done = run("--walk", recording)
    assert done.status == 2
    assert done.stderr.count("\n") == 1
    assert "recording" in done.stderr
