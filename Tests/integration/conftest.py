"""What the tests of the web interface start, for each test; a module that can share one among its tests says so itself."""

import pytest

import web


@pytest.fixture(scope="session")
def shared_history():
    """The directory of a site whose history all tests may read, and none may change."""
    return web.shared_history()


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
