"""The comparer itself: that it finds what is wrong, and takes no excuse that is none."""

from decimal import Decimal

import pytest

import checks
import compare
import thirdparty
import verdicts
from program import Reading
from reasons import Reasons, Wrong
from thirdparty import Expectation, Named, Object, Place


def reading(*rows, **pdu):
    """A reading of one PDU; rows are `(element, number, {quantity: (value, oids…)})`."""
    readings = []
    for element, number, values in rows:
        row = {"element": element, "number": number, "name": values.pop("name", None)}
        row |= {quantity: value[0] for quantity, value in values.items()}
        row["oids"] = {quantity: list(value[1:]) for quantity, value in values.items()}
        readings.append(row)
    return Reading({"pdus": [{"status": "ok", "profile": "acme", "readings": readings, "sensors": [], **pdu}]})


def expectation(quantity, value, where, name="9.1"):
    return Expectation((name,), name, quantity, value, where)


def outcome(read, wanted, directory, entries="{}"):
    """What becomes of the first of the expected values, with these reasons."""
    (directory / "acme-x.yaml").write_text(entries)
    reasons = Reasons("acme/x", directory)
    judge = verdicts.Judge(read, wanted)
    outcomes = [compare._outcome(each, judge, reasons) for each in wanted]
    stale = [compare._stale(entry, "acme-x.yaml", outcomes) for entry in reasons.unused()]
    return outcomes[0], stale


VOLTS = reading(("phase", 1, {"voltage_volts": (Decimal("228.7"), "9.1")}))


def test_the_same_quantity_of_the_same_object_is_matched(tmp_path):
    result, stale = outcome(VOLTS, [expectation("voltage", Decimal("228.7"), Object("9.1"))], tmp_path)
    assert (result.how, stale) == ("matched", [])


@pytest.mark.parametrize(
    "quantity, value, words",
    [
        ("voltage", "22.87", "ours is phase 1 voltage_volts 228.7"),
        ("voltage", "228.702", "ours is phase 1 voltage_volts 228.7"),
        ("power", "228.7", "we read it as phase 1 voltage_volts 228.7"),
    ],
)
def test_another_number_or_quantity_of_the_same_object_is_open(quantity, value, words, tmp_path):
    result, _ = outcome(VOLTS, [expectation(quantity, Decimal(value), Object("9.1"))], tmp_path)
    assert (result.how, result.words) == ("open", words)


def test_the_same_number_of_another_object_is_no_match(tmp_path):
    result, _ = outcome(VOLTS, [expectation("voltage", Decimal("228.7"), Object("9.2"), "9.2")], tmp_path)
    assert (result.how, result.words) == ("open", "we do not read it")


def test_a_twin_must_agree(tmp_path):
    entries = '"9.2.*": { read_from: "9.*" }'
    for value, how in [("228.7", "twin"), ("229", "open")]:
        wanted = [expectation("voltage", Decimal(value), Object("9.2.1"), "9.2.1")]
        assert outcome(VOLTS, wanted, tmp_path, entries)[0].how == how


def test_a_twin_may_have_finer_steps(tmp_path):
    entries = '"9.2": { read_from: "9.1", decimals: 0 }'
    for value, how in [("228", "checked"), ("229", "checked"), ("230", "open")]:
        wanted = [expectation("voltage", Decimal(value), Object("9.2"), "9.2")]
        assert outcome(VOLTS, wanted, tmp_path, entries)[0].how == how


def test_a_sum_is_matched_by_exactly_its_parts(tmp_path):
    read = reading(("pdu", 0, {"power_watts": (Decimal(500), "9.1", "9.2")}))
    wanted = [
        expectation("power", Decimal(value), Object(oid), oid) for oid, value in [("9.1", 200), ("9.2", 300)]
    ]
    assert outcome(read, wanted, tmp_path)[0].how == "matched"
    assert outcome(read, wanted[:1], tmp_path)[0].how == "open"


