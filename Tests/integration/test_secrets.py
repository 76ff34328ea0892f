"""Secrets and files: what others on the machine can see of a poll, and what each user may read or write."""

import json
import os
import pathlib
import shutil
import socket
import stat
import subprocess
import tempfile

import pytest
import web

POLL = web.BINARIES / "pdu-poll"
SECRETS = {
    "inline": ["inline-auth-passphrase", "inline-privacy-passphrase"],
    "file": ["file-auth-passphrase", "file-privacy-passphrase"],
    "community": ["a-secret-community"],
}
COLLECTOR, RESPONDER, STRANGER, GROUP = 64_331, 64_332, 64_333, 64_334


def configuration(directory, port):
    """Three PDUs that say nothing, and their secrets in each of the places where they may be."""
    credentials = directory / "systemd"
    credentials.mkdir()
    for name, text in zip(["auth", "privacy"], SECRETS["file"]):
        (credentials / name).write_text(text + "\n")
        (credentials / name).chmod(0o600)
    (directory / "credentials.yaml").write_text(json.dumps({
        "inline": {
            "user": "u", "auth_protocol": "SHA", "privacy_protocol": "AES",
            "auth_passphrase": SECRETS["inline"][0], "privacy_passphrase": SECRETS["inline"][1],
        },
        # As systemd's LoadCredential= provides it.
        "file": {
            "user": "u", "auth_protocol": "SHA", "privacy_protocol": "AES",
            "auth_passphrase_file": str(credentials / "auth"), "privacy_passphrase_file": str(credentials / "privacy"),
        },
        "community": {"version": "2c", "community": SECRETS["community"][0]},
    }))
    (directory / "credentials.yaml").chmod(0o600)
    (directory / "pdu-monitor.yaml").write_text(json.dumps({
        "site": {"name": "Test", "timezone": "Europe/London"},
        "state_directory": str(directory / "state"),
        "snmp": {"timeout": 1, "retries": 2},
        "credentials_file": "credentials.yaml",
        "pdus": [
            {"name": name, "address": f"127.0.0.1:{port}", "credentials": name} for name in SECRETS
        ],
    }))
    return directory / "pdu-monitor.yaml"


@pytest.fixture
def silence():
    """A port at which somebody listens and says nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(30)
        yield listener


@pytest.fixture
def place():
    """A directory that other users can reach, as pytest's own cannot be."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="pdu-secrets-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


