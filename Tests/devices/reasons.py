"""Why a third party's value is not found in ours: `expectations/VENDOR-RECORDING.yaml`, beside this file.

    "1.3.6.1.4.1.X.*": { reason: "why it is not read, in one sentence" }
    "1.3.6.1.4.1.X.7": { wrong: "why it is wrong, or of something that is not there" }
    "1.3.6.1.4.1.Y.1": { read_from: "1.3.6.1.4.1.Z.1" }
    "centreon perfdata name": { reason: "…" }

A key is an OID, or the name under which `compare.py` lists the value or the problem; `*` stands for anything. In
`read_from`, the first `*` stands for what the key's first `*` stood for. What is told by `reason` or `wrong` may
be checked: with `times: 0.01` ours must be that multiple of the third party's value, with `decimals: 2` it must
be the same when rounded or cut off so far; also with `read_from`, where the twin has finer steps.

An entry that explains nothing is an error, so that the list stays true.
"""

import dataclasses
import decimal
import pathlib
import re

import yaml

FOLDER = pathlib.Path(__file__).resolve().parent / "expectations"

ONE_OF = ["reason", "wrong", "read_from"]


class Wrong(Exception):
    """A file of reasons that cannot be understood."""


@dataclasses.dataclass
class Entry:
    """One line of the file."""

    key: str
    reason: str | None = None
    # Whether the reason is that the third party's value is wrong.
    is_wrong: bool = False
    read_from: str | None = None
    times: decimal.Decimal | None = None
    decimals: int | None = None
    uses: int = 0

    def __post_init__(self):
        self._pattern = re.compile("(.*)".join(re.escape(part) for part in self.key.split("*")), re.DOTALL)

    def match(self, name):
        """What the stars stand for in `name`; None where it is another name."""
        found = self._pattern.fullmatch(name)
        return None if found is None else found.groups()

    def twin(self, name):
        """The OID to read instead of `name`."""
        caught = list(self.match(name))
        first, *others = self.read_from.split("*")
        return first + "".join((caught.pop(0) if caught else "*") + part for part in others)


class Reasons:
    """What is known about one recording."""

    def __init__(self, recording, folder=FOLDER):
        self.file = folder / (recording.replace("/", "-") + ".yaml")
        self.entries = []
        if self.file.exists():
            text = self.file.read_text()
            try:
                content = yaml.safe_load(text) or {}
            except yaml.YAMLError as error:
                raise Wrong(f"{self.file.name}: {error}") from None
            if not isinstance(content, dict):
                raise Wrong(f"{self.file.name}: not a mapping")
            self.entries = [self._entry(key, entry) for key, entry in content.items()]
        # The more exact key explains a value before the more general one.
        self._in_order = sorted(self.entries, key=lambda entry: (entry.key.count("*"), -len(entry.key)))

    def _entry(self, key, entry):
        where = f"{self.file.name}: {key}"
        if not isinstance(key, str):
            raise Wrong(f"{where}: a key is a text; put it into quotation marks")
        if not isinstance(entry, dict) or not set(entry) <= {*ONE_OF, "times", "decimals"}:
            raise Wrong(f"{where}: give {', '.join(ONE_OF)}; times or decimals have a reason checked")
        if sum(bool(entry.get(key)) for key in ONE_OF) != 1:
            raise Wrong(f"{where}: give one of {', '.join(ONE_OF)}")
        if entry.get("read_from") and "times" in entry:
            raise Wrong(f"{where}: a twin's value must agree as it is, or to so many decimals")
        times = entry.get("times")
        return Entry(
            key,
            entry.get("reason") or entry.get("wrong"),
            "wrong" in entry,
            entry.get("read_from"),
            None if times is None else decimal.Decimal(str(times)),
            entry.get("decimals"),
        )

    def find(self, names):
        """The entry that speaks of a value known by these names, and the name; (None, None) where none does."""
        for entry in self._in_order:
            for name in names:
                if entry.match(name) is not None:
                    entry.uses += 1
                    return entry, name
        return None, None

    def unused(self):
        """The entries that explained nothing."""
        return [entry for entry in self.entries if entry.uses == 0]
