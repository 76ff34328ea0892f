"""script/install: what it lays out, with which rights, and what it leaves alone."""

import os
import pathlib
import stat
import subprocess

import pytest

PROJECT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture
def install(binaries, tmp_path):
    """Installs below a directory; the directory."""

    def install():
        done = subprocess.run(
            [PROJECT / "script" / "install"],
            env=dict(os.environ, DESTDIR=str(tmp_path), PDU_BIN=str(binaries)),
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return tmp_path

    return install


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_programs_page_configuration_and_units_are_laid_out(install):
    root = install()

    for name in ["pdu-poll", "pdu-fcgi", "pductl"]:
        assert mode(root / "usr/local/bin" / name) == 0o755
    assert (root / "usr/local/share/pdu-monitor/htdocs/index.html").exists()
    assert list((root / "usr/local/share/pdu-monitor/htdocs/vendor").glob("plotly-*.min.js.gz"))
    units = {path.name for path in (root / "usr/local/lib/systemd/system").iterdir()}
    assert units == {"pdu-poll.service", "pdu-poll.timer", "pdu-fcgi.service", "pdu-fcgi.socket"}
    assert (root / "etc/cron.d/pdu-monitor").exists()


def test_installed_programs_run(install):
    root = install()

    for name in ["pdu-poll", "pdu-fcgi", "pductl"]:
        done = subprocess.run([root / "usr/local/bin" / name, "--version"], capture_output=True, text=True, timeout=30)
        assert (done.returncode, done.stdout.split()[0]) == (0, name)


def test_credentials_are_for_the_collector_alone(install):
    root = install()

    assert mode(root / "etc/pdu-monitor") == 0o750
    assert mode(root / "etc/pdu-monitor/pdu-monitor.yaml") == 0o640
    assert mode(root / "etc/pdu-monitor/credentials.yaml") == 0o600
    assert mode(root / "var/lib/pdu-monitor") == 0o2750


def test_settings_lie_in_a_directory_of_the_responders(install):
    for _ in range(2):
        root = install()

        assert mode(root / "var/lib/pdu-monitor-web") == 0o750
        link = root / "var/lib/pdu-monitor/settings.db"
        assert link.is_symlink()
        assert link.resolve() == root / "var/lib/pdu-monitor-web/settings.db"


def test_the_page_is_found_where_the_nginx_snippet_looks(install):
    root = install()

    snippet = (root / "etc/nginx/snippets/pdu-monitor.conf").read_text()
    aliases = [line.split()[1].rstrip(";") for line in snippet.splitlines() if line.strip().startswith("alias ")]
    assert aliases
    for alias in aliases:
        assert (root / alias.lstrip("/")).is_dir(), alias
    includes = [line.split()[1].rstrip(";") for line in snippet.splitlines() if line.strip().startswith("include ")]
    for include in includes:
        if "[.]" in include:
            # It need not be there; there is an example of it.
            stem = include.removeprefix("snippets/").removesuffix("[.]conf")
            assert list((PROJECT / "nginx" / "examples").glob(f"{stem}*.conf")), include
        else:
            assert (root / "etc/nginx" / include).exists(), include


def test_an_update_keeps_the_configuration_and_leaves_no_old_page(install):
    root = install()
    configuration = root / "etc/pdu-monitor/pdu-monitor.yaml"
    configuration.write_text("mine")
    old = root / "usr/local/share/pdu-monitor/htdocs/old.js"
    old.write_text("")

    install()

    assert configuration.read_text() == "mine"
    assert not old.exists()
