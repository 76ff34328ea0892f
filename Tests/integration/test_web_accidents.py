"""What may happen to the responder and to its database while browsers ask: each time right answers come again by
themselves, and until then nobody is told anything but that."""

import contextlib
import os
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile

import pytest

import web

MIGRATIONS = web.PROJECT / "Sources" / "Shared" / "Storage" / "Migrations"
TARGETS = ["/api/pdus", "/api/current-status", "/api/power-data?period=week", "/api/statistics?period=day"]
LATEST = max(int(path.name[1:5]) for path in MIGRATIONS.glob("v*.sql"))


@pytest.fixture
def copy(tmp_path, shared_history):
    """A site of its own, with the history of all, that a test may harm."""
    (tmp_path / "state").mkdir()
    with contextlib.closing(sqlite3.connect(f"file:{shared_history}/state/history.db?mode=ro", uri=True)) as source:
        with contextlib.closing(sqlite3.connect(tmp_path / "state" / "history.db")) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = WAL")
    web.write_configuration(tmp_path)
    return tmp_path


@pytest.fixture
def history(copy):
    return copy


def database(site):
    return site / "state" / "history.db"


def side_files(site):
    return [pathlib.Path(f"{database(site)}{suffix}") for suffix in ["-wal", "-shm"]]


def renamed(site, name):
    """A copy of the site's history in which every PDU is called `name`, as one file."""
    path = site / f"{name}.db"
    with contextlib.closing(sqlite3.connect(f"file:{database(site)}?mode=ro", uri=True)) as source:
        with contextlib.closing(sqlite3.connect(path)) as target:
            source.backup(target)
            target.execute("UPDATE pdu SET name = ? || id", [name])
            target.execute("UPDATE history SET data_version = data_version + 1")
            target.commit()
            target.execute("PRAGMA journal_mode = DELETE")
    return path


def names(answer):
    """What the PDUs in an answer are called, without their numbers."""
    return {pdu["name"].rstrip("0123456789") for pdu in answer.data}


def check_all(answers):
    """Every answer is right, or says that it is not to be had now, and when to ask again."""
    for target, answer in answers:
        assert isinstance(answer, web.Answer), (target, answer)
        if answer.status == 200:
            assert answer.data is not None
        else:
            assert answer.status == 503, (target, answer)
            assert int(answer.headers["Retry-After"]) > 0
            assert answer.error


def asked(responder, path="/api/pdus", **parameters):
    """Status and text of the responder's own answer."""
    answer = web.ask(responder.socket, DOCUMENT_URI=path, **parameters)
    return int(answer[8:11]), answer


# The responder dies.


@pytest.mark.parametrize("kind", ["alone", "inside"])
def test_killing_the_responder_again_and_again_costs_nobody_an_answer(copy, kind, tmp_path):
    supervisor = web.Supervisor(copy)
    site = web.stand_alone(supervisor) if kind == "alone" else inside(supervisor, tmp_path)
    crowd = web.Crowd(site, TARGETS)
    try:
        for _ in range(8):
            crowd.wait_for(40)
            supervisor.kill()
        crowd.wait_for(40)
        answers = crowd.stop()

        assert supervisor.starts == 9
        assert {answer.status if isinstance(answer, web.Answer) else answer for _, answer in answers} == {200}
    finally:
        crowd.stop()
        site.close()
        supervisor.close()


def inside(responder, directory):
    """nginx with the snippet for a site that exists already, at the root."""

    def configure(run, port):
        text = (web.PROJECT / "nginx" / "snippets" / "pdu-monitor.conf").read_text()
        text = text[text.index("location /pdu/ {") :].replace("/pdu/", "/")
        text = text.replace("/usr/share/pdu-monitor/htdocs", str(directory))
        text = text.replace("unix:/run/pdu-monitor/fcgi.sock", f"unix:{responder.socket}")
        (run / "snippets").unlink(missing_ok=True)
        (run / "snippets").symlink_to(web.PROJECT / "nginx" / "snippets")
        temporary = "".join(
            f"{name}_temp_path {run}/{name}; " for name in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        )
        user = "user root;" if os.getuid() == 0 else ""
        (run / "nginx.conf").write_text(
            f"{user} daemon off; pid {run}/pid; error_log stderr; events {{}}\n"
            f"http {{ access_log off; {temporary} server {{ listen 127.0.0.1:{port}; {text} }} }}\n"
        )

    return web.Web(configure)


