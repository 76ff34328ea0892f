"""What the tests of the web interface start, for each test; a module that can share one among its tests says so itself."""

import shutil
import sqlite3

import pytest

import web


@pytest.fixture(scope="session")
def shared_history():
    """The directory of a site whose history all tests may read, and none may change."""
    return web.shared_history()


@pytest.fixture(scope="session")
def fresh(tmp_path_factory):
    """The made-up history, as if it were read once an hour: so it stays fresh while the tests run."""
    directory = tmp_path_factory.mktemp("fresh")
    shutil.copytree(web.shared_history() / "state", directory / "state")
    web.write_configuration(directory)
    database = sqlite3.connect(directory / "state" / "history.db")
    database.execute("UPDATE run SET interval_seconds = 3600 WHERE minute = (SELECT max(minute) FROM run)")
    database.commit()
    database.close()
    return directory


@pytest.fixture
def history(shared_history):
    """The directory of the site that is served; a module that harms it gives a copy instead."""
    return shared_history


@pytest.fixture
def responder(history):
    responder = web.Responder(history)
    yield responder
    responder.close()


@pytest.fixture
def site(responder):
    site = web.stand_alone(responder)
    yield site
    site.close()
