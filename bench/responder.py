"""Counts the instructions that pdu-fcgi spends on a request, whatever else the machine does; needs valgrind.

usage: responder.py PDU_FCGI STATE_DIRECTORY [PDU_FCGI...]

STATE_DIRECTORY holds a history, such as the demonstration's; each further program is a column beside the first. A
request is the difference between 220 and 20 of them, divided by 200: neither the start nor the first request counts.
"""

import contextlib
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Tests" / "integration"))
import web  # noqa: E402
from measure import table  # noqa: E402

REQUESTS = {
    "current-status": {"DOCUMENT_URI": "/api/current-status"},
    "power-data, year": {"DOCUMENT_URI": "/api/power-data", "QUERY_STRING": "period=year"},
    "power-data, day": {"DOCUMENT_URI": "/api/power-data", "QUERY_STRING": "period=day"},
    "statistics, year": {"DOCUMENT_URI": "/api/statistics", "QUERY_STRING": "period=year"},
    "pdus": {"DOCUMENT_URI": "/api/pdus"},
    "pdus, a 304": {"DOCUMENT_URI": "/api/pdus"},
    "a path that is not there, a 404": {"DOCUMENT_URI": "/api/nothing"},
}


def run(program, configuration, parameters, count):
    """Instructions of the whole process that answers `count` requests, and the last answer."""
    with tempfile.TemporaryDirectory(prefix="pdu-count-") as scratch:
        path = os.path.join(scratch, "s")
        command = [
            "valgrind", "--tool=callgrind", f"--callgrind-out-file={scratch}/out",
            program, "--config", configuration, "--socket", path,
        ]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        web.wait_until(lambda: web.listens(path) or process.poll() is not None, "the socket", seconds=60)
        answer = ""
        for _ in range(count):
            answer = web.ask(path, **parameters)
        process.terminate()
        said = process.communicate()[1]
    return int(re.search(r"Collected : (\d+)", said)[1]), answer


def instructions(program, configuration, name):
    """Instructions of one request of the kind `name`."""
    parameters = dict(REQUESTS[name])
    if name.endswith("304"):
        answer = run(program, configuration, parameters, 1)[1]
        parameters["HTTP_IF_NONE_MATCH"] = re.search(r"ETag: (.*)\r", answer)[1]
    few, _ = run(program, configuration, parameters, 20)
    many, answer = run(program, configuration, parameters, 220)
    if name.endswith("304") and not answer.startswith("Status: 304"):
        sys.exit(f"not a 304: {answer[:80]}")
    return (many - few) // 200


def main():
    if not shutil.which("valgrind"):
        sys.exit("needs valgrind (Debian package valgrind)")
    state = os.path.abspath(sys.argv[2])
    programs = [sys.argv[1], *sys.argv[3:]]
    with contextlib.closing(sqlite3.connect(f"file:{state}/history.db?mode=ro", uri=True)) as database:
        zone = database.execute("SELECT zone FROM history").fetchone()[0]
    with tempfile.TemporaryDirectory() as directory:
        configuration = os.path.join(directory, "pdu-monitor.yaml")
        with open(configuration, "w", encoding="utf-8") as file:
            file.write(f"site: {{ timezone: {zone} }}\nstate_directory: {state}\npdus: []\n")
        rows = [
            [name, *(f"{instructions(program, configuration, name):,}" for program in programs)] for name in REQUESTS
        ]
    table("Instructions of one request in pdu-fcgi, without the kernel's", ["request", *programs], rows)


main()
