"""Recordings (.snmprec) as stock snmpd processes: every object of the recording is answered, those of MIB-II, too."""

import collections
import sys

import snmpd

# What pass_persist calls the types of .snmprec; texts go as bytes, so that nothing in them means anything.
TYPES = {"2": "integer", "64": "ipaddress", "65": "counter", "66": "gauge", "67": "timeticks", "70": "counter64"}
# Answered from the recording instead: what this machine is does not matter.
SYSTEM = ["system_mib", "sysORTable"]


def objects(snmprec):
    """The objects of a recording as pass_persist.py serves them: (object, type, value).

    pass_persist knows no NULL; where some device says that, nothing is said, which means the same.
    """
    for line in snmprec.splitlines():
        if not line or line.startswith("#"):
            continue
        name, tag, value = line.split("|", 2)
        if tag in ["4", "4x"]:
            content = bytes.fromhex(value) if tag == "4x" else value.encode()
            yield name, "octet", content.hex(" ")
        elif tag == "6":
            yield name, "objectid", "." + value.lstrip(".")
        elif tag != "5":
            yield name, TYPES[tag], value


def tree(name):
    """What of the tree an object belongs to, that no part of snmpd answers itself: an enterprise, or a MIB."""
    numbers = name.split(".")
    return ".".join(numbers[:7])


class RecordedAgent(snmpd.Snmpd):
    """An snmpd that answers what a recording says, and notes what was asked."""

    def __init__(self, directory, snmprec, users=(("SHA", "AES"),)):
        super().__init__(directory, users=users)
        self.without = SYSTEM
        self.log = self.directory / "questions.log"
        self.take(snmprec)

    def take(self, snmprec):
        """What it answers from its next start on."""
        self.trees = collections.defaultdict(list)
        for name, kind, value in objects(snmprec):
            self.trees[tree(name)].append(f"{name}|{kind}|{value}\n")

    @property
    def questions(self):
        """What the objects were asked since they were forgotten: get, getnext."""
        return self.log.read_text().split() if self.log.exists() else []

    def forget_questions(self):
        """Begins the notes anew."""
        if self.log.exists():
            self.log.write_text("")

    def _passes(self):
        script = snmpd.HERE / "pass_persist.py"
        lines = []
        for root, objects in self.trees.items():
            file = self.directory / f"{root}.txt"
            file.write_text("".join(objects))
            lines.append(f"pass_persist .{root} {sys.executable} -S -E {script} {file} 0 {self.log}")
        return lines
