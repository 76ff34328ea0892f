"""How the page is served: headers, caching, under which path; and that the policy fits the Plotly of this checkout."""

import base64
import gzip
import hashlib
import os
import re
import shutil

import pytest

import web

SNIPPETS = web.PROJECT / "nginx" / "snippets"
POLICY = re.search(r'Content-Security-Policy "([^"]+)"', (SNIPPETS / "pdu-headers.conf").read_text())[1]


@pytest.fixture(scope="module")
def responder():
    responder = web.Responder(web.shared_history())
    yield responder
    responder.close()


@pytest.fixture(scope="module")
def htdocs(tmp_path_factory):
    """A page with a vendor file of our own, whether or not Plotly was fetched; in a path with a blank and more."""
    directory = tmp_path_factory.mktemp("a & b") / "the pages"
    shutil.copytree(web.PROJECT / "htdocs", directory, ignore=shutil.ignore_patterns("vendor"))
    (directory / "vendor").mkdir()
    (directory / "vendor" / "chart-1.2.3.min.js").write_text("plain")
    (directory / "vendor" / "chart-1.2.3.min.js.gz").write_bytes(gzip.compress(b"compressed"))
    return directory


@pytest.fixture(scope="module")
def alone(responder, htdocs):
    site = web.stand_alone(responder, htdocs)
    yield site
    site.close()


def inside(prefix):
    """The snippet in a site that exists already, at `prefix`, by the edits that its head describes."""

    def configure(directory, port, responder, htdocs):
        (directory / "snippets").symlink_to(SNIPPETS)
        (directory / "docs").mkdir(exist_ok=True)
        (directory / "docs" / "index.html").write_text("the other site")
        text = (SNIPPETS / "pdu-monitor.conf").read_text()
        if prefix == "/":
            text = re.sub(r"location = /pdu \{.*?\n\}\n", "", text, flags=re.S)
        text = text.replace("/pdu/", prefix).replace("/usr/share/pdu-monitor/htdocs", "@htdocs@")
        text = text.replace("alias @htdocs@/vendor/;", f'alias "{htdocs}/vendor/";')
        text = text.replace("alias @htdocs@/;", f'alias "{htdocs}/";')
        text = text.replace("unix:/run/pdu-monitor/fcgi.sock", f"unix:{responder.socket}")
        temporary = "\n".join(
            f"{name}_temp_path {directory}/{name};" for name in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        )
        user = "user root;" if os.getuid() == 0 else ""
        home = "" if prefix == "/" else f"location / {{ root {directory}/docs; }}"
        (directory / "nginx.conf").write_text(
            f"{user} daemon off; pid {directory}/pid; error_log stderr; events {{}}\n"
            f"http {{ access_log off; types {{ text/html html; text/javascript js; text/css css; }} {temporary}\n"
            f"server {{ listen 127.0.0.1:{port}; {home}\n{text}\n}} }}\n"
        )

    return configure


@pytest.fixture(scope="module", params=["/pdu/", "/power/rack-1/", "/api/", "/"], ids=["pdu", "deep", "api", "root"])
def subsite(request, responder, htdocs):
    site = web.Web(lambda directory, port: inside(request.param)(directory, port, responder, htdocs))
    site.prefix = request.param
    yield site
    site.close()


def test_the_page_comes_with_a_strict_policy(alone):
    page = alone.get("/")

    assert page.status == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["Content-Security-Policy"] == POLICY
    assert page.headers["Cache-Control"] == "no-cache"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    for directive in ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'self'"]:
        assert directive in POLICY
    assert "unsafe" not in POLICY and "http:" not in POLICY and "*" not in POLICY


@pytest.mark.parametrize("path, kind", [("js/app.js", "text/javascript"), ("css/base.css", "text/css")])
def test_files_have_the_type_that_browsers_insist_on(alone, path, kind):
    answer = alone.get(f"/{path}")

    assert answer.status == 200
    assert answer.headers["Content-Type"] == f"{kind}; charset=utf-8"
    assert alone.get(f"/{path}", If_None_Match=answer.headers["ETag"]).status == 304


