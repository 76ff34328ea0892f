"""Checks of what is not compiled: shell scripts, systemd units."""

import os
import pathlib
import shutil
import subprocess

import pytest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
SHELL_SCRIPTS = sorted(
    path
    for path in [*PROJECT.glob("script/*"), PROJECT / ".ci" / "run"]
    if path.is_file() and b"sh" in path.read_bytes().split(b"\n", 1)[0]
)
UNITS = sorted(PROJECT.glob("cron/*.service"))


def run(*command):
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("script", SHELL_SCRIPTS, ids=lambda path: path.name)
def test_shellcheck_finds_nothing(script):
    if not shutil.which("shellcheck"):
        pytest.skip("needs shellcheck (Debian package shellcheck)")

    result = run("shellcheck", "-x", str(script))

    assert result.stdout == "" and result.returncode == 0


def test_the_scripts_of_the_contract_are_there_and_can_be_run():
    for name in ["test", "bootstrap", "format", "lint"]:
        assert os.access(PROJECT / "script" / name, os.X_OK), name


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_are_locked_down(unit):
    if not shutil.which("systemd-analyze"):
        pytest.skip("needs systemd-analyze (Debian package systemd)")

    result = run("systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit))

    assert result.returncode == 0, result.stdout.splitlines()[-1]


def test_units_are_understood_by_systemd():
    if not shutil.which("systemd-analyze"):
        pytest.skip("needs systemd-analyze (Debian package systemd)")

    units = [str(path) for path in PROJECT.glob("cron/*") if path.suffix in {".service", ".socket", ".timer"}]
    complaints = [
        line
        for line in run("systemd-analyze", "verify", *units).stderr.splitlines()
        # The programs are installed elsewhere, by script/install.
        if "is not executable: No such file or directory" not in line
    ]

    assert len(units) == 4
    assert complaints == []
