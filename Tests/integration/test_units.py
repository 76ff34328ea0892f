"""What systemd, man and nginx are given: as locked up as is possible, and without a complaint."""

import pathlib
import re
import shutil
import subprocess

import pytest

PROJECT = pathlib.Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze (Debian package systemd)")
@pytest.mark.parametrize("unit", ["pdu-poll.service", "pdu-fcgi.service"])
def test_units_are_exposed_to_2_at_the_most(unit):
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", PROJECT / "cron" / unit],
        capture_output=True, text=True, timeout=60,
    )

    found = re.search(r"exposure level for .*: ([\d.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    assert float(found[1]) <= 2.0 and done.returncode == 0


@pytest.mark.skipif(not shutil.which("man"), reason="needs man (Debian package man-db)")
@pytest.mark.parametrize("page", sorted(path.name for path in (PROJECT / "man").iterdir()))
def test_manual_pages_are_set_without_a_warning(page):
    done = subprocess.run(
        ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", PROJECT / "man" / page],
        capture_output=True, text=True, timeout=60,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANWIDTH": "80", "MANROFFSEQ": ""},
    )

    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout


def options(binaries, program):
    text = subprocess.run([binaries / program, "--help"], capture_output=True, text=True, timeout=30).stdout
    return set(re.findall(r"^ +(--[a-z-]+)", text, re.M)), set(re.findall(r"^  ([a-z]+)\b", text, re.M))


@pytest.mark.parametrize("program", ["pdu-poll", "pdu-fcgi", "pductl"])
def test_manual_pages_know_every_option_and_command(binaries, program):
    source = (PROJECT / "man" / f"{program}.8").read_text()
    known, verbs = options(binaries, program)

    written = {f"--{name}" for name in re.findall(r"Fl -([a-z-]+)", source)}
    if program == "pductl":
        # Those of check alone stand in its help.
        assert verbs == set(re.findall(r"^\.It Cm ([a-z]+)", source, re.M))
        known -= {"--help", "--version"}
    assert known <= written, known - written
    assert written <= known | {"--help", "--version"}, written - known


def test_the_package_has_the_version_of_the_programs(binaries):
    version = subprocess.run([binaries / "pductl", "--version"], capture_output=True, text=True, timeout=30).stdout
    changelog = (PROJECT / "debian" / "changelog").read_text()

    assert version.split()[1] == re.match(r"pdu-monitor \((.*)\)", changelog)[1]


@pytest.mark.parametrize("word, expected", [("ba", {"backup"}), ("re", {"record", "rebuild", "restore", "rewind"})])
def test_completion_knows_the_commands(binaries, word, expected):
    script = (
        f"source {PROJECT}/completions/pductl; COMP_WORDS=(pductl {word}); COMP_CWORD=1; _pductl;"
        ' printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, timeout=30, env={"PATH": f"{binaries}:/usr/bin:/bin"}
    )

    assert set(done.stdout.split()) == expected, done.stderr
