"""What stock snmpd asks about a PDU: a text of objects, answered over its pass_persist protocol.

Run by snmpd: pass_persist.py FILE [DELAY [LOG]]. Each line of FILE is object|type|value; DELAY seconds pass before
every answer; each question adds a line to LOG: get or getnext.
"""

import bisect
import sys
import time


def main():
    objects = {}
    with open(sys.argv[1], encoding="utf-8") as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                name, kind, value = line.rstrip("\n").split("|")
                objects[key(name)] = (name, kind, value)
    order = sorted(objects)
    delay = float(sys.argv[2]) if len(sys.argv) > 2 else 0
    log = open(sys.argv[3], "a", buffering=1) if len(sys.argv) > 3 else None  # noqa: SIM115: until snmpd ends

    while question := sys.stdin.readline().strip():
        if question == "PING":
            answer("PONG")
            continue
        wanted = key(sys.stdin.readline().strip())
        if log:
            log.write(question + "\n")
        time.sleep(delay)
        if question == "getnext":
            place = bisect.bisect_right(order, wanted)
            answer(*(objects[order[place]] if place < len(order) else ["NONE"]))
        else:
            answer(*objects.get(wanted, ["NONE"]))


def key(name):
    return tuple(int(number) for number in name.strip(".").split("."))


def answer(*lines):
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


main()
