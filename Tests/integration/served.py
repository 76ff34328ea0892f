"""One responder and one nginx for all tests of a module that change nothing: imported by name, in place of those of
conftest.py, which are made anew for each test."""

import pytest

import web


@pytest.fixture(scope="module")
def history():
    """The directory of the site that is served; a module may say another."""
    return web.shared_history()


@pytest.fixture(scope="module")
def responder(history):
    responder = web.Responder(history)
    yield responder
    responder.close()


@pytest.fixture(scope="module")
def site(responder):
    site = web.stand_alone(responder)
    yield site
    site.close()
