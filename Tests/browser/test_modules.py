"""The page's pure modules, imported into a page of their own and asked by tables of cases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Call = Callable[..., object]
THIN = "\u202f"


@pytest.fixture(scope="module")
def module_page(browser):
    from fake_site import FakeServer, FakeSite

    with FakeServer(FakeSite()) as server:
        page = browser.new_page(locale="en-GB")
        # Not the dashboard itself: nothing else runs here.
        page.goto(server.url + "icon.svg")
        yield page
        page.close()


@pytest.fixture
def call(module_page) -> Call:
    """`call("format", "power", 930)` is `power(930)` of js/format.js."""

    def call(module: str, name: str, *arguments: object) -> object:
        return module_page.evaluate(
            """async ([module, name, given]) => {
                const found = await import(new URL(`js/${module}.js`, location.href).href);
                return found[name](...given);
            }""",
            [module, name, list(arguments)],
        )

    return call


@pytest.fixture
def calendar(module_page) -> Call:
    """`calendar("Europe/London", "time", moment)` is the method of a SiteCalendar of that zone."""

    def calendar(zone: str | None, method: str, *arguments: object) -> object:
        return module_page.evaluate(
            """async ([zone, method, given]) => {
                const { SiteCalendar } = await import(new URL('js/time.js', location.href).href);
                const calendar = new SiteCalendar(zone);
                return method === 'zone' ? calendar.zone : calendar[method](...given);
            }""",
            [zone, method, list(arguments)],
        )

    return calendar


# --- format ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("watts", "value", "unit"),
    [
        (None, "–", ""), (0, "0", "W"), (-0.0, "0", "W"), (0.4, "0.4", "W"), (9.94, "9.9", "W"), (9.96, "10", "W"),
        (930, "930", "W"), (999.4, "999", "W"), (999.6, "1.00", "kW"), (1000, "1.00", "kW"), (1234.5, "1.23", "kW"),
        (123_456, "123.46", "kW"), (1_234_567, f"1{THIN}234.57", "kW"),
    ],
)
def test_power_is_watts_below_a_thousand_and_kilowatts_from_there(call: Call, watts, value, unit):
    assert call("format", "power", watts) == {"value": value, "unit": unit}


@pytest.mark.parametrize(
    ("kwh", "value", "unit"),
    [
        (None, "–", ""), (0, "0.00", "kWh"), (0.0123, "0.012", "kWh"), (0.09996, "0.10", "kWh"), (0.1, "0.10", "kWh"),
        (28.5, "28.50", "kWh"), (99.996, "100.0", "kWh"), (1886.94, f"1{THIN}886.9", "kWh"), (9999.96, "10.00", "MWh"),
        (14_616, "14.62", "MWh"), (-0.5, "-0.50", "kWh"),
    ],
)
def test_energy_has_decimals_by_its_size(call: Call, kwh, value, unit):
    assert call("format", "energy", kwh) == {"value": value, "unit": unit}


@pytest.mark.parametrize(("value", "words"), [(None, "–"), (0, "0.0"), (24.24, "24.2"), (-0.01, "0.0"), (1234.5, f"1{THIN}234.5")])
def test_measures_have_the_decimals_of_their_kind(call: Call, value, words):
    assert call("format", "measure", value, "A", 1) == {"value": words, "unit": "" if value is None else "A"}


@pytest.mark.parametrize(("amperes", "digits"), [([], 1), ([0.4, 1.9, None], 1), ([0.4, 1.59], 2), ([0.3, 0.7, 16], 1)])
def test_currents_have_the_decimals_that_the_device_gives(call: Call, amperes, digits):
    assert call("format", "currentDecimals", amperes) == digits


def test_apparent_power_is_written_like_power(call: Call):
    assert call("format", "apparentPower", 930) == {"value": "930", "unit": "VA"}
    assert call("format", "apparentPower", 5573) == {"value": "5.57", "unit": "kVA"}
    assert call("format", "apparentPower", None) == {"value": "–", "unit": ""}


@pytest.mark.parametrize(
    ("share", "value"), [(None, "–"), (0, "0"), (0.849, "84"), (0.9999, "99"), (1, "100"), (0.29, "29"), (1.2, "100")]
)
def test_a_hundred_per_cent_is_said_only_of_all(call: Call, share, value):
    assert call("format", "percent", share)["value"] == value


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "–"), (0, "just now"), (12.9, "12 s ago"), (59.9, "59 s ago"), (60, "1 min ago"), (3599, "59 min ago"),
        (3600, "1 h ago"), (47 * 3600, "47 h ago"), (48 * 3600, "2 days ago"),
    ],
)
def test_ages_are_in_the_largest_unit_that_says_something(call: Call, seconds, words):
    assert call("format", "age", seconds) == words


@pytest.mark.parametrize(("seconds", "words"), [(1, "1 second"), (60, "1 minute"), (420, "7 minutes"), (7200, "2 hours")])
def test_durations(call: Call, seconds, words):
    assert call("format", "duration", seconds) == words


@pytest.mark.parametrize(
    ("values", "unit", "digits"),
    [([0.01, None], "kWh", 3), ([1, 99.9], "kWh", 2), ([3, 120], "kWh", 1), ([12_000], "MWh", 2), ([None], "kWh", 2)],
)
def test_a_column_of_energies_has_one_unit(call: Call, values, unit, digits):
    assert call("format", "energyScale", values) == {"unit": unit, "digits": digits}


# --- time -----------------------------------------------------------------------------------------------------------

BEFORE_CHANGE = 1792886400000  # 2026-10-25T00:00:00Z, 01:00 BST; an hour later it is 01:00 again, GMT
HOUR = 3_600_000


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01T01:00:00+01:00", 0), ("1970-01-01T05:30:00+05:30", 0),
        ("1970-01-01T00:00:01", 1000), ("1970-01-01 00:01", 60_000), ("nonsense", None), ("", None), (None, None),
        (12, None), ("2024-13-01T00:00:00Z", None),
    ],
)
def test_times_are_read_or_not_known(call: Call, text, moment):
    assert call("time", "parseTime", text) == moment


def test_the_repeated_hour_is_told_apart_by_the_zone(calendar: Call):
    first = calendar("Europe/London", "span", BEFORE_CHANGE, BEFORE_CHANGE + HOUR, "hour")
    second = calendar("Europe/London", "span", BEFORE_CHANGE + HOUR, BEFORE_CHANGE + 2 * HOUR, "hour")

    assert first == "Sun 25 Oct, 01:00 BST – 01:00 GMT"
    assert second == "Sun 25 Oct, 01:00–02:00 GMT"


@pytest.mark.parametrize(
    ("zone", "hours", "words"),
    [("Europe/London", 25, "Sun 25 Oct 2026 (25 h)"), ("Europe/London", 24, "Sun 25 Oct 2026")],
)
def test_a_day_says_when_it_is_not_of_24_hours(calendar: Call, zone, hours, words):
    assert calendar(zone, "span", BEFORE_CHANGE - HOUR, BEFORE_CHANGE + (hours - 1) * HOUR, "day") == words


@pytest.mark.parametrize(
    ("zone", "moment", "minutes"),
    [
        ("Europe/London", BEFORE_CHANGE, 60), ("Europe/London", BEFORE_CHANGE + HOUR, 0), ("Asia/Kolkata", 0, 330),
        ("America/St_Johns", BEFORE_CHANGE, -150), ("UTC", 0, 0),
    ],
)
def test_offsets_are_of_the_zone_and_the_moment(calendar: Call, zone, moment, minutes):
    assert calendar(zone, "offset", moment) == minutes


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", None])
def test_an_unknown_zone_is_called_utc_and_nothing_else(calendar: Call, zone):
    assert calendar(zone, "zone") == "UTC"


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-11-23", "2026-11-24", "Mon 23 Nov 2026"), ("2026-11-23", "2026-11-30", "Mon 23 Nov – Sun 29 Nov 2026"),
        ("2026-12-28", "2027-01-04", "Mon 28 Dec 2026 – Sun 3 Jan 2027"), ("2026-11-01", "2026-12-01", "November 2026"),
        ("2026-01-01", "2027-01-01", "2026"), ("2026-10-01", "2026-12-01", "October 2026 – November 2026"),
        ("2026-11-23T14:00", "2026-11-23T15:00", "Mon 23 Nov 2026, 14:00 – 15:00"),
        ("2026-11-23T22:00", "2026-11-24T02:00", "Mon 23 Nov 2026, 22:00 – Tue 24 Nov, 02:00"),
    ],
)
def test_a_range_in_words(call: Call, start, end, words):
    assert call("time", "rangeWords", {"start": start, "end": end}) == words


@pytest.mark.parametrize(
    ("zone", "moment", "civil"),
    [("Europe/London", BEFORE_CHANGE, "2026-10-25T01:00"), ("Europe/London", BEFORE_CHANGE + HOUR, "2026-10-25T01:00"), ("Asia/Kolkata", 0, "1970-01-01T05:30")],
)
def test_what_the_sites_clocks_show(calendar: Call, zone, moment, civil):
    assert calendar(zone, "civil", moment) == civil


# --- state ----------------------------------------------------------------------------------------------------------


ALL = {
    "period": "day", "at": None, "from": None, "to": None, "compare": None, "by": None, "stack": None, "axes": "panels",
    "pdus": None, "as": "chart", "pdu": None, "element": None,
}


@pytest.mark.parametrize(
    ("query", "view"),
    [
        ("", {"period": "day", "pdus": None, "as": "chart"}),
        ("?period=week&pdus=3,1,1", {"period": "week", "pdus": [1, 3], "as": "chart"}),
        ("?period=century&pdus=x&as=song", {"period": "day", "pdus": None, "as": "chart"}),
        ("?pdus=&as=table", {"period": "day", "pdus": [], "as": "table"}),
        ("?pdus=1,<b>,99999999999999999999", {"period": "day", "pdus": [1], "as": "chart"}),
        ("?pdu=3&element=3000007&pdus=1", {"pdus": [1], "pdu": 3, "element": 3000007}),
        ("?period=month&at=2026-10", {"period": "month", "at": "2026-10-01"}), ("?period=year&at=2025", {"period": "year", "at": "2025-01-01"}),
        ("?at=2026-02-30", {}), ("?at=2026-11-01&compare=year&by=minute&stack=group&axes=dual", {
            "at": "2026-11-01", "compare": "year", "by": "minute", "stack": "group", "axes": "dual",
        }),
        ("?compare=never&by=second&stack=rack&axes=3", {}), ("?period=custom", {}),
        ("?from=2026-11-01&to=2026-11-03", {"period": "custom", "from": "2026-11-01", "to": "2026-11-03"}),
        ("?from=2026-11-01T10:00&to=2026-11-01T11:00", {"period": "custom", "from": "2026-11-01T10:00", "to": "2026-11-01T11:00"}),
        ("?from=2026-11-03&to=2026-11-01", {}), ("?from=2026-11-01&to=2026-11-01T11:00", {}),
        ("?element=3000007", {}), ("?pdu=three&element=7", {}), ("?pdu=-1", {}), ("?pdu=1,2", {}),
    ],
)
def test_a_query_names_a_view(call: Call, query, view):
    assert call("state", "parseView", query) == ALL | view


@pytest.mark.parametrize("query", ["", "?period=year", "?pdus=1,2", "?period=month&pdus=&as=table", "?pdu=3", "?pdu=3&element=7&period=week&pdus=1", "?period=month&at=2026-10", "?period=year&at=2025", "?period=week&at=2026-11-16&compare=previous", "?from=2026-11-01T10:00&to=2026-11-01T11:00&by=minute", "?stack=none&axes=dual&as=table"])
def test_a_view_names_its_query(call: Call, query):
    assert call("state", "formatView", call("state", "parseView", query)) == query


@pytest.mark.parametrize(
    ("pdus", "id", "is_included", "expected"),
    [(None, 2, False, [1, 3]), ([1], 3, True, [1, 3]), ([1, 3], 2, True, None), ([1], 1, False, [])],
)
def test_ticking_a_pdu(call: Call, pdus, id, is_included, expected):
    view = ALL | {"pdus": pdus}

    assert call("state", "withPDU", view, id, is_included, [1, 2, 3])["pdus"] == expected


@pytest.mark.parametrize(("pdus", "expected"), [(None, None), ([1, 9], [1]), ([9], None), ([], [])])
def test_pdus_that_do_not_exist_leave_the_view(call: Call, pdus, expected):
    view = ALL | {"pdus": pdus}

    assert call("state", "withKnownPDUs", view, [1, 2])["pdus"] == expected


def test_the_page_of_a_pdu_keeps_the_choice_of_the_page_of_all(call: Call):
    view = ALL | {"period": "week", "pdus": [1, 3], "element": 7, "pdu": 1}

    assert call("state", "withPage", view, 2) == view | {"pdu": 2, "element": None}
    assert call("state", "shownPDUs", view | {"pdu": 2}) == [2]
    assert call("state", "shownPDUs", view | {"pdu": None}) == [1, 3]


# --- elements -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "is_online", "state", "look"),
    [
        ({"state": "on", "power_watts": 0}, True, "on", "measured"),
        ({"state": "on", "power_watts": None}, True, "on", "notMetered"),
        ({"state": "on", "power_watts": None, "hourly_watts": [None, 3]}, True, "on", "unknown"),
        ({"state": "on", "power_watts": None, "current_amps": 0}, True, "on", "unknown"),
        ({"state": "off", "power_watts": 0}, True, "off", "off"),
        ({"state": "off", "power_watts": None}, True, "off", "off"),
        ({"state": "off", "power_watts": 4}, True, "off", "measured"),
        ({"state": None, "power_watts": 5}, True, "fixed", "measured"),
        ({"state": "unknown", "power_watts": 5}, True, "unknown", "measured"),
        ({"state": "cycling"}, True, "unknown", "notMetered"),
        ({"state": "on", "power_watts": 5}, False, "unknown", "unknown"),
    ],
)
def test_an_outlet_is_zero_unknown_not_metered_or_off(call: Call, item, is_online, state, look):
    part = call("elements", "toPart", {"element_id": 1, "number": 1} | item, "outlet", is_online)

    assert (part["state"], part["look"]) == (state, look)


@pytest.mark.parametrize(
    ("amperes", "warning", "critical", "load", "level"),
    [
        (11.9, 12, 15, 74, "ordinary"), (12, 12, 15, 75, "warning"), (15, 12, 15, 94, "critical"), (15, None, None, 94, "ordinary"),
        (17, None, None, 106, "over"), (None, 12, 15, None, "ordinary"), (17, 12, None, 106, "over"), (0, 0, None, 0, "warning"),
    ],
)
def test_levels_are_by_the_thresholds_of_the_device(call: Call, amperes, warning, critical, load, level):
    part = {"amperes": amperes, "warningAmperes": warning, "criticalAmperes": critical, "load": load}

    assert call("elements", "levelOf", part) == level


@pytest.mark.parametrize(
    ("hourly", "line"),
    [
        ([], ""), ([None, None], ""), ([0, 0], "M24 22L72 22"), ([5, 10], "M24 12L72 2"),
        ([5, None, 10], "M16 12h0M80 2h0"), ([None, 4, 4, None], "M36 2L60 2"),
    ],
)
def test_a_sparkline_begins_at_zero_and_breaks_at_gaps(call: Call, hourly, line):
    assert call("views/pdu/sparkline", "pathsOf", hourly)["line"] == line


@pytest.mark.parametrize(
    ("hourly", "words"),
    [
        ([None], "Last 24 hours: no readings"), ([0, 0], f"Last 24 hours: 0{THIN}W"),
        ([5, None, 1200], f"Last 24 hours: 5{THIN}W to 1.20{THIN}kW, 1 hour without readings"),
    ],
)
def test_a_sparkline_in_words(call: Call, hourly, words):
    assert call("views/pdu/sparkline", "wordsOf", hourly) == words


# --- series ---------------------------------------------------------------------------------------------------------


STAMPS = [f"2026-11-23T{hour:02}:00:00Z" for hour in range(24)]
MOMENT = 1795392000000  # 2026-11-23T00:00:00Z


def answer(kwh: list[float | None], **more: object) -> dict:
    return {"starts": STAMPS[: len(kwh)], "ends": STAMPS[1 : len(kwh) + 1], "partial": [False] * len(kwh), "total": {"kwh": kwh}} | more


def test_an_answer_becomes_buckets(call: Call):
    found = call("series", "toBuckets", answer([1.5, None, None]), MOMENT + 2 * HOUR)

    assert found[0]["kwh"] == 1.5
    assert [found[0][key] for key in ("mean", "maximum", "coverage", "members")] == [None] * 4
    # The second is over and unknown; the third has only just begun.
    assert [bucket["isAhead"] for bucket in found] == [False, False, True]
    assert [call("series", "isGap", bucket) for bucket in found] == [False, True, False]


def test_members_of_a_sum_are_counted_where_each_is_told(call: Call):
    found = call("series", "toBuckets", answer([3, 1], series=[{"kwh": [1, 1]}, {"kwh": [2, None]}]), MOMENT + 9 * HOUR)

    assert [(bucket["members"], bucket["of"]) for bucket in found] == [(2, 2), (1, 2)]


def buckets(*values: float | None) -> list[dict]:
    return [
        {
            "position": i, "start": MOMENT + i * HOUR, "end": MOMENT + (i + 1) * HOUR, "kwh": value, "mean": value,
            "minimum": value and value - 1, "maximum": value and value + 1, "coverage": None, "isPartial": False, "isAhead": False,
        }
        for i, value in enumerate(values)
    ]


def test_the_band_is_one_polygon_for_each_run(call: Call):
    outline = call("charts/decimate", "bandOutline", [4, 5, None, 6], [6, 7, None, 8], 100)

    assert outline["x"] == [0, 1, 1, 0, None, 2.7, 3.3, 3.3, 2.7]
    assert outline["y"] == [6, 7, 5, 4, None, 8, 8, 6, 6]


def test_a_line_of_a_few_points_keeps_them_all(call: Call):
    assert call("charts/decimate", "decimated", [1, None, 3], 100) == {"x": [0, 1, 2], "y": [1, None, 3]}


def test_fewer_points_keep_every_peak_and_every_gap(call: Call):
    values: list[float | None] = [100 + i % 7 for i in range(14_400)]
    values[7000], values[9001] = 999, -5
    values[5000:5200] = [None] * 200
    points = call("charts/decimate", "decimated", values, 1000)

    assert len(points["x"]) <= 5 * 1000
    assert points["x"] == sorted(points["x"])
    assert dict(zip(points["x"], points["y"]))[7000] == 999
    assert dict(zip(points["x"], points["y"]))[9001] == -5
    assert [x for x, y in zip(points["x"], points["y"]) if y is None]
    assert all(not 5000 <= x < 5200 for x, y in zip(points["x"], points["y"]) if y is not None)


def test_the_band_of_many_points_holds_their_extremes(call: Call):
    lows, highs = [10.0] * 10_000, [20.0] * 10_000
    lows[4321], highs[8765] = 1, 99
    outline = call("charts/decimate", "bandOutline", lows, highs, 500)

    assert (min(outline["y"]), max(outline["y"])) == (1, 99)
    assert len(outline["y"]) <= 2 * 500


@pytest.mark.parametrize(
    ("count", "grain", "bars"),
    [(24, "hour", "hour"), (1440, "minute", "quarter_hour"), (14_400, "minute", "day"), (720, "hour", "day"), (366, "day", "month"), (31, "day", "day")],
)
def test_bars_are_of_a_grain_that_can_be_seen(call: Call, count, grain, bars):
    assert call("series", "grainOfBars", count, grain) == bars


def test_buckets_of_the_same_place_stand_beside_each_other(module_page):
    places = module_page.evaluate(
        """async () => {
            const { aligned } = await import(new URL('js/series.js', location.href).href);
            const { SiteCalendar } = await import(new URL('js/time.js', location.href).href);
            const calendar = new SiteCalendar('Europe/London');
            const hours = (from, count) => Array.from({ length: count }, (_, at) => ({ start: Date.parse(from) + at * 3600000, kwh: at }));
            // A day of 25 hours beside one of 24.
            const long = hours('2026-10-24T23:00Z', 25), before = hours('2026-10-23T23:00Z', 24);
            return aligned(long, { start: '2026-10-25', end: '2026-10-26' }, before, { start: '2026-10-24', end: '2026-10-25' }, calendar)
                .map((other) => other?.kwh ?? null);
        }"""
    )

    assert places == [0, 1, 1, *range(2, 24)]


def test_the_rest_of_a_bar_is_what_nobody_is_named_for(call: Call):
    slices = [{"kind": "outlet", "id": i, "count": 1, "kwh": [i]} for i in range(1, 4)]
    whole = [{"kwh": 10}]

    found = call("past", "topSlices", slices, whole, True)
    assert [(one["kind"], one["kwh"]) for one in found] == [("outlet", [1]), ("outlet", [2]), ("outlet", [3]), ("rest", [4])]
    assert call("past", "topSlices", slices[:1], [{"kwh": 1}], False) == []


def test_of_many_the_nine_largest_are_told_apart(call: Call):
    slices = [{"kind": "pdu", "id": i, "count": 1, "kwh": [i, None]} for i in range(1, 13)]
    found = call("past", "topSlices", slices, [{"kwh": 78}, {"kwh": None}], False)

    assert [one["id"] for one in found] == [*range(4, 13), "rest"]
    assert (found[-1]["kwh"], found[-1]["count"]) == ([6, None], 3)


@pytest.mark.parametrize(
    ("of", "limits"),
    [
        ({"volts": 230, "warningAmperes": 8, "criticalAmperes": 10}, [("warning", 1840), ("critical", 2300)]),
        ({"volts": None, "warningAmperes": 8, "criticalAmperes": 10}, []),
        ({"volts": 230, "ratedAmperes": 16}, [("warning", 2576), ("critical", 2944)]),
        ({"volts": None, "ratedWatts": 1000}, [("warning", 700), ("critical", 800)]),
        ({"volts": 230}, []),
    ],
)
def test_limits_are_what_the_device_says_or_shares_of_its_rating(call: Call, of, limits):
    given = {"volts": None, "ratedAmperes": None, "ratedWatts": None, "warningAmperes": None, "criticalAmperes": None} | of
    assert [(limit["kind"], round(limit["watts"])) for limit in call("charts/limits", "limitsOf", given)] == limits


def test_unknown_is_a_gap_and_zero_is_not(call: Call):
    unknown, zero = buckets(None, 0)

    assert call("series", "isGap", unknown) is True
    assert call("series", "isGap", zero) is False


@pytest.mark.parametrize(
    ("coverage", "is_partial", "expected"), [(0.5, False, True), (0.99, False, False), (0.5, True, False), (None, False, False)]
)
def test_a_bucket_with_much_missing_is_marked(call: Call, coverage, is_partial, expected):
    bucket = buckets(1)[0] | {"coverage": coverage, "isPartial": is_partial}

    assert call("series", "isIncomplete", bucket) is expected


# --- charts, status, refresh ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("highest", "labels"),
    [
        (0, ["0", "0.25", "0.50", "0.75", "1.00"]), (3.4, ["0", "1", "2", "3", "4"]), (5.5, ["0", "1.5", "3.0", "4.5", "6.0"]),
        (0.7, ["0", "0.2", "0.4", "0.6", "0.8"]), (930, ["0", "250", "500", "750", f"1{THIN}000"]),
    ],
)
def test_axes_begin_at_zero_and_go_in_round_steps(call: Call, highest, labels):
    assert call("charts/history", "axisOf", highest, 4)["ticktext"] == labels


def test_both_axes_take_the_number_of_steps_that_wastes_least(call: Call):
    energy, power = call("charts/history", "axesOf", [4, 5], 423, 12.44)

    assert [len(energy["tickvals"]), power["range"]] == [6, [0, 12.5]]


META = {"interval": 60, "newestRun": 0, "collector": "running"}


@pytest.mark.parametrize(
    ("item", "now", "state", "look"),
    [
        ({"status": "online", "current_power_watts": 0, "last_reading": "1970-01-01T00:00:00Z"}, 1000, "online", "measured"),
        ({"status": "online", "current_power_watts": None, "last_reading": "1970-01-01T00:00:00Z"}, 1000, "online", "notMetered"),
        ({"status": "online", "current_power_watts": 5, "last_reading": "1970-01-01T00:00:00Z"}, 151_000, "stale", "unknown"),
        ({"status": "online", "state": "off", "current_power_watts": 0, "last_reading": "1970-01-01T00:00:00Z"}, 0, "online", "off"),
        ({"status": "offline", "current_power_watts": None, "last_reading": "1970-01-01T00:00:00Z"}, 0, "offline", "unknown"),
        ({"status": "offline", "current_power_watts": None, "last_reading": None}, 0, "waiting", "unknown"),
        ({"status": "offline", "last_reading": None, "failure": "timeout"}, 0, "offline", "unknown"),
    ],
)
def test_zero_unknown_not_metered_and_off_are_four_things(call: Call, item, now, state, look):
    pdu = call("status", "toPDU", item | {"id": 1}, META, now)

    assert (pdu["state"], pdu["look"]) == (state, look)


def test_what_is_unknown_adds_nothing_to_the_total_and_is_counted(call: Call):
    pdus = [{"isPolled": True, "watts": watts, "isEstimate": False} for watts in (100, None, 0)]

    assert call("status", "total", pdus) == {"watts": 100, "members": 2, "of": 3, "hasEstimate": False}
    assert call("status", "total", pdus[1:2])["watts"] is None


@pytest.mark.parametrize(
    ("meta", "now", "state"),
    [
        ({}, 60_000, "running"), ({}, 200_000, "stopped"), ({"collector": "never", "newestRun": None}, 0, "never"),
        ({"collector": None, "newestRun": None}, 0, "unknown"),
    ],
)
def test_silence_means_that_the_collector_has_stopped(call: Call, meta, now, state):
    assert call("status", "collector", META | meta, now)["state"] == state


@pytest.mark.parametrize(
    ("failures", "retry_after", "milliseconds"),
    [(0, None, 30_000), (1, None, 5_000), (2, None, 10_000), (9, None, 60_000), (1, 20, 20_000), (1, 99_999, 300_000)],
)
def test_patience_grows_with_failures(call: Call, failures, retry_after, milliseconds):
    assert call("refresh", "delay", failures, retry_after) == milliseconds
