"""Whether a third party's value is found in a reading of ours, and what stands there when it is not."""

import dataclasses
import decimal

import thirdparty
from program import shown
from thirdparty import QUANTITIES

# Ours has three decimals.
ABSOLUTE = decimal.Decimal("0.0006")
RELATIVE = decimal.Decimal("0.000001")


@dataclasses.dataclass(frozen=True)
class Verdict:
    """`ours`: the numbers that were compared; `words` about them, or about why there is nothing to compare."""

    agrees: bool
    words: str
    ours: tuple = ()


def agree(ours, theirs, parts=1):
    """Whether two numbers are the same within our rounding; a sum of `parts` is rounded so often."""
    return abs(ours - theirs) <= ABSOLUTE * parts + RELATIVE * abs(theirs)


class Judge:
    """Compares a recording's expectations with the reading of it."""

    def __init__(self, reading, expectations):
        self.reading = reading
        # What third parties read from each object, to recognise sums.
        self._theirs = {}
        for expectation in expectations:
            if isinstance(expectation.where, thirdparty.Object):
                self._theirs[expectation.quantity, expectation.where.oid] = expectation.value
        # Of several elements with one name, each agrees with one expected value.
        self._taken = set()

    def verdict(self, expectation, oid=None):
        """The verdict; `oid`: the twin to read instead."""
        where = expectation.where
        if isinstance(where, thirdparty.Identity):
            return self._identity(where.field, expectation.value)
        if isinstance(where, thirdparty.Count):
            count = len(self.reading.numbers(where.kind))
            return Verdict(count == expectation.value, f"there are {count} of ours")
        if isinstance(where, thirdparty.Nowhere):
            return Verdict(False, "not compared with anything: say with what, or why not")
        quantities = QUANTITIES[expectation.quantity]
        if isinstance(where, thirdparty.Object):
            return self._object(oid or where.oid, quantities, expectation)
        if isinstance(where, thirdparty.Named):
            return self._named(where, quantities, expectation)
        values = [self.reading.of(where.kind, where.number, quantity) for quantity in quantities]
        return self._any([value for value in values if value is not None], expectation.value)

    def _identity(self, field, expected):
        ours = self.reading.identity.get(field)
        same = ours is not None and " ".join(str(ours).split()) == " ".join(str(expected).split())
        return Verdict(same, "ours is absent" if ours is None else f"ours is {ours}")

    def _object(self, oid, quantities, expectation):
        sources = self.reading.from_object(oid)
        values = [value for value in sources if value.quantity in quantities]
        if not values:
            if sources:
                return Verdict(False, "we read it as " + ", ".join(str(value) for value in sources))
            return Verdict(False, "we do not read it")
        # What was read from this object alone says more than what was added up.
        fewest = min(len(value.oids) for value in values)
        values = [value for value in values if len(value.oids) == fewest]
        if all(self._same(value.value, expectation.value) for value in values) or any(
            self._is_sum(value, expectation.quantity) for value in values
        ):
            return Verdict(True, _list(values), _numbers(values))
        return Verdict(False, "ours is " + _list(values), _numbers(values))

    def _is_sum(self, value, quantity):
        """Whether it is the sum of what the third party reads from the objects that we add up."""
        parts = [self._theirs.get((quantity, oid)) for oid in value.oids]
        if len(parts) < 2 or not all(isinstance(part, decimal.Decimal) for part in [value.value, *parts]):
            return False
        return agree(value.value, sum(parts), len(parts))

    def _named(self, where, quantities, expectation):
        values = [v for quantity in quantities for v in self.reading.named(where.kind, where.name, quantity)]
        for value in values:
            if value not in self._taken and self._same(value.value, expectation.value):
                self._taken.add(value)
                return Verdict(True, str(value), _numbers([value]))
        return self._any(values, None)

    def _any(self, values, expected):
        if not values:
            return Verdict(False, "ours is absent")
        if any(self._same(value.value, expected) for value in values):
            return Verdict(True, _list(values), _numbers(values))
        return Verdict(False, "ours is " + _list(values), _numbers(values))

    @staticmethod
    def _same(ours, theirs):
        if isinstance(ours, decimal.Decimal) and isinstance(theirs, decimal.Decimal):
            return agree(ours, theirs)
        if ours in ["on", "off", "unknown"]:
            return ours == (thirdparty.switch_state(theirs) or "unknown")
        return ours == theirs


def reason_holds(entry, verdict, expectation):
    """What is wrong with a reason that can be checked; None where it is true, or cannot be checked."""
    if entry.times is None and entry.decimals is None:
        return None
    if not verdict.ours or not isinstance(expectation.value, decimal.Decimal):
        return "there is no number to check the reason with"
    expected = expectation.value * (entry.times or 1)
    # Of several elements with one name, any may be meant.
    enough = any if isinstance(expectation.where, thirdparty.Named) else all
    if enough(_is(ours, expected, entry.decimals) for ours in verdict.ours):
        return None
    return f"the reason does not hold: ours is {', '.join(map(shown, verdict.ours))}, not {shown(expected)}"


def _is(ours, expected, decimals):
    if decimals is None:
        return agree(ours, expected)
    step = decimal.Decimal(1).scaleb(-decimals)
    nearness = abs(ours) - abs(expected)
    return -step / 2 - RELATIVE <= nearness < step and ours * expected >= 0


def _numbers(values):
    return tuple(value.value for value in values if isinstance(value.value, decimal.Decimal))


def _list(values):
    return ", ".join(str(value) for value in values)