# Another database comes in its place.


def restore_in_place(site, other):
    """In one transaction, as a restore by the store does."""
    with contextlib.closing(sqlite3.connect(other)) as source:
        with contextlib.closing(sqlite3.connect(database(site), timeout=30)) as target:
            source.backup(target, pages=-1)


def rename_over(site, other):
    for path in side_files(site):
        path.unlink(missing_ok=True)
    other.rename(database(site))


@pytest.mark.parametrize("replace", [restore_in_place, rename_over])
def test_a_database_that_is_replaced_under_load_is_answered_from_whole(copy, site, responder, replace):
    others = [renamed(copy, name) for name in ["first", "second", "third"]]
    replace(copy, others.pop(0))
    web.wait_until(lambda: names(site.get("/api/pdus")) == {"first"}, "the first")
    crowd = web.Crowd(site, ["/api/pdus", "/api/current-status"], clients=4)
    try:
        for other in others:
            crowd.wait_for(50)
            replace(copy, other)
        crowd.wait_for(50)
    finally:
        answers = crowd.stop()

    check_all(answers)
    told = [names(answer) for _, answer in answers if answer.status == 200]
    # Never some of one and some of another.
    assert all(len(one) == 1 for one in told)
    assert {"first"} in told and told[-1] == {"third"}
    assert asked(responder)[0] == 200 and responder.is_alive()


