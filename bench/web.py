"""Measures the API through nginx beside static files of the same size, turn by turn.

usage: web.py URL DIRECTORY

DIRECTORY is one that nginx serves as URL/vendor; the static files are put there and removed again. "anew" has a
different query each time, so that nginx's one-second cache never answers; "as browsers ask" has the same query.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import urllib.request

ROUNDS = 5
SECONDS = 5
CONNECTIONS = 16
PATHS = {
    "current-status": "/api/current-status",
    "power-data, year": "/api/power-data?period=year",
}
ANEW = """
local count = 0
request = function()
    count = count + 1
    local separator = string.find(wrk.path, "?", 1, true) and "&" or "?"
    return wrk.format(nil, wrk.path .. separator .. "n=" .. count .. "_" .. %d)
end
"""


def wrk(url, script=None):
    """Requests per second, and the 99th percentile in milliseconds."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}", "--latency"]
    if script:
        command += ["-s", script]
    output = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in output:
        sys.exit(f"{url}: not every answer was a 200:\n{output}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", output).groups()
    return rate, float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def main():
    base, directory = sys.argv[1:]
    print(f"\nThe API through nginx, {CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS} s each, medians\n")
    print("| request | bytes | requests/s | p99 | share of the static rate |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as scratch:
        for name, path in PATHS.items():
            with urllib.request.urlopen(base + path) as answer:
                size = len(answer.read())
            static = os.path.join(directory, f"bench-{size}.json")
            with open(static, "w", encoding="utf-8") as file:
                file.write("x" * size)
            try:
                measure(name, base, path, size, scratch)
            finally:
                os.remove(static)


def measure(name, base, path, size, scratch):
    results = {"static file": [], "as browsers ask": [], "anew": []}
    script = os.path.join(scratch, "anew.lua")
    for number in range(ROUNDS):
        with open(script, "w", encoding="utf-8") as file:
            file.write(ANEW % number)
        results["static file"].append(wrk(f"{base}/vendor/bench-{size}.json"))
        results["as browsers ask"].append(wrk(base + path))
        results["anew"].append(wrk(base + path, script))
    static_rate = statistics.median(rate for rate, _ in results["static file"])
    for kind, values in results.items():
        rate = statistics.median(rate for rate, _ in values)
        p99 = statistics.median(p99 for _, p99 in values)
        print(f"| {name}: {kind} | {size} | {rate:,.0f} | {p99:.1f} ms | {rate / static_rate:.2f} |", flush=True)


main()
