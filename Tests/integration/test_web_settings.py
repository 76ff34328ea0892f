"""Groups and labels: who may change them, through nginx and with two users, and what must stay as it was."""

import json
import os
import pathlib
import shutil
import sqlite3
import stat
import tempfile

import pytest
import web

PROGRAM = web.BINARIES / "pdu-fcgi"
GROUP = {"name": "Rack 1", "colour": "#1F77B4", "description": None, "element_ids": [1, 2]}


@pytest.fixture
def responder(history, tmp_path):
    shutil.copytree(history / "state", tmp_path / "state")
    web.write_configuration(tmp_path)
    responder = web.Responder(tmp_path)
    yield responder
    responder.close()


def order(site, method, path, value, **headers):
    headers = {"Content_Type": "application/json"} | headers
    return site.get(path, method=method, body=None if value is None else json.dumps(value), **headers)


def test_groups_and_labels_are_made_read_and_taken_away(site, responder):
    assert site.get("/api/settings").data == {"may_write": True, "revision": 0, "groups": [], "elements": []}
    assert not (responder.site / "state" / "settings.db").exists()

    made = order(site, "POST", "/api/groups", GROUP)
    assert made.status == 201
    group = made.json["data"]
    assert group == GROUP | {"id": group["id"], "colour": "#1f77b4", "revision": 1}
    # No cache stands between a change and who looks for it.
    assert [one["name"] for one in site.get("/api/settings").data["groups"]] == ["Rack 1"]
    path = f"/api/groups/{group['id']}"
    assert order(site, "PUT", path, GROUP | {"name": "Rack 2", "revision": 1}).data["revision"] == 2
    assert order(site, "PUT", path, GROUP | {"revision": 1}).status == 409
    assert order(site, "PUT", "/api/elements/1", {"label": "Left", "note": "a\nb"}).data["note"] == "a\nb"
    settings = site.get("/api/settings")
    assert [one["name"] for one in settings.data["groups"]] == ["Rack 2"]
    assert settings.data["elements"] == [{"element_id": 1, "label": "Left", "note": "a\nb", "colour": None}]
    assert site.get("/api/settings", If_None_Match=settings.headers["ETag"]).status == 304
    # The device's names are not touched.
    assert "Left" not in site.get("/api/pdus").body.decode()
    assert order(site, "DELETE", path, None).data == {"revision": 4}
    assert site.get("/api/settings").data["groups"] == []
    assert order(site, "DELETE", path, None).status == 404


def test_what_is_kept_outlasts_the_responder(site, responder):
    order(site, "POST", "/api/groups", GROUP)
    responder.stop()
    responder.start()
    assert [one["name"] for one in site.get("/api/settings").data["groups"]] == ["Rack 1"]
    assert stat.S_IMODE((responder.site / "state" / "settings.db").stat().st_mode) & 0o137 == 0


def test_other_sites_and_forms_change_nothing(site):
    host = f"127.0.0.1:{site.port}"
    assert order(site, "POST", "/api/groups", GROUP, Origin="https://evil.example").status == 403
    assert order(site, "POST", "/api/groups", GROUP, Sec_Fetch_Site="cross-site").status == 403
    assert order(site, "POST", "/api/groups", GROUP, Content_Type="text/plain").status == 415
    assert site.get("/api/settings").data["groups"] == []
    assert order(site, "POST", "/api/groups", GROUP, Origin=f"http://{host}", Sec_Fetch_Site="same-origin").status == 201


def test_who_may_write_is_the_configurations_to_say(history, tmp_path):
    shutil.copytree(history / "state", tmp_path / "state")
    path = web.write_configuration(tmp_path)
    path.write_text(path.read_text().replace("threads: 3", "threads: 3, writers: [192.0.2.0/24, operator]"))
    responder = web.Responder(tmp_path)
    site = web.stand_alone(responder)
    try:
        refused = order(site, "POST", "/api/groups", GROUP)
        assert refused.status == 403
        assert refused.json["code"] == "not_allowed" and "web.writers" in refused.error
        assert site.get("/api/settings").data["may_write"] is False
        # Whoever writes a name into a request is not that user: this nginx has not asked for a password.
        pretended = order(site, "POST", "/api/groups", GROUP, Authorization="Basic b3BlcmF0b3I6eA==")
        assert pretended.status == 403
        named = web.ask(responder.socket, DOCUMENT_URI="/api/settings", REMOTE_ADDR="192.0.2.9")
        assert '"may_write":true' in named
        named = web.ask(responder.socket, DOCUMENT_URI="/api/settings", REMOTE_USER="operator")
        assert '"may_write":true' in named
    finally:
        site.close()
        responder.close()