def test_secrets_are_in_no_process_list_and_in_no_message(silence, place):
    path = configuration(place, silence.getsockname()[1])
    (place / "state").mkdir(mode=0o750)
    poll = subprocess.Popen(
        [POLL, "--config", path, "--verbose", "--json"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    # Its first request is here: it has read its secrets, and waits.
    try:
        silence.recv(65536)
    except TimeoutError:
        poll.kill()
        raise AssertionError(poll.communicate()) from None
    seen = {}
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        for what in ["cmdline", "environ", "comm", "status"]:
            try:
                seen[process.name, what] = (process / what).read_bytes()
            except OSError:
                # Gone meanwhile, or another user's.
                continue
    said = b"".join(poll.communicate(timeout=60))
    assert poll.returncode == 1, said

    assert str(path).encode() in seen[str(poll.pid), "cmdline"]
    assert seen[str(poll.pid), "environ"]
    secrets = [secret.encode() for some in SECRETS.values() for secret in some]
    for (process, what), text in seen.items():
        # pytest itself has them in its memory, not in its arguments.
        assert not any(secret in text for secret in secrets), (process, what)
    assert b"timeout" in said
    assert not any(secret in said for secret in secrets)
    for file in (place / "state").rglob("*"):
        if file.is_file():
            assert not any(secret in file.read_bytes() for secret in secrets), file


def attempt(user, group, groups, code):
    """What a user comes to who tries `code`: "", or the name of the error."""
    program = (
        "import os, socket, sys\ntry:\n    " + code + "\nexcept OSError as error:\n    print(type(error).__name__, end='')"
    )
    return subprocess.run(
        ["/usr/bin/python3", "-c", program], user=user, group=group, extra_groups=groups,
        check=True, capture_output=True, text=True, cwd="/",
    ).stdout


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to become other users")
def test_each_user_may_do_what_the_documentation_says(silence, place):
    path = configuration(place, silence.getsockname()[1])
    # As script/install and the package leave it.
    state = place / "state"
    state.mkdir()
    os.chown(state, COLLECTOR, GROUP)
    state.chmod(0o2750)
    for name, mode in [("pdu-monitor.yaml", 0o640), ("credentials.yaml", 0o600), ("systemd", 0o700)]:
        os.chown(place / name, COLLECTOR, GROUP)
        (place / name).chmod(mode)
    for name in ["auth", "privacy"]:
        os.chown(place / "systemd" / name, COLLECTOR, GROUP)
    program = place / "pdu-poll"
    shutil.copy(POLL, program)
    program.chmod(0o755)
    poll = subprocess.run(
        [program, "--config", path], user=COLLECTOR, group=GROUP, extra_groups=[], umask=0o027,
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=60, cwd="/",
    )
    if "shared libraries" in poll.stderr:
        pytest.skip("the Swift runtime of this machine is for root alone")
    assert poll.returncode == 1, poll.stderr

    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in state.iterdir()}
    assert modes["history.db"] == 0o640
    for name, mode in modes.items():
        # Nothing for strangers, nothing to be written by the group, and keys for nobody else at all.
        assert mode & 0o027 == 0, (name, oct(mode))
        if name == "snmp-keys":
            assert mode == 0o600
        assert (state / name).stat().st_gid == GROUP, name
    history, keys = state / "history.db", state / "snmp-keys"
    responder = (RESPONDER, RESPONDER, [GROUP])
    assert attempt(*responder, f"open({str(history)!r}, 'rb').read()") == ""
    assert attempt(*responder, f"open({str(path)!r}, 'rb').read()") == ""
    assert attempt(*responder, f"open({str(history)!r}, 'r+b')") == "PermissionError"
    assert attempt(*responder, f"open({str(state / 'new')!r}, 'wb')") == "PermissionError"
    assert attempt(*responder, f"os.unlink({str(history)!r})") == "PermissionError"
    assert attempt(*responder, f"open({str(place / 'credentials.yaml')!r}, 'rb')") == "PermissionError"
    assert attempt(*responder, f"open({str(place / 'systemd' / 'auth')!r}, 'rb')") == "PermissionError"
    if keys.exists():
        assert attempt(*responder, f"open({str(keys)!r}, 'rb')") == "PermissionError"
    stranger = (STRANGER, STRANGER, [])
    assert attempt(*stranger, f"os.listdir({str(state)!r})") == "PermissionError"
    assert attempt(*stranger, f"open({str(history)!r}, 'rb')") == "PermissionError"
    assert attempt(*stranger, f"open({str(path)!r}, 'rb')") == "PermissionError"


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to become other users")
def test_the_socket_is_for_the_web_servers_group_alone(place):
    unit = (web.PROJECT / "cron" / "pdu-fcgi.socket").read_text()
    assert "SocketMode=0660" in unit and "SocketGroup=www-data" in unit
    path = place / "fcgi.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        # As that unit makes it.
        os.chown(path, 0, GROUP)
        path.chmod(0o660)
        code = f"socket.socket(socket.AF_UNIX).connect({str(path)!r})"
        assert attempt(STRANGER, GROUP, [], code) == ""
        # So nobody else can say who they are: REMOTE_USER counts for whoever can connect.
        assert attempt(STRANGER, STRANGER, [], code) == "PermissionError"


def test_a_socket_of_its_own_making_is_not_for_everybody(tmp_path):
    shutil.copytree(web.shared_history() / "state", tmp_path / "state")
    web.write_configuration(tmp_path)
    responder = web.Responder(tmp_path, umask=0)
    try:
        assert stat.S_IMODE(responder.socket.stat().st_mode) & 0o007 == 0
    finally:
        responder.close()
