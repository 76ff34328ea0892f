"""Every family over the network: stock snmpd processes answer what our recordings hold, pdu-poll must read the same."""

import concurrent.futures
import contextlib
import decimal
import functools
import json
import pathlib
import re
import sys

import pytest

from polling import Poller, community, credential
from recorded import RecordedAgent

# What the tests of recordings share.
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "devices"))

import fixtures  # noqa: E402
from program import walk  # noqa: E402

FILES = fixtures.every()
of_every_fixture = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


@pytest.fixture(scope="module")
def agents(tmp_path_factory):
    """An snmpd to each recording, by its name."""
    with contextlib.ExitStack() as stack, concurrent.futures.ThreadPoolExecutor(4) as pool:
        made = {
            file.stem: RecordedAgent(tmp_path_factory.mktemp(file.stem), file.read_text()) for file in FILES
        }
        for started in [pool.submit(agent.start) for agent in made.values()]:
            stack.enter_context(started.result())
        yield made


def poller(agents, directory, credential, files=FILES):
    """pdu-poll for all of `agents`."""
    poller = Poller(directory, timeout=5, retries=1)
    for file in files:
        poller.add(file.stem, agents[file.stem].address, credential)
    return poller


@pytest.fixture(scope="module")
def dry(agents, tmp_path_factory):
    """What one run reads over SNMPv3, storing nothing."""
    return poller(agents, tmp_path_factory.mktemp("dry"), credential("SHA", "AES")).ask()


@pytest.fixture(scope="module")
def stored(agents, tmp_path_factory):
    """Two runs in a row that store what they read, and what each PDU was asked in the second."""
    asking = poller(agents, tmp_path_factory.mktemp("stored"), credential("SHA", "AES"))
    first = asking.run("--json", "--verbose")
    for agent in agents.values():
        agent.forget_questions()
    second = asking.run("--json", "--verbose")
    return first, second, {name: set(agent.questions) for name, agent in agents.items()}


@pytest.fixture(scope="module", params=["1", "2c"])
def by_community(request, agents, tmp_path_factory):
    """What one run reads over SNMPv1 or SNMPv2c of those that have no 64-bit counters, which SNMPv1 lacks."""
    files = [file for file in FILES if "|70|" not in file.read_text()]
    directory = tmp_path_factory.mktemp("community")
    return files, poller(agents, directory, community(request.param), files).ask()


def read(run, name):
    """What a run read of one PDU with the units behind its address."""
    report = json.loads(run.stdout, parse_float=decimal.Decimal, parse_int=decimal.Decimal)
    return fixtures.comparable({"pdus": [pdu for pdu in report["pdus"] if name in [pdu["name"], pdu.get("host")]]})


@functools.cache
def recorded(file):
    """What is read of the recording itself."""
    return fixtures.comparable(walk(file, "--json").report)


def requests(run, name):
    """How many requests --verbose says that a PDU took."""
    return int(re.search(rf"{re.escape(name)} \(\S+\): ok: .* ms, (\d+) requests", run.stderr)[1])


def check(run, file):
    differences = fixtures.differences(read(run, file.stem), recorded(file))
    assert run.outcomes[file.stem] == "ok", run.pdu(file.stem)["detail"]
    assert not differences, "\n".join(differences)


@of_every_fixture
def test_over_snmpv3_everything_is_read_that_the_recording_holds(dry, file):
    check(dry, file)


@of_every_fixture
def test_the_second_run_asks_a_few_times_for_what_moves_and_reads_the_same(stored, file):
    first, second, questions = stored

    check(first, file)
    check(second, file)
    assert questions[file.stem] == {"get"}
    # A discovery, if the engine is asked for the first time, and some tens of objects at a time.
    assert requests(second, file.stem) <= min(4, requests(first, file.stem) - 1)


def test_snmpv1_and_snmpv2c_read_the_same(by_community):
    files, run = by_community
    wrong = {
        file.stem: run.pdu(file.stem)["detail"] or differences
        for file in files
        if (differences := fixtures.differences(read(run, file.stem), recorded(file)))
    }
    assert len(files) > 40
    assert not wrong
