"""What the tests of whole programs share: the programs, and the whole system as script/server starts it."""

import os

import pytest

from stack import BINARIES, Stack


@pytest.fixture(scope="session")
def binaries():
    """The directory of the programs under test: PDU_BIN, or the debug build."""
    for name in ["pdu-poll", "pdu-fcgi", "pductl", "pdu-demo"]:
        if not (BINARIES / name).exists():
            pytest.fail(f"{BINARIES / name} is missing: build first (script/test does)")
    return BINARIES


@pytest.fixture(scope="session")
def stack(binaries, tmp_path_factory):
    """The demonstration, running: two PDUs played by snmpd, polled, stored, answered, served."""
    with Stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="session")
def stack_url(request):
    """Where the whole system is served, ending with a slash: at PDU_STACK_URL, or the demonstration."""
    given = os.environ.get("PDU_STACK_URL")
    return given.rstrip("/") + "/" if given else request.getfixturevalue("stack").url
