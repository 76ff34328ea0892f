"""Running pdu-fcgi and nginx on a history of the test's own, and asking them."""

import atexit
import dataclasses
import functools
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

PROJECT = pathlib.Path(__file__).resolve().parents[2]
BINARIES = pathlib.Path(os.environ.get("PDU_BIN") or PROJECT / ".build" / "debug")
NGINX = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")

CONFIGURATION = """\
site: {{ name: Test site, timezone: Europe/London }}
state_directory: "{state}"
web: {{ threads: 3 }}
# Not there: the responder has no business with it.
credentials_file: not-there.yaml
pdus:
  - {{ name: Demo PDU A, id: demo-a, address: 127.0.0.1, credentials: demo }}
  - {{ name: Demo PDU B, id: demo-b, address: 127.0.0.2, credentials: demo }}
"""


def wait_until(condition, what, seconds=20):
    """Waits for `condition` to hold."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.02)


def write_configuration(directory):
    """A configuration whose state directory is `directory`/state."""
    path = directory / "pdu-monitor.yaml"
    path.write_text(CONFIGURATION.format(state=directory / "state"))
    return path


@functools.cache
def shared_history():
    """A directory with a configuration and a month of made-up history up to now, for tests that change nothing."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="pdu-web-"))
    atexit.register(shutil.rmtree, directory)
    (directory / "state").mkdir()
    (directory / "state" / "DEMONSTRATION").touch()
    # The poller's side of the configuration, with the credentials that it insists on.
    poller = directory / "poller.yaml"
    text = write_configuration(directory).read_text()
    poller.write_text(text.replace(
        "credentials_file: not-there.yaml", "credentials: { demo: { version: 2c, community: public } }"
    ))
    subprocess.run(
        [BINARIES / "pdu-demo", "history", "--config", poller, "--months", "1"],
        check=True, capture_output=True, timeout=570,
    )
    return directory


class Program:
    """A program in the background."""

    def __init__(self, *command, log, **options):
        self.log = log
        with open(log, "ab") as output:
            self.process = subprocess.Popen(
                [str(word) for word in command], stdout=output, stderr=output,
                stdin=options.pop("stdin", subprocess.DEVNULL), **options,
            )

    @property
    def pid(self):
        return self.process.pid

    @property
    def text(self):
        return self.log.read_text(errors="replace")

    def is_alive(self):
        return self.process.poll() is None

    def stop(self, how=signal.SIGTERM, seconds=20):
        """Its exit status, after a signal if it is still there."""
        if self.is_alive():
            self.process.send_signal(how)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


class Responder(Program):
    """pdu-fcgi on a socket in a directory of its own, whose name is short enough for a socket."""

    def __init__(self, site, **options):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="pdu-web-"))
        self.socket = self.directory / "fcgi.sock"
        self.site = site
        self.options = options
        self.start()

    def start(self):
        super().__init__(
            BINARIES / "pdu-fcgi", "--config", self.site / "pdu-monitor.yaml", "--socket", self.socket,
            log=self.directory / "fcgi.log", **self.options,
        )
        wait_until(lambda: listens(self.socket) or not self.is_alive(), f"the socket of pdu-fcgi: {self.text}")
        assert self.is_alive(), self.text

    def close(self):
        self.stop()
        shutil.rmtree(self.directory)


def listens(path):
    """Whether somebody listens on the socket at `path`."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


@dataclasses.dataclass
class Answer:
    """What came back over HTTP."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self):
        assert self.headers["Content-Type"] == "application/json; charset=utf-8"
        return json.loads(self.body)

    @property
    def data(self):
        assert self.status == 200, self.body
        assert self.json["success"] is True
        return self.json["data"]

    @property
    def error(self):
        """The error's text, if this is an error in the contract's form."""
        assert self.status >= 400
        answer = self.json
        assert answer["success"] is False
        assert isinstance(answer["error"], str) and answer["error"]
        return answer["error"]


class Web:
    """nginx with a configuration of the project's, on a port that the kernel chose."""

    def __init__(self, configure):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="pdu-nginx-"))
        for _ in range(5):
            self.port = free_port()
            configure(self.directory, self.port)
            self.nginx = Program(
                NGINX, "-e", "stderr", "-p", f"{self.directory}/", "-c", self.directory / "nginx.conf",
                log=self.directory / "nginx.log",
            )
            wait_until(lambda: self.answers() or not self.nginx.is_alive(), "nginx")
            if self.nginx.is_alive():
                return
        raise AssertionError(self.nginx.text)

    def answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def get(self, target, method="GET", body=None, **headers):
        """The answer to a request; `If_None_Match=` and the like become header fields."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, target, body=body, headers=fields)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def close(self):
        self.nginx.stop()
        shutil.rmtree(self.directory)


def stand_alone(responder, htdocs=PROJECT / "htdocs"):
    """The project's own nginx in front of `responder`."""
    return Web(lambda directory, port: subprocess.run(
        [PROJECT / "nginx" / "render", directory, str(port), responder.socket, htdocs], check=True
    ))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# FastCGI in bytes (version 1.0, sections 3 and 5).