def test_a_part_says_more_than_the_sum(tmp_path):
    read = reading(
        ("pdu", 0, {"power_watts": (Decimal(200), "9.1", "9.2")}),
        ("phase", 1, {"power_watts": (Decimal(20), "9.1")}),
    )
    assert outcome(read, [expectation("power", Decimal(200), Object("9.1"))], tmp_path)[0].how == "open"


def test_each_of_several_elements_with_one_name_agrees_once():
    read = reading(
        *(("outlet", number, {"name": "Web", "current_amps": (Decimal(1), "9")}) for number in [1, 2])
    )
    wanted = [expectation("current", Decimal(1), Named("outlet", "Web"))] * 2
    judge = verdicts.Judge(read, wanted)
    assert [judge.verdict(wanted[0]).agrees for _ in range(3)] == [True, True, False]
    other = expectation("current", Decimal(2), Named("outlet", "Web"))
    assert not judge.verdict(other).agrees


@pytest.mark.parametrize(
    "ours, theirs, how",
    [
        ("on", "outletOn", "matched"),
        ("off", "Off", "matched"),
        ("on", "closed", "matched"),
        ("on", "open", "open"),
    ],
)
def test_switch_states_are_compared_by_what_their_words_mean(ours, theirs, how, tmp_path):
    read = reading(("outlet", 1, {"state": (ours, "9.1")}))
    assert outcome(read, [expectation("state", theirs, Object("9.1"))], tmp_path)[0].how == how


def test_alarms_are_not_read_but_switches_must_be(tmp_path):
    assert outcome(VOLTS, [expectation("state", "nearOverload", Object("9.7"))], tmp_path)[0] is None
    assert outcome(VOLTS, [expectation("state", "on", Object("9.7"))], tmp_path)[0].how == "open"


def test_a_reason_explains_what_is_not_matched(tmp_path):
    wanted = [expectation("voltage", Decimal(12), Object("9.5.1"), "9.5.1")]
    result, stale = outcome(VOLTS, wanted, tmp_path, '"9.5.*": { reason: "Of the processor." }')
    assert (result.how, result.reason, stale) == ("explained", "Of the processor.", [])


def test_a_third_party_may_be_wrong(tmp_path):
    wanted = [expectation("power", Decimal(228), Object("9.1"))]
    result, _ = outcome(VOLTS, wanted, tmp_path, '"9.1": { wrong: "It is a voltage." }')
    assert (result.how, result.reason) == ("wrong", "It is a voltage.")


@pytest.mark.parametrize(
    "entries, words",
    [
        ('"9.1": { reason: "Wrong." }', "what it explains is matched; the entry must go"),
        ('"9.1": { read_from: "9.2" }', "what it explains is matched; the entry must go"),
        ('"9.8.*": { reason: "Wrong." }', "no expected value and no problem is called so"),
    ],
)
def test_a_reason_for_nothing_is_an_error(entries, words, tmp_path):
    _, stale = outcome(VOLTS, [expectation("voltage", Decimal("228.7"), Object("9.1"))], tmp_path, entries)
    assert len(stale) == 1 and words in stale[0]


@pytest.mark.parametrize(
    "check, theirs, how",
    [
        ("times: 0.01", "22870", "checked"),
        ("times: 0.1", "22870", "open"),
        ("decimals: 0", "229", "checked"),
        # Cut off.
        ("decimals: 0", "228", "checked"),
        ("decimals: 0", "230", "open"),
        ("decimals: 0", "227", "open"),
    ],
)
def test_a_reason_that_can_be_checked_is(check, theirs, how, tmp_path):
    wanted = [expectation("voltage", Decimal(theirs), Object("9.1"))]
    assert outcome(VOLTS, wanted, tmp_path, f'"9.1": {{ reason: "Why.", {check} }}')[0].how == how


