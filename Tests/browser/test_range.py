"""The one range, what it is compared with, and the locale: pure modules, asked by tables of cases."""

from __future__ import annotations

import pytest

from test_modules import Call, call, module_page  # noqa: F401  (fixtures)


def choice(period: str = "day", at: str | None = None, compare: str | None = None, **more: str | None) -> dict:
    return {"period": period, "at": at, "from": None, "to": None, "compare": compare} | more


def hours(start: str, end: str, **more: str | None) -> dict:
    return choice("custom", **{"from": start, "to": end}, **more)


@pytest.mark.parametrize(
    ("chosen", "first_day", "start", "end"),
    [
        (choice(), 1, "2026-12-31", "2027-01-01"),
        (choice(at="2026-02-28"), 1, "2026-02-28", "2026-03-01"),
        (choice("week"), 1, "2026-12-28", "2027-01-04"),
        (choice("week"), 7, "2026-12-27", "2027-01-03"),
        (choice("week"), 6, "2026-12-26", "2027-01-02"),
        (choice("month"), 1, "2026-12-01", "2027-01-01"),
        (choice("month", "2028-02-29"), 1, "2028-02-01", "2028-03-01"),
        (choice("year"), 1, "2026-01-01", "2027-01-01"),
        (hours("2026-11-01", "2026-11-03"), 1, "2026-11-01", "2026-11-04"),
        (hours("2026-11-01T10:00", "2026-11-01T11:30"), 1, "2026-11-01T10:00", "2026-11-01T11:30"),
    ],
)
def test_a_range_is_of_whole_days_by_the_calendar(call: Call, chosen, first_day, start, end):
    assert call("range", "rangeOf", chosen, "2026-12-31", first_day) == {"start": start, "end": end}


@pytest.mark.parametrize(
    ("chosen", "steps", "at"),
    [
        (choice(), -1, "2026-03-30"), (choice(at="2026-03-30"), 1, None), (choice("week"), -1, "2026-03-23"),
        (choice("month"), -1, "2026-02-01"), (choice("month", "2026-02-01"), 1, None), (choice("year"), -2, "2024-01-01"),
    ],
)
def test_a_step_back_and_forth_ends_at_the_current_one(call: Call, chosen, steps, at):
    assert call("range", "stepped", chosen, steps, "2026-03-31", 1)["at"] == at


@pytest.mark.parametrize(
    ("chosen", "start", "end"),
    [
        (hours("2026-11-08", "2026-11-14"), "2026-11-01", "2026-11-07"),
        (hours("2026-10-01", "2026-11-30"), "2026-08-01", "2026-09-30"),
        (hours("2026-11-01T00:00", "2026-11-01T01:00"), "2026-10-31T23:00", "2026-11-01"),
    ],
)
def test_a_custom_range_steps_by_its_own_length(call: Call, chosen, start, end):
    moved = call("range", "stepped", chosen, -1, "2026-12-24", 1)

    assert (moved["from"], moved["to"]) == (start, end)


@pytest.mark.parametrize(
    ("chosen", "now", "start", "end", "part_end"),
    [
        (choice(compare="previous"), "2026-03-31T14:20", "2026-03-30", "2026-03-31", "2026-03-30T14:20"),
        (choice("week", compare="previous"), "2026-03-31T14:20", "2026-03-23", "2026-03-30", "2026-03-24T14:20"),
        (choice("week", compare="year"), "2026-03-31T14:20", "2025-03-31", "2025-04-07", "2025-04-01T14:20"),
        # The 31st has nothing to stand beside in February: all of it has elapsed.
        (choice("month", compare="previous"), "2026-03-31T14:20", "2026-02-01", "2026-03-01", "2026-03-01"),
        (choice("month", compare="previous"), "2026-02-10T08:00", "2026-01-01", "2026-02-01", "2026-01-10T08:00"),
        (choice("month", compare="year"), "2026-03-31T14:20", "2025-03-01", "2025-04-01", "2025-03-31T14:20"),
        # By day and month, not by the number of days: 2028 has a 29 February.
        (choice("year", compare="previous"), "2028-03-01T12:00", "2027-01-01", "2028-01-01", "2027-03-01T12:00"),
        (choice("month", "2026-02-01", "previous"), "2026-03-31T14:20", "2026-01-01", "2026-02-01", None),
        (choice(at="2028-02-29", compare="year"), "2028-03-31T14:20", "2027-02-28", "2027-03-01", None),
        (hours("2026-11-01T10:00", "2026-11-01T11:00", compare="previous"), "2026-11-26T10:00", "2026-10-31T10:00", "2026-10-31T11:00", None),
    ],
)
def test_a_comparison_stands_at_the_same_place_of_the_calendar(call: Call, chosen, now, start, end, part_end):
    assert call("range", "comparisonOf", chosen, now, 1) == {"start": start, "end": end, "partEnd": part_end}


def test_nothing_is_compared_unless_somebody_asks(call: Call):
    assert call("range", "comparisonOf", choice(), "2026-03-31T14:20", 1) is None


@pytest.mark.parametrize(
    ("civil", "start", "end", "place"),
    [
        ("2026-03-05T10:00", "2026-03-01", "2026-04-01", "4T10:00"), ("2025-03-05T10:00", "2025-03-01", "2025-04-01", "4T10:00"),
        # Days of two years stand beside each other by their dates, whether February has 28 or 29.
        ("2028-03-01T00:00", "2028-01-01", "2029-01-01", "2m01T00:00"), ("2027-03-01T00:00", "2027-01-01", "2028-01-01", "2m01T00:00"),
    ],
)
def test_corresponding_times_have_the_same_place(call: Call, civil, start, end, place):
    assert call("range", "placeIn", civil, {"start": start, "end": end}) == place


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2026-02-29", False), ("2028-02-29", True), ("2026-11-23T25:00", False), ("2026-11-23T23:59", True), ("yesterday", False), (None, False)],
)
def test_a_date_that_does_not_exist_is_none(call: Call, text, expected):
    assert call("range", "isCivil", text) is expected


@pytest.mark.parametrize(("wanted", "chosen"), [(["C", "de-DE"], "de-DE"), (["en_US.UTF-8"], "en-GB"), ([], "en-GB"), (["xx-??", "fr"], "fr")])
def test_the_locale_is_the_first_that_the_browser_knows(call: Call, wanted, chosen):
    assert call("locale", "chooseLocale", wanted) == chosen


@pytest.mark.parametrize(("name", "day"), [("en-GB", 1), ("de-DE", 1), ("en-US", 7), ("pt-BR", 7), ("ar-EG", 6), ("fr", 1)])
def test_weeks_begin_as_the_locale_has_it(call: Call, name, day):
    assert call("locale", "firstDayOf", name) == day