def record(kind, content=b"", request=1, version=1):
    """One record."""
    return struct.pack(">BBHHBB", version, kind, request, len(content), 0, 0) + content


def pair(name, value):
    """One parameter."""
    lengths = b"".join(
        struct.pack(">B", size) if size < 128 else struct.pack(">I", size | 0x80000000)
        for size in (len(name), len(value))
    )
    return lengths + name.encode() + value.encode()


BEGIN = record(1, bytes([0, 1, 0, 0, 0, 0, 0, 0]))


def request(**parameters):
    """A whole request; by default GET of /api/pdus."""
    parameters = {"REQUEST_METHOD": "GET", "DOCUMENT_URI": "/api/pdus", "QUERY_STRING": ""} | parameters
    content = b"".join(pair(name, value) for name, value in parameters.items())
    return BEGIN + record(4, content) + record(4) + record(5)


def connect(path, seconds=30):
    """A connection to a Unix socket."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(seconds)
    connection.connect(str(path))
    return connection


def receive(connection):
    """Everything until the end of the connection."""
    chunks = []
    while chunk := connection.recv(65536):
        chunks.append(chunk)
    return b"".join(chunks)


def output(data):
    """What the records of standard output in `data` hold."""
    text = b""
    while len(data) >= 8:
        _, kind, _, length, padding, _ = struct.unpack(">BBHHBB", data[:8])
        if kind == 6:
            text += data[8 : 8 + length]
        data = data[8 + length + padding :]
    return text.decode()


def ask(path, **parameters):
    """The answer of the responder at the socket `path`, as CGI text."""
    with connect(path) as connection:
        connection.sendall(request(**parameters))
        return output(receive(connection))


class Supervisor:
    """pdu-fcgi on a socket that outlives it, started again whenever it ends: what systemd's units do."""

    PROLOGUE = (
        "import os, sys; os.dup2(int(sys.argv[1]), 3); os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1');"
        "os.execv(sys.argv[2], sys.argv[2:])"
    )

    def __init__(self, site, backlog=4096):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="pdu-web-"))
        self.socket = self.directory / "fcgi.sock"
        self.log = self.directory / "fcgi.log"
        self.site = site
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.socket))
        self.listener.listen(backlog)
        self.starts = 0
        self.program = None
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self._supervise)
        self.thread.start()
        wait_until(lambda: ask(self.socket).startswith("Status: "), "the first answer")

    def _supervise(self):
        while not self.is_over.is_set():
            self.program = Program(
                sys.executable, "-c", self.PROLOGUE, self.listener.fileno(), BINARIES / "pdu-fcgi",
                "--config", self.site / "pdu-monitor.yaml", log=self.log, pass_fds=[self.listener.fileno()],
            )
            self.starts += 1
            self.program.process.wait()

    def kill(self):
        """Kills it once it serves; it is started again."""
        before = self.starts
        self.program.process.kill()
        wait_until(lambda: self.starts > before, "the restart")

    def close(self):
        self.is_over.set()
        while self.thread.is_alive():
            self.program.process.kill()
            self.thread.join(0.1)
        self.listener.close()
        shutil.rmtree(self.directory)


class Crowd:
    """Clients that ask again and again, each as soon as it has its answer; what they were told is kept."""

    def __init__(self, site, targets, clients=8):
        self.site = site
        self.answers = []
        self.is_over = threading.Event()
        self.threads = [
            threading.Thread(target=self._ask, args=[targets, number]) for number in range(clients)
        ]
        for thread in self.threads:
            thread.start()

    def _ask(self, targets, number):
        count = 0
        while not self.is_over.is_set():
            count += 1
            target = targets[count % len(targets)]
            # A query of its own each time, so that no cache answers.
            try:
                answer = self.site.get(f"{target}{'&' if '?' in target else '?'}n={number}_{count}")
            except (OSError, http.client.HTTPException) as error:
                answer = error
            self.answers.append((target, answer))

    def wait_for(self, more):
        """Waits until so many more answers have come."""
        goal = len(self.answers) + more
        wait_until(lambda: len(self.answers) >= goal, f"{more} more answers", seconds=60)

    def stop(self):
        """What everybody was told, as (target, answer)."""
        self.is_over.set()
        for thread in self.threads:
            thread.join()
        return self.answers