def test_a_copy_over_the_file_itself_is_noticed_without_a_restart(copy, responder):
    other = renamed(copy, "copied")
    with contextlib.closing(sqlite3.connect(database(copy))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert "Demo PDU A" in asked(responder)[1]

    with open(other, "rb") as source, open(database(copy), "r+b") as target:
        shutil.copyfileobj(source, target)
        target.truncate()

    status, text = asked(responder)
    assert status == 200 and '"name":"copied1"' in text and '"name":"Demo PDU' not in text


# The database is harmed.


def unlink(site):
    for path in [database(site), *side_files(site)]:
        path.unlink(missing_ok=True)


def empty(site):
    os.truncate(database(site), 0)


def halve(site):
    os.truncate(database(site), database(site).stat().st_size // 8192 * 4096)


def garble(site):
    with open(database(site), "r+b") as file:
        file.write(os.urandom(65_536))


def replace_by_directory(site):
    unlink(site)
    database(site).mkdir()


@pytest.mark.parametrize("harm", [unlink, empty, halve, garble, replace_by_directory])
def test_a_database_that_is_harmed_while_it_serves_is_a_503_and_comes_back(copy, site, responder, harm):
    good = renamed(copy, "good")
    pid = responder.pid
    crowd = web.Crowd(site, TARGETS, clients=4)
    try:
        crowd.wait_for(20)
        harm(copy)
        crowd.wait_for(40)
    finally:
        answers = crowd.stop()
    check_all(answers)
    status, text = asked(responder, "/api/power-data", QUERY_STRING="period=year")
    assert status == 503 and "Retry-After: " in text and '"code":"history_' in text
    assert str(copy) not in text

    if database(copy).is_dir():
        database(copy).rmdir()
    rename_over(copy, good)

    status, text = asked(responder)
    assert status == 200 and "good1" in text
    assert responder.is_alive() and responder.pid == pid


def test_a_shared_memory_file_that_is_cut_off_costs_a_restart_at_most(copy):
    supervisor = web.Supervisor(copy)
    site = web.stand_alone(supervisor)
    # A reader that keeps the file in use, as the poller would.
    keeper = sqlite3.connect(database(copy))
    keeper.execute("SELECT count(*) FROM pdu").fetchone()
    crowd = web.Crowd(site, TARGETS, clients=4)
    try:
        crowd.wait_for(20)
        keeper.close()
        os.truncate(side_files(copy)[1], 0)
        crowd.wait_for(40)
        web.wait_until(lambda: site.get("/api/pdus?after").status == 200, "a right answer")
        check_all(crowd.stop())
    finally:
        crowd.stop()
        site.close()
        supervisor.close()


def test_a_database_that_may_not_be_read_is_a_503_until_it_may(copy):
    if os.getuid() != 0:
        pytest.skip("needs root, to become another user")
    directory = pathlib.Path(tempfile.mkdtemp(prefix="pdu-read-"))
    try:
        shutil.copytree(copy / "state", directory / "state")
        web.write_configuration(directory)
        shutil.copy(web.BINARIES / "pdu-fcgi", directory / "pdu-fcgi")
        (directory / "run").mkdir()
        for path in [directory, *directory.rglob("*")]:
            os.chown(path, 65_534, 65_534)
            path.chmod(0o755)
        database(directory).chmod(0)
        (directory / "log").touch()
        responder = web.Program(
            directory / "pdu-fcgi", "--config", directory / "pdu-monitor.yaml", "--socket", directory / "run" / "s",
            log=directory / "log", user=65_534, group=65_534, extra_groups=[],
        )
        responder.socket = directory / "run" / "s"
        web.wait_until(lambda: web.listens(responder.socket) or not responder.is_alive(), "the socket")
        if not responder.is_alive() and "shared libraries" in responder.text:
            pytest.skip("the Swift runtime of this machine is for root alone")

        status, text = asked(responder)
        assert status == 503 and "history_unreadable" in text and "Retry-After: " in text

        database(directory).chmod(0o644)
        assert asked(responder)[0] == 200
        responder.stop()
    finally:
        shutil.rmtree(directory)


# The schema changes.


def test_a_schema_that_a_newer_poller_made_meanwhile_is_a_503_that_says_what_to_do(copy, site, responder):
    crowd = web.Crowd(site, TARGETS, clients=4)
    try:
        crowd.wait_for(20)
        with contextlib.closing(sqlite3.connect(database(copy), timeout=30, isolation_level=None)) as newer:
            newer.execute("BEGIN IMMEDIATE")
            newer.execute("ALTER TABLE history RENAME COLUMN zone TO time_zone")
            newer.execute("ALTER TABLE pdu RENAME COLUMN name TO label")
            newer.execute(f"PRAGMA user_version = {LATEST + 1}")
            newer.execute("COMMIT")
        crowd.wait_for(40)
    finally:
        answers = crowd.stop()
    check_all(answers)
    status, text = asked(responder)
    assert status == 503 and "Retry-After: " in text
    assert '"code":"history_newer"' in text and "restart pdu-fcgi" in text
    assert site.get("/api/pdus?x").json["code"] == "history_newer"

    with contextlib.closing(sqlite3.connect(database(copy), timeout=30, isolation_level=None)) as older:
        older.execute("ALTER TABLE history RENAME COLUMN time_zone TO zone")
        older.execute("ALTER TABLE pdu RENAME COLUMN label TO name")
        older.execute(f"PRAGMA user_version = {LATEST}")

    assert asked(responder)[0] == 200


def test_a_schema_that_waits_for_the_poller_is_a_503_until_it_has_run(tmp_path):
    web.write_configuration(tmp_path)
    (tmp_path / "state").mkdir()
    with contextlib.closing(sqlite3.connect(database(tmp_path), isolation_level=None)) as old:
        old.execute("PRAGMA auto_vacuum = INCREMENTAL")
        old.execute("PRAGMA journal_mode = WAL")
        old.execute(f"PRAGMA application_id = {0x5044_556D}")
        old.execute(
            "CREATE TABLE schema_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, "
            "applied_at INTEGER NOT NULL) STRICT"
        )
        for path in sorted(MIGRATIONS.glob("v*.sql"))[:-1]:
            old.executescript(path.read_text())
            old.execute("INSERT INTO schema_migration VALUES (?, ?, 0)", [int(path.name[1:5]), path.stem])
        old.execute(f"PRAGMA user_version = {LATEST - 1}")
    # The poller's side of the configuration; its PDUs do not answer, which does not matter here.
    poller = tmp_path / "poller.yaml"
    text = (tmp_path / "pdu-monitor.yaml").read_text().replace(
        "credentials_file: not-there.yaml", "credentials: { demo: { version: 2c, community: public } }"
    )
    poller.write_text(text + "snmp: { timeout: 0.1, retries: 0, port: 9 }\n")
    responder = web.Responder(tmp_path)
    try:
        status, text = asked(responder)
        assert status == 503 and '"code":"history_older"' in text and "Retry-After: " in text

        subprocess.run([web.BINARIES / "pdu-poll", "--config", poller], timeout=60, capture_output=True)

        status, text = asked(responder)
        assert status == 200 and "Demo PDU A" in text, text
    finally:
        responder.close()