def test_bodies_are_taken_up_to_64_kib(site):
    note = {"note": "x" * 900, "pad": "y" * 60_000}
    assert order(site, "PUT", "/api/elements/1", note).status == 200
    note["pad"] = "y" * 70_000
    refused = order(site, "PUT", "/api/elements/1", note)
    assert refused.status == 413
    assert "65536" in refused.error


def test_a_damaged_file_is_told_and_nothing_else_suffers(site, responder):
    path = responder.site / "state" / "settings.db"
    path.write_bytes(b"no database" * 1000)
    settings = site.get("/api/settings").data
    assert settings["groups"] == [] and "restore a copy" in settings["problem"]
    refused = order(site, "POST", "/api/groups", GROUP)
    assert refused.status == 503 and refused.json["code"] == "settings_unavailable"
    assert site.get("/api/power-data").status == 200
    path.unlink()
    assert order(site, "POST", "/api/groups", GROUP).status == 201


class Installation:
    """The directories of an installation, where the responder is a user who may only read the history."""

    GROUP, USER = 64_321, 65_534

    def __init__(self, history, with_directory):
        self.site = pathlib.Path(tempfile.mkdtemp(prefix="pdu-two-"))
        shutil.copytree(history / "state", self.site / "state")
        web.write_configuration(self.site)
        for path in [self.site, self.site / "state", *(self.site / "state").iterdir(), self.site / "pdu-monitor.yaml"]:
            os.chown(path, 0, self.GROUP)
            path.chmod(0o2750 if path.is_dir() else 0o640)
        self.folder = self.site / "state-web"
        if with_directory:
            self.folder.mkdir(mode=0o750)
            os.chown(self.folder, self.USER, self.USER)
        (self.site / "state" / "settings.db").symlink_to("../state-web/settings.db")
        # In another user's place a program in a checkout of root's could not be read.
        self.program = self.site / "pdu-fcgi"
        shutil.copy(PROGRAM, self.program)
        self.program.chmod(0o755)
        self.socket = self.site / "run" / "s"
        self.socket.parent.mkdir()
        os.chown(self.socket.parent, self.USER, self.GROUP)
        (self.site / "log").touch(0o666)
        self.before = self.contents()
        self.responder = web.Program(
            self.program, "--config", self.site / "pdu-monitor.yaml", "--socket", self.socket,
            log=self.site / "log", user=self.USER, group=self.USER, extra_groups=[self.GROUP],
        )
        web.wait_until(lambda: web.listens(self.socket) or not self.responder.is_alive(), "the socket")
        if not self.responder.is_alive() and "shared libraries" in self.responder.text:
            self.close()
            pytest.skip("the Swift runtime of this machine is for root alone")

    def contents(self):
        return {path.name: path.read_bytes() for path in (self.site / "state").iterdir() if not path.is_symlink()}

    def ask(self, method, path, value=None):
        """An order of this machine's, and its answer as CGI text."""
        body = json.dumps(value).encode() if value is not None else b""
        parameters = {
            "REQUEST_METHOD": method, "DOCUMENT_URI": path, "QUERY_STRING": "", "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)),
        }
        content = b"".join(web.pair(name, text) for name, text in parameters.items())
        with web.connect(self.socket) as connection:
            connection.sendall(web.BEGIN + web.record(4, content) + web.record(4) + web.record(5, body) + web.record(5))
            return web.output(web.receive(connection))

    def close(self):
        self.responder.stop()
        shutil.rmtree(self.site)


@pytest.fixture(params=[True, False], ids=["with its directory", "without it"])
def installation(history, request):
    if os.getuid() != 0:
        pytest.skip("needs root, to become another user")
    installation = Installation(history, request.param)
    installation.has_directory = request.param
    yield installation
    installation.close()


def test_the_responders_user_writes_the_settings_and_nothing_of_the_history(installation):
    answer = installation.ask("POST", "/api/groups", GROUP)
    settings = installation.ask("GET", "/api/settings")

    assert settings.startswith("Status: 200 ")
    if installation.has_directory:
        assert answer.startswith("Status: 201 "), answer
        assert '"name":"Rack 1"' in settings and "problem" not in settings
        path = installation.folder / "settings.db"
        assert path.stat().st_uid == installation.USER
        # What SQLite keeps beside it lies there as well, and a copy can be made while it is in use.
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            assert database.execute("SELECT name FROM element_group").fetchall() == [("Rack 1",)]
    else:
        assert answer.startswith("Status: 503 ") and "docs/operations.md" in answer
        assert '"problem":' in settings
    assert installation.contents() == installation.before
    assert (installation.site / "state" / "settings.db").is_symlink()
