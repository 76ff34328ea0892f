"""Measures a scrape of /metrics of a large site through nginx and pdu-fcgi.

usage: metrics.py PROGRAMS_DIRECTORY STATE_DIRECTORY [--units 64] [--scrapes 40]

The history is made once and kept in STATE_DIRECTORY: 24 outlets a PDU, with rollups of three years, by which the energy
counters are worked out anew at each scrape. The responder's clock is set to its end. Beside it: the same bytes from a file
through the same nginx, which is what a scrape would cost if it were free. The processor time of pdu-fcgi is the same
whatever else the machine does; the limit is on the slowest but the last twentieth.
"""

import argparse
import gzip
import http.client
import os
import pathlib
import subprocess
import sys
import time

from measure import median, percentile, table

# Sets PDU_BIN, by which the programs are found.
import answer
import web

OPEN_METRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
LIMIT = 100
DAYS, KEPT = 1096, 2


def scrape(connection, target, encoding):
    """Milliseconds until the whole answer was there, and the answer."""
    headers = {"Accept": OPEN_METRICS, "Accept-Encoding": encoding}
    begun = time.perf_counter()
    connection.request("GET", target, headers=headers)
    response = connection.getresponse()
    body = response.read()
    took = (time.perf_counter() - begun) * 1000
    if response.status != 200:
        sys.exit(f"{target}: {response.status} {body[:300]!r}")
    return took, body


def processor_time(process):
    """Milliseconds that it has used so far."""
    with open(f"/proc/{process}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def times(took):
    """The cells that tell of them."""
    return [f"{value:.1f}" for value in [median(took), percentile(took, 0.95), max(took)]]


def main():
    """Prints a table; ends with 1 where a scrape takes too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("state", type=pathlib.Path)
    parser.add_argument("--units", type=int, default=64)
    parser.add_argument("--scrapes", type=int, default=40)
    arguments = parser.parse_args()
    answer.DAYS, answer.KEPT = DAYS, KEPT
    directory = answer.site(arguments.programs, arguments.state, arguments.units)
    answer.remember_pages(directory)
    rows, worst = [], 0
    with answer.running(directory) as (stack, responder):
        connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=60)
        _, body = scrape(connection, "/metrics", "identity")
        lines = body.decode().splitlines()
        # What Prometheus makes a series of.
        series = sum(not line.startswith("#") and "_created{" not in line for line in lines)
        powers = sum(line.startswith("pdu_active_power_watts{") for line in lines)
        joules = sum(line.startswith("pdu_energy_joules_total{") for line in lines)
        for encoding in ["gzip", "identity"]:
            took, before = [], processor_time(responder.pid)
            for _ in range(arguments.scrapes):
                milliseconds, answered = scrape(connection, "/metrics", encoding)
                took.append(milliseconds)
            size = len(answered)
            if encoding == "gzip":
                gzip.decompress(answered)
            worst = max(worst, percentile(took, 0.95))
            spent = (processor_time(responder.pid) - before) / len(took)
            rows.append([encoding, f"{size / 1024:.0f} KiB", *times(took), f"{spent:.0f}"])
        connection.close()
    static = web.Web(lambda place, port: render(place, port, body))
    try:
        connection = http.client.HTTPConnection("127.0.0.1", static.port, timeout=60)
        took = [scrape(connection, "/metrics.txt", "identity")[0] for _ in range(arguments.scrapes)]
        rows.append(["a file of that size", f"{len(body) / 1024:.0f} KiB", *times(took), "–"])
    finally:
        static.close()
    title = (
        f"{arguments.units} PDUs of {answer.OUTLETS} outlets: {series} series, of them {powers} powers and {joules} energies"
    )
    table(title, ["scrape", "size", "median, ms", "95 %, ms", "worst, ms", "pdu-fcgi's CPU, ms"], rows)
    if series < 10_000:
        sys.exit(f"only {series} series: more --units")
    if worst > LIMIT:
        sys.exit(f"of a hundred scrapes five took {worst:.0f} ms or more; {LIMIT} were allowed")


def render(place, port, body):
    """An nginx that has nothing but `body` in a file."""
    pages = place / "pages"
    pages.mkdir(exist_ok=True)
    (pages / "metrics.txt").write_bytes(body)
    subprocess.run([answer.PROJECT / "nginx" / "render", place, str(port), place / "nobody.sock", pages], check=True)


if __name__ == "__main__":
    main()
