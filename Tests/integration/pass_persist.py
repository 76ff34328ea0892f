"""What stock snmpd asks about a PDU: a text of objects, answered over its pass_persist protocol.

Run by snmpd: pass_persist.py FILE [DELAY [LOG]]. Each line of FILE is object|type|value, and another file in its place
is noticed; DELAY seconds pass before every answer; each question adds a line to LOG: get or getnext.
"""

import bisect
import os
import sys
import time


def main():
    known = None
    delay = float(sys.argv[2]) if len(sys.argv) > 2 else 0
    log = open(sys.argv[3], "a", buffering=1) if len(sys.argv) > 3 else None  # noqa: SIM115: until snmpd ends

    while question := sys.stdin.readline().strip():
        if question == "PING":
            answer("PONG")
            continue
        wanted = key(sys.stdin.readline().strip())
        file = os.stat(sys.argv[1])
        if known != (file.st_ino, file.st_mtime_ns):
            known = (file.st_ino, file.st_mtime_ns)
            objects = read(sys.argv[1])
            order = sorted(objects)
        if log:
            log.write(question + "\n")
        time.sleep(delay)
        if question == "getnext":
            place = bisect.bisect_right(order, wanted)
            answer(*(objects[order[place]] if place < len(order) else ["NONE"]))
        else:
            answer(*objects.get(wanted, ["NONE"]))


def read(path):
    objects = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                name, kind, value = line.rstrip("\n").split("|")
                objects[key(name)] = (name, kind, value)
    return objects


def key(name):
    return tuple(int(number) for number in name.strip(".").split("."))


def answer(*lines):
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


main()
