"""Keys of passphrases are kept from run to run, for nobody but the collector, and never used for another passphrase."""

import stat

import pytest
import snmpd
from polling import Poller, credential

USER = credential("SHA", "AES")
SENTENCE = "keys are derived from the passphrases instead"


@pytest.fixture
def known(tmp_path):
    """A poller that has read its PDU once."""
    with snmpd.Snmpd(tmp_path / "agent") as agent:
        poller = Poller(tmp_path).add("PDU", agent.address, USER)
        assert poller.run("--json").outcomes == {"PDU": "ok"}
        yield poller


def keys(poller):
    """The file of the kept keys."""
    return poller.state / "snmp-keys"


def test_the_file_is_the_collectors_and_stays_as_it_is(known):
    before = keys(known).stat()
    assert stat.S_IMODE(before.st_mode) == 0o600
    text = keys(known).read_text()
    assert snmpd.AUTH not in text
    assert snmpd.PRIVACY not in text

    run = known.run("--json")

    assert run.outcomes == {"PDU": "ok"}
    assert SENTENCE not in run.stderr
    after = keys(known).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_another_passphrase_is_noticed_and_the_right_one_again(known):
    own = known.configuration["credentials"]["of PDU"]
    own["auth_passphrase"] = "not-the-right-one"
    assert known.run("--json").outcomes == {"PDU": "wrong_auth_passphrase"}
    own["auth_passphrase"] = snmpd.AUTH
    assert known.run("--json").outcomes == {"PDU": "ok"}


@pytest.mark.parametrize("spoil", ["damage", "cut", "open", "directory"])
def test_a_file_that_cannot_be_used_is_told_of_once(known, spoil):
    path = keys(known)
    content = path.read_bytes()
    if spoil == "damage":
        path.write_bytes(content.replace(b"key ", b"kex ", 1))
    elif spoil == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif spoil == "open":
        path.chmod(0o644)
    else:
        path.unlink()
        path.mkdir()

    first = known.run("--json")
    assert first.outcomes == {"PDU": "ok"}
    assert first.stderr.count(str(path)) == (2 if spoil == "directory" else 1)

    if spoil != "directory":
        assert str(path) not in known.run("--json").stderr
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_dry_run_neither_needs_nor_makes_it(known):
    keys(known).unlink()
    assert known.ask().outcomes == {"PDU": "ok"}
    assert not keys(known).exists()