def test_vendor_files_are_kept_for_a_year_and_come_compressed(alone):
    answer = alone.get("/vendor/chart-1.2.3.min.js", Accept_Encoding="gzip")

    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.body) == b"compressed"
    assert "immutable" in answer.headers["Cache-Control"]
    assert alone.get("/vendor/chart-1.2.3.min.js").body == b"plain"


def test_the_first_version_has_its_document_and_its_errors_under_every_prefix(subsite):
    document = subsite.get(f"{subsite.prefix}api/openapi.json").json
    assert document["servers"] == [{"url": "./v1"}]
    assert subsite.get(f"{subsite.prefix}api/v1/pdus").status == 200
    assert subsite.get(f"{subsite.prefix}api/v1/export.csv", Accept_Encoding="gzip").headers["Content-Encoding"] == "gzip"
    for target, method, status in [("nothing", "GET", 404), ("pdus", "POST", 413)]:
        answer = subsite.get(f"{subsite.prefix}api/v1/{target}", method, b"x" * 70_000 if method == "POST" else None)
        assert answer.status == status
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_what_is_not_there_is_not_kept_and_nothing_is_listed(alone):
    missing = alone.get("/vendor/chart-9.min.js")

    assert missing.status == 404
    assert missing.headers["Cache-Control"] is None
    for directory in ["/vendor/", "/js/", "/css/"]:
        assert alone.get(directory).status in {403, 404}
    assert alone.get("/../../etc/passwd").status in {400, 404}
    assert alone.get("/", method="POST", body=b"x").status == 405


def test_the_page_works_inside_another_site(subsite):
    prefix = subsite.prefix
    page = subsite.get(prefix)
    assert page.status == 200
    assert page.headers["Content-Security-Policy"] == POLICY
    for path in re.findall(rb'(?:href|src)="([^"#]+)"', page.body):
        if b"vendor/" not in path:
            assert subsite.get(prefix + path.decode()).status == 200, path
    assert subsite.get(f"{prefix}vendor/chart-1.2.3.min.js").body == b"plain"


def test_the_interface_works_inside_another_site(subsite):
    pdus = subsite.get(f"{subsite.prefix}api/pdus")

    assert len(pdus.data) == 2
    tag = pdus.headers["ETag"]
    assert subsite.get(f"{subsite.prefix}api/pdus", If_None_Match=tag).status == 304
    assert subsite.get(f"{subsite.prefix}api/nothing").status == 404
    assert subsite.get(f"{subsite.prefix}api/power-data?period=x").error
    assert subsite.get(f"{subsite.prefix}api/pdus", method="POST", body=b"x" * 20_000).error


def test_without_the_slash_one_is_sent_to_the_page(responder, htdocs):
    site = web.Web(lambda directory, port: inside("/pdu/")(directory, port, responder, htdocs))
    try:
        redirect = site.get("/pdu")

        assert redirect.status == 301
        assert redirect.headers["Location"] == "/pdu/"
        assert site.get("/").body == b"the other site"
    finally:
        site.close()


def test_the_policy_names_the_style_sheets_of_the_plotly_at_hand():
    bundles = sorted((web.PROJECT / "htdocs" / "vendor").glob("plotly-*.min.js"))
    if not bundles:
        pytest.skip("needs htdocs/vendor/plotly (script/bootstrap)")

    for bundle in bundles:
        sheets = re.findall(r"\.textContent='((?:[^'\\]|\\.)*)'", bundle.read_text(encoding="utf-8"))
        assert sheets, f"{bundle.name} sets its style sheets in another way"
        for sheet in ["", *sheets]:
            assert "\\" not in sheet
            digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in POLICY, f"{bundle.name} needs style-src 'sha256-{digest}'"
