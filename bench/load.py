"""Many dashboards at once while the poller commits, beside nginx serving files of the same sizes; slow and idle clients.

usage: load.py PROGRAMS_DIRECTORY STATE_DIRECTORY

A client asks what tabs of the dashboard ask at each refresh, one request after the other without a pause, of all PDUs and
of one in several ranges; nine times in ten with the tag of the answer that its browser has.
pdu-fcgi runs behind the project's own nginx on the demonstration's history; pdu-poll reads the demonstration's two PDUs
every ten seconds of it. LOAD_SECONDS=60 is how long the main run takes.
"""

import contextlib
import datetime
import os
import pathlib
import resource
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

from measure import median, table

PROJECT = pathlib.Path(__file__).resolve().parents[1]
PROGRAMS = pathlib.Path(sys.argv[1]).resolve()
os.environ["PDU_BIN"] = str(PROGRAMS)
sys.path[:0] = [str(PROJECT / "Tests" / "integration"), str(PROJECT / "Tests")]
import stack  # noqa: E402
import web  # noqa: E402

CLIENTS = 64
SECONDS = int(os.environ.get("LOAD_SECONDS", "60"))
ROUNDS = 3
ROUND_SECONDS = 4
INTERVAL = 10
TODAY = datetime.date.today()
DAY = datetime.timedelta(days=1)
RANGES = [
    (TODAY, TODAY + DAY),
    (TODAY - TODAY.weekday() * DAY, TODAY + (7 - TODAY.weekday()) * DAY),
    (TODAY.replace(day=1), (TODAY.replace(day=28) + 4 * DAY).replace(day=1)),
    (TODAY.replace(month=1, day=1), TODAY.replace(year=TODAY.year + 1, month=1, day=1)),
]
# What a refresh asks for: of all PDUs, and of one, in a day, a week, a month and a year.
TARGETS = [
    target
    for start, end in RANGES
    for range_ in [f"start={start}&end={end}"]
    for target in [
        "/api/current-status", "/api/settings", "/api/overview", f"/api/history?{range_}&resolution=auto&each=1",
        f"/api/consumers?kind=outlet&{range_}", f"/api/events?limit=200&{range_}",
        "/api/current-status", "/api/pdus/1", *(f"/api/pdus/1/{kind}" for kind in ["outlets", "phases", "banks", "sensors", "polls"]),
        f"/api/history?{range_}&pdu_ids=1&resolution=auto", f"/api/consumers?kind=outlet&{range_}&pdu_ids=1",
        "/api/events?pdu_ids[]=1&limit=100", f"/api/events?limit=200&{range_}&pdu_ids=1",
    ]
]

# The tags are read anew each second from a file that somebody else keeps; a browser's is at most as old.
SCRIPT = """
local targets = { %s }
local number = "%s"
local tags, counter, read = {}, 0, 0
request = function()
    counter = counter + 1
    local now = os.time()
    if now ~= read then
        read = now
        for line in io.lines("%s") do
            local target, tag = string.match(line, "^(%%S+) (%%S+)$")
            if tag then tags[target] = tag end
        end
    end
    local target = targets[counter %% #targets + 1]
    local headers = {}
    if counter %% 10 ~= 0 then headers["If-None-Match"] = tags[target] end
    if number ~= "" then
        target = target .. (string.find(target, "?", 1, true) and "&" or "?") .. "n=" .. number .. counter
    end
    return wrk.format("GET", target, headers)
end
done = function(summary, latency)
    local errors = summary.errors
    io.write(string.format("RESULT %%d %%d %%f %%f %%f %%d\\n", summary.requests, summary.duration,
        latency:percentile(50), latency:percentile(99), latency.max,
        errors.connect + errors.read + errors.write + errors.timeout + errors.status))
end
"""


