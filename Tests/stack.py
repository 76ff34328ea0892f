"""The whole system as a newcomer starts it: script/server, in a directory and on a port of its own."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

PROJECT = pathlib.Path(__file__).resolve().parents[1]
BINARIES = pathlib.Path(os.environ.get("PDU_BIN", PROJECT / ".build" / "debug")).resolve()


def free_port():
    """A TCP port of the loopback interface that nobody has at the moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, what, seconds=60):
    """Asks `condition` until it says something true, which is returned; fails after `seconds`, naming `what`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s in vain for {what}")


class Stack:
    """One script/server, from `start` to `stop`."""

    def __init__(self, directory, months=2, **environment):
        self.directory = pathlib.Path(directory)
        self.state = self.directory / "state"
        self.port = free_port()
        self.log = self.directory / "server.log"
        self.process = None
        self._said_before = 0
        self.environment = dict(
            os.environ,
            PDU_BIN=str(BINARIES),
            PORT=str(self.port),
            STATE_DIRECTORY=str(self.state),
            DEMO_MONTHS=str(months),
            **environment,
        )

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    @property
    def database(self):
        return self.state / "history.db"

    def launch(self):
        """Starts it without waiting; what it said before is forgotten."""
        self._said_before = len(self._everything)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [str(PROJECT / "script" / "server")],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A session of its own: whatever is left in it afterwards was left behind.
                start_new_session=True,
                # Where the tests run in the background, SIGINT may be ignored, and a script could not change that.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )
        return self

    def start(self, seconds=600):
        """Starts it and waits until it says that it is running."""
        self.launch()
        wait_until(lambda: self.says("is running") or self.process.poll() is not None, "script/server", seconds)
        assert self.process.poll() is None, f"script/server ended by itself:\n{self.text}"
        return self

    def stop(self, how=signal.SIGINT):
        """Stops it the way Ctrl-C does; its exit status."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_):
        self.stop()

    @property
    def _everything(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    @property
    def text(self):
        """Everything it has said since it was started last."""
        return self._everything[self._said_before :]

    def says(self, words):
        return words in self.text

    def get(self, path="", **headers):
        """Asks nginx; status, headers and body, whatever the status."""
        request = urllib.request.Request(self.url + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.headers, refused.read()

    def data(self, path):
        """The `data` of a successful answer of the API."""
        status, _, body = self.get(path)
        answer = json.loads(body)
        assert status == 200 and answer["success"] is True, answer
        return answer["data"]

    def processes(self):
        """What is left of it: processes of its session, by id."""
        left = {}
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                name = (entry / "comm").read_text().strip()
            except OSError:
                continue
            if fields[3] == str(self.process.pid) and fields[0] != "Z":
                left[int(entry.name)] = name
        return left
