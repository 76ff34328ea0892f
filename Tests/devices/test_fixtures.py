"""Every built-in profile reads a recording of our own making exactly as its MIB means it."""

import concurrent.futures

import pytest

import fixtures
from program import walk

FILES = fixtures.every()
of_every_fixture = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


@pytest.mark.parametrize("profile", [profile["name"] for profile in fixtures.profiles()])
def test_every_profile_has_a_fixture(profile):
    read_by = {pdu["profile"] for file in FILES for pdu in fixtures.expected(file)["pdus"] if "profile" in pdu}
    assert profile in read_by, f"Tests/devices/fixtures/{profile}.snmprec, or its .json, is missing"


def check(file, expected):
    """Fails when not exactly what is expected is read of `file`."""
    run = walk(file, "--json", "--oids")
    assert run.status == 0, run.stderr
    differences = fixtures.differences(fixtures.comparable(run.report), fixtures.comparable(expected))
    assert not differences, "\n".join([file.name, *differences])


@of_every_fixture
def test_a_fixture_is_read_as_its_json_says(file):
    check(file, fixtures.expected(file))


@of_every_fixture
def test_the_output_of_snmpwalk_reads_the_same(file, tmp_path):
    text = tmp_path / f"{file.stem}.walk"
    text.write_text(fixtures.walk_text(file.read_text()))
    check(text, fixtures.expected(file))


@of_every_fixture
def test_a_fixture_that_was_cut_off_does_no_harm(file, tmp_path):
    content = file.read_bytes()

    def status(part):
        cut = tmp_path / f"{part}.snmprec"
        cut.write_bytes(content[: len(content) * part // 10])
        return walk(cut, "--json", "--oids").status

    with concurrent.futures.ThreadPoolExecutor() as pool:
        statuses = list(pool.map(status, [1, 4, 7, 9]))
    # Read, not readable, or not a recording: never a crash.
    assert set(statuses) <= {0, 1, 2}, statuses
