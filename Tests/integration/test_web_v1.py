"""The interface's first version as programs get it: through nginx, with errors, caches, other sites' pages and bad input."""

import json
import socket

import pytest

import web
from served import history, responder, site  # noqa: F401

PROBLEM = {"type", "title", "status", "detail", "code"}


def problem(answer):
    """The problem that an answer is."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    body = json.loads(answer.body)
    assert set(body) == PROBLEM
    assert body["status"] == answer.status
    assert body["type"] == f"urn:pdu-monitor:problem:{body['code']}"
    return body


@pytest.mark.parametrize(
    "target, status, words",
    [
        ("pdus?limit=0", 400, "1 to 1000"),
        ("history?start=2026-01-02&end=2026-01-01", 422, "later than start"),
        ("history?start=1990-01-01&end=2025-01-01", 422, "3660 days"),
        ("history?start=2020-01-01&end=2022-01-01&resolution=minute", 413, "100800"),
        ("readings?start=2026-01-01&end=2026-12-31", 413, "100800"),
        ("history?timezone=Mars/Base", 400, "no parameter here"),
        ("history?start=2026-01-01T00:00:00%2B99:00&end=2026-01-02", 400, "RFC 3339"),
        ("history?start=%ff", 400, "UTF-8"),
        ("pdus/77", 404, "no PDU 77"),
        ("pdus/1.5", 404, "/api/v1/pdus/{id}"),
        ("nothing", 404, "/api/openapi.json"),
        ("pdus?fields=" + "a" * 33000, 414, "32768 bytes"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_cannot_be_served_is_a_problem_that_says_what_to_do(site, target, status, words):
    answer = site.get(f"/api/v1/{target}")

    assert answer.status == status
    assert words in problem(answer)["detail"]


def test_what_nginx_refuses_is_a_problem_too(site):
    long = site.get("/api/v1/pdus", method="POST", body=b"x" * 70_000)

    assert long.status == 413
    assert "65536" in problem(long)["detail"]


def test_so_is_a_responder_that_is_gone(history):
    responder = web.Responder(history)
    site = web.stand_alone(responder)
    try:
        assert site.get("/api/v1/site").status == 200
        responder.stop()
        gone = site.get("/api/v1/pdus")
        old = site.get("/api/pdus")
    finally:
        site.close()
        responder.close()

    assert gone.status == 503
    assert gone.headers["Retry-After"] == "5"
    assert "pdu-fcgi" in problem(gone)["detail"]
    assert "pdu-fcgi" in old.error


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused_with_those_allowed(site, method):
    answer = site.get("/api/v1/pdus", method=method)

    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD"


def test_head_has_what_get_has_but_the_body(site):
    for target in ["/api/v1/pdus", "/api/openapi.json", "/api/v1/export.csv"]:
        head, get = site.get(target, method="HEAD"), site.get(target)
        assert (head.status, head.body) == (200, b"")
        assert head.headers["Content-Type"] == get.headers["Content-Type"]
    assert site.get("/api/v1/pdus?limit=0", method="HEAD").status == 400


def test_what_has_not_changed_is_not_sent_again(site):
    for target in ["/api/v1/pdus", "/api/openapi.json", "/api/v1/settings"]:
        first = site.get(target)
        again = site.get(target, If_None_Match=first.headers["ETag"])
        assert (first.status, again.status, again.body) == (200, 304, b"")


def test_pages_are_linked_and_have_every_element_once(site):
    target, seen = "/api/v1/elements?limit=7&fields=element_id", []
    for _ in range(100):
        answer = site.get(target)
        assert answer.status == 200
        seen += [row["element_id"] for row in answer.json["data"]]
        link = answer.headers["Link"]
        if link is None:
            break
        assert link.startswith("<?") and link.endswith('>; rel="next"')
        target = "/api/v1/elements" + link[1:].split(">")[0]
    everything = [row["element_id"] for row in site.get("/api/v1/elements?limit=1000").json["data"]]

    assert len(seen) > 50
    assert seen == everything == list(dict.fromkeys(everything))


@pytest.fixture
def shared(history, tmp_path):
    """A site whose answers pages of one other site may read."""
    text = (history / "pdu-monitor.yaml").read_text()
    (tmp_path / "pdu-monitor.yaml").write_text(
        text.replace("threads: 3", 'threads: 3, cors_origins: ["https://dashboards.example"]')
    )
    responder = web.Responder(tmp_path)
    site = web.stand_alone(responder)
    yield site
    site.close()
    responder.close()


def test_pages_of_sites_that_are_named_may_read_and_no_others_even_from_the_cache(shared, site):
    target, named = "/api/v1/pdus", "https://dashboards.example"
    # Often enough that nginx keeps the answer, in every order.
    for origin in [named, None, "https://other.example"] * 4:
        answer = shared.get(target, **({"Origin": origin} if origin else {}))
        assert answer.status == 200
        assert answer.headers["Access-Control-Allow-Origin"] == (named if origin == named else None)
        assert "Origin" in ",".join(answer.headers.get_all("Vary"))
    preflight = shared.get(target, method="OPTIONS", Origin=named, Access_Control_Request_Method="GET")
    assert preflight.status == 204
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert "name it under web.cors_origins" in problem(
        shared.get(target, method="OPTIONS", Origin="https://other.example")
    )["detail"]

    # Where nobody is named, nobody may.
    assert site.get(target, Origin=named).headers["Access-Control-Allow-Origin"] is None


ABSURD = [
    "?", "??", "&&&", "=", "=&=", "%00", "%", "limit", "limit=%00", "limit[]=1", "LIMIT=1", "limit=1;2", "limit=1%20",
    "limit=-0", "limit=1e3", "limit=NaN", "limit=0x10", "limit=%D9%A1", "limit=9223372036854775808", "limit=" + "9" * 5000,
    "cursor=-1", "cursor=" + "9" * 12, "cursor=..%2F..%2Fetc%2Fpasswd", "fields=id,,id", "fields=%F0%9F%94%8C",
    "fields=id' OR '1'='1", "fields=<script>alert(1)</script>", "fields=${jndi:ldap://x}", "x=" + "%41" * 9000, "&" * 20000,
    "limit=1&" * 1500, "x=1&" * 2500, "%c0%ae=1", "%ed%a0%80=1", "fields=" + ",".join(["id"] * 5000), "limit=1#x",
]


@pytest.mark.parametrize("query", ABSURD, ids=lambda query: query[:24].encode("unicode_escape").decode())
def test_absurd_queries_get_an_answer_and_harm_nothing(site, responder, query):
    target = f"/api/v1/pdus?{query}"
    for raw, quoted in [(" ", "%20"), ("<", "%3C"), (">", "%3E")]:
        target = target.replace(raw, quoted)

    answer = site.get(target)

    assert answer.status in {200, 400, 414, 422}
    if answer.status == 200:
        assert isinstance(answer.json["data"], list)
    else:
        problem(answer)
    text = answer.body.decode()
    assert "SELECT" not in text and str(responder.site) not in text and "<script" not in text
    assert responder.is_alive()


def test_headers_that_are_too_long_are_refused_and_nobody_else_is_kept_waiting(site):
    answer = site.get("/api/v1/pdus", X_Long="a" * 200_000)

    assert answer.status == 400
    assert "understood" in answer.error
    assert site.get("/api/v1/pdus").status == 200


def test_what_is_no_http_ends_with_an_error(site):
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as client:
        client.sendall(b"GET /api/v1/pdus\x00 HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 400")