class Load:
    """What one run of wrk found: requests each second, milliseconds, and how many were not answered well."""

    runs = 0

    def __init__(self, port, targets, tags, seconds=ROUND_SECONDS, is_anew=False, clients=CLIENTS):
        Load.runs += 1
        quoted = ", ".join(f'"{target}"' for target in targets)
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
            script.write(SCRIPT % (quoted, f"{Load.runs}_" if is_anew else "", tags))
            script.flush()
            command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}", "--timeout", "5s", "-s", script.name]
            done = subprocess.run([*command, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True)
        line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT"))
        requests, duration, middle, p99, slowest, errors = map(float, line.split()[1:])
        self.rate = requests / duration * 1e6
        self.middle, self.p99, self.slowest = middle / 1000, p99 / 1000, slowest / 1000
        self.errors = int(errors)


class Site:
    """The demonstration's history with a responder and an nginx of our own, and files of the same sizes."""

    def __init__(self, state, directory):
        self.directory = directory
        self.state = state
        self.configuration = directory / "pdu-monitor.yaml"
        with contextlib.closing(sqlite3.connect(f"file:{state}/history.db?mode=ro", uri=True)) as database:
            zone = database.execute("SELECT zone FROM history").fetchone()[0]
            pdus = database.execute("SELECT key, name, address FROM pdu WHERE is_configured").fetchall()
        lines = [
            f"site: {{ timezone: {zone} }}", f"state_directory: {state}",
            f"poll: {{ interval: {INTERVAL}, deadline: {INTERVAL - 1} }}",
            f"credentials: {{ demo: {{ user: demo, auth_protocol: SHA, auth_passphrase_file: {state}/demo.auth, "
            f"privacy_protocol: AES, privacy_passphrase_file: {state}/demo.privacy }} }}",
            "pdus:",
        ] + [
            f'  - {{ id: {key}, name: "{name}", address: "{address}", credentials: demo, nominal_voltage: 230 }}'
            for key, name, address in pdus
        ]
        self.configuration.write_text("\n".join(lines) + "\n")
        self.responder = web.Supervisor(directory)
        (directory / "htdocs" / "static").mkdir(parents=True)
        self.nginx = web.stand_alone(self.responder, directory / "htdocs")
        self.files = []
        for number, target in enumerate(TARGETS):
            size = len(self.nginx.get(target).body)
            (directory / "htdocs" / "static" / f"{number}.json").write_text("x" * size)
            self.files.append(f"/static/{number}.json")
        self.tags, self.static_tags = directory / "tags", directory / "static-tags"
        self._write_tags(TARGETS, self.tags)
        self._write_tags(self.files, self.static_tags)

    @property
    def port(self):
        return self.nginx.port

    def _write_tags(self, targets, path):
        lines = [f"{target} {self.nginx.get(target).headers['ETag']}\n" for target in targets]
        path.with_suffix(".new").write_text("".join(lines))
        path.with_suffix(".new").rename(path)

    def memory(self):
        """Resident memory of pdu-fcgi in MiB."""
        text = pathlib.Path(f"/proc/{self.responder.program.pid}/status").read_text(encoding="utf-8")
        return int(text.split("VmRSS:")[1].split()[0]) / 1024

    def load(self, **options):
        """The dashboard's mix."""
        return Load(self.port, TARGETS, self.tags, **options)

    def static_load(self):
        """Files in its place."""
        return Load(self.port, self.files, self.static_tags)

    def keep_tags(self, is_over):
        """Asks like a browser that has been there just before."""
        while not is_over.wait(0.5):
            self._write_tags(TARGETS, self.tags)

    def poll(self, is_over, statuses):
        """Lets pdu-poll run at each due time."""
        while not is_over.wait(INTERVAL - time.time() % INTERVAL + 0.2):
            command = [PROGRAMS / "pdu-poll", "--config", self.configuration]
            statuses.append(subprocess.run(command, capture_output=True, check=False).returncode)

    def close(self):
        self.nginx.close()
        self.responder.close()


@contextlib.contextmanager
def in_background(*tasks):
    """Each of `tasks` in a thread of its own, with an event that tells it to end."""
    is_over = threading.Event()
    threads = [threading.Thread(target=task, args=[is_over]) for task in tasks]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def main_run(site):
    """64 clients while the poller commits."""
    statuses, memories = [], []

    def watch_memory(is_over):
        while not is_over.wait(1):
            memories.append(site.memory())

    site.load(seconds=3)
    with in_background(site.keep_tags, lambda is_over: site.poll(is_over, statuses), watch_memory):
        load = site.load(seconds=SECONDS)
    tenth = max(1, len(memories) // 10)
    table(
        f"{CLIENTS} clients for {SECONDS} s, while pdu-poll ran {len(statuses)} times "
        f"({statuses.count(0)} stored everything)",
        ["requests/s", "median", "p99", "slowest", "errors", "memory of pdu-fcgi: begin, end, most"],
        [[
            f"{load.rate:,.0f}", f"{load.middle:.1f} ms", f"{load.p99:.1f} ms", f"{load.slowest:.0f} ms", load.errors,
            f"{median(memories[:tenth]):.1f}, {median(memories[-tenth:]):.1f}, {max(memories):.1f} MiB",
        ]],
    )


def beside_files(site):
    """The same clients by turns."""
    kinds = {
        "files of the same sizes, by nginx alone": site.static_load,
        "the dashboard's mix": site.load,
        "the same without nginx's cache": lambda: site.load(is_anew=True),
    }
    runs = {kind: [] for kind in kinds}
    with in_background(site.keep_tags):
        for _ in range(ROUNDS):
            for kind, ask in kinds.items():
                runs[kind].append(ask())
    static = median([run.rate for run in runs["files of the same sizes, by nginx alone"]])
    table(
        f"{CLIENTS} clients, {ROUNDS} rounds of {ROUND_SECONDS} s by turns, medians",
        ["what", "requests/s", "p99", "errors", "share of the files' rate"],
        [
            [
                kind, f"{median([run.rate for run in those]):,.0f}", f"{median([run.p99 for run in those]):.1f} ms",
                sum(run.errors for run in those), f"{median([run.rate for run in those]) / static:.2f}",
            ]
            for kind, those in runs.items()
        ],
    )


# Clients that others must not notice.


@contextlib.contextmanager
def idle(site):
    """10,000 connections to nginx that have had an answer and say nothing more."""
    connections = []
    for _ in range(10_000):
        connection = socket.create_connection(("127.0.0.1", site.port))
        connection.sendall(b"HEAD /static/0.json HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.recv(4096)
        connections.append(connection)
    yield lambda is_over: is_over.wait()
    for connection in connections:
        connection.close()


def dripping(connect, head):
    """A context in which 500 clients send `head` a byte a second; those that are let go of come again."""

    @contextlib.contextmanager
    def context(site):
        def drip(is_over):
            connections = [[connect(site), 0] for _ in range(500)]
            while not is_over.wait(1):
                for one in connections:
                    try:
                        one[0].sendall(head[one[1] : one[1] + 1])
                        one[1] += 1
                    except OSError:
                        one[0].close()
                        one[:] = [connect(site), 0]
            for connection, _ in connections:
                connection.close()

        yield drip

    return context


def to_nginx(site):
    return socket.create_connection(("127.0.0.1", site.port))


def to_socket(site):
    return web.connect(site.responder.socket)


@contextlib.contextmanager
def hanging_up(site):
    """Clients that leave as soon as they have asked, or have read one byte."""

    def leave(is_over):
        count = 0
        while not is_over.wait(0.005):
            count += 1
            with to_nginx(site) as connection:
                connection.sendall(f"GET /api/power-data?period=day&left={count} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                if count % 2:
                    connection.recv(1)

    yield leave


@contextlib.contextmanager
def bursts(site):
    """1,000 connections at once on the socket of pdu-fcgi, each with a request, every two seconds."""

    def burst(is_over):
        while not is_over.is_set():
            connections = [to_socket(site) for _ in range(1000)]
            for connection in connections:
                connection.sendall(web.request())
            for connection in connections:
                assert web.output(web.receive(connection)).startswith("Status: 200"), "a burst got no answer"
                connection.close()
            is_over.wait(2)

    yield burst


DISTURBANCES = {
    "10,000 idle connections to nginx": idle,
    "500 clients that send nginx a byte a second": dripping(to_nginx, b"GET /api/pdus HTTP/1.1\r\nHost: x\r\n" * 9),
    "500 clients that send pdu-fcgi a byte a second": dripping(to_socket, web.request()),
    "200 clients a second that hang up": hanging_up,
    "a burst of 1,000 connections to pdu-fcgi, every 2 s": bursts,
}


def disturbed(site):
    """The same load, without nginx's cache, with and without others that mean no good, by turns."""
    rows = []
    for name, disturbance in DISTURBANCES.items():
        calm, other = [], []
        for _ in range(ROUNDS):
            calm.append(site.load(is_anew=True, clients=16))
            with disturbance(site) as task, in_background(task):
                other.append(site.load(is_anew=True, clients=16))
        rows.append([
            name,
            *(f"{median([run.rate for run in runs]):,.0f}; {median([run.p99 for run in runs]):.1f} ms"
              for runs in (calm, other)),
            sum(run.errors for run in calm + other),
        ])
    table(
        f"16 clients without nginx's cache, {ROUNDS} rounds of {ROUND_SECONDS} s by turns: requests/s and p99, medians",
        ["beside", "alone", "beside them", "errors"],
        rows,
    )


def main():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    state = pathlib.Path(sys.argv[2]).resolve()
    state.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pdu-load-") as scratch:
        server = stack.Stack(scratch, months=13)
        server.state = state
        server.environment["STATE_DIRECTORY"] = str(state)
        with server:
            (pathlib.Path(scratch) / "site").mkdir()
            site = Site(state, pathlib.Path(scratch) / "site")
            try:
                main_run(site)
                beside_files(site)
                disturbed(site)
            finally:
                site.close()


main()
