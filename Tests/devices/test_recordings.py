"""Recordings of real devices, replayed and compared with what third parties decode from them.

The recordings lie beside the project and are no part of it; without them these tests are skipped, and say so.
"""

import pytest

import recordings
import report
from compare import compare
from program import ROOT

ALL = recordings.every()
needs_recordings = pytest.mark.skipif(not ALL, reason=recordings.MISSING)


@needs_recordings
@pytest.mark.parametrize("recording", ALL, ids=lambda recording: recording.name)
def test_every_value_is_matched_or_explained(recording):
    errors = compare(recording).errors
    assert not errors, "\n".join([f"Tests/devices/compare.py {recording.name} says more:", *errors])


@needs_recordings
def test_nearly_all_measurements_agree():
    counts = report.count([compare(recording) for recording in ALL], report.MEASUREMENTS)
    agreeing, expected = report.agreement(counts)
    assert agreeing >= 0.95 * expected, counts
    # So that neither a change of the files' form nor easy excuses can empty this test.
    assert counts.total() >= 25 * len(ALL)
    assert counts["wrong"] <= 0.1 * counts.total(), counts


@needs_recordings
def test_the_page_about_devices_is_up_to_date():
    page = report.markdown([compare(recording) for recording in ALL])
    file = ROOT / "docs" / "devices.md"
    assert file.exists() and file.read_text() == page, "Tests/devices/compare.py --table >docs/devices.md"