@pytest.mark.parametrize(
    "entries",
    [
        "- 1",
        '"9.1": yes',
        '"9.1": {}',
        "9.1: { reason: x }",
        '"9.1": { raeson: x }',
        '"9.1": { read_from: "9", times: 2 }',
        '"9.1": { reason: "x", wrong: "x" }',
        "{",
    ],
)
def test_a_file_of_reasons_is_read_strictly(entries, tmp_path):
    with pytest.raises(Wrong):
        outcome(VOLTS, [], tmp_path, entries)


def problems(read, **objects):
    return [problem.name for problem in checks.every(read, objects)]


def test_a_good_reading_has_no_problems():
    assert [problem.name for problem in checks.every(VOLTS, {"9.1": Decimal(2287)})] == []


@pytest.mark.parametrize(
    "row, raw, name",
    [
        (("outlet", 1, {"power_watts": (Decimal(65535), "9.1")}), "65535", "sentinel 9.1"),
        (("outlet", 1, {"current_amps": (Decimal(-1), "9.1")}), "-10", "value outlet 1 current_amps"),
        (("outlet", 1, {"power_factor": (Decimal(98), "9.1")}), "98", "value outlet 1 power_factor"),
        (("outlet", 1, {"state": ("closed", "9.1")}), "1", "value outlet 1 state"),
        (("outlet", 1, {"power_watts": (Decimal(1), "9.3")}), "1", "source 9.3"),
        (("outlet", 1, {"power_watts": (Decimal(1),)}), "1", "source of outlet 1 power_watts"),
    ],
)
def test_a_bad_value_is_a_problem(row, raw, name):
    found = checks.every(reading(row), {"9.1": Decimal(raw)})
    assert [problem.name for problem in found] == [name]


def test_an_element_that_is_there_twice_is_a_problem():
    row = ("outlet", 1, {"power_watts": (Decimal(1), "9.1")})
    read = reading(row, (*row[:2], dict(row[2])))
    assert "twice outlet 1" in [problem.name for problem in checks.every(read, {"9.1": Decimal(1)})]


def test_power_that_does_not_fit_its_factors_is_a_problem():
    def row(watts):
        return reading(
            (
                "outlet",
                1,
                {
                    "power_watts": (Decimal(watts), "9"),
                    "voltage_volts": (Decimal(230), "9"),
                    "current_amps": (Decimal(1), "9"),
                    "power_factor": (Decimal("0.9"), "9"),
                },
            )
        )

    assert checks.every(row(207), {"9": Decimal(1)}) == []
    assert [p.name for p in checks.every(row(2070), {"9": Decimal(1)})] == ["plausibility outlet 1"]


def test_nothing_read_and_refusals_are_problems():
    assert [p.name for p in checks.every(reading(), {})] == ["empty"]
    refused = reading(status="failed", reason="unsupported_device", detail="no profile fits it")
    assert [p.name for p in checks.every(refused, {})] == ["unsupported"]
    assert [p.name for p in checks.every(reading(status="failed", reason="bad_response"), {})] == ["failed"]


def test_centreon_names_say_what_a_value_is_of():
    mode = {
        "mode": "load",
        "perfdata": [
            {"name": name, "value": Decimal(1000), "unit": ""}
            for name in [
                "mod1phase2#phase.current.ampere",
                "~C1#hardware.sensor.ocprot.rmscurrent.ampere",
                "~7#hardware.sensor.outlet.activeenergy.watthour",
                "Web strapping 0#outlet.power.watt",
                "hardware.rmsCurrent.count",
                "something.new",
            ]
        ],
    }
    found = list(thirdparty.centreon({"modes": [mode]}))
    assert [getattr(value, "where", None) for value in found] == [
        Place("phase", 2),
        Place("bank", 1),
        Place("outlet", 7),
        Named("outlet", "Web"),
        None,
        thirdparty.Nowhere(),
    ]
    assert (found[2].quantity, found[2].value) == ("energy", Decimal(1))
