"""nginx's examples with TLS, passwords, another service that knows who it is, and limits: driven as browsers would; and the
headers of everything that is answered, graded."""

import base64
import http.client
import http.server
import io
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading

import pytest
import web

NGINX = web.PROJECT / "nginx"
NAME = "pdu.example.net"
# What Prometheus and probes may fetch, too.
PATHS = ["/pdu/", "/pdu/css/base.css", "/pdu/sw.js", "/pdu/api/pdus", "/pdu/api/nothing", "/pdu/api/power-data?period=x",
         "/pdu/metrics", "/pdu/healthz", "/pdu/readyz"]


def grade(headers, tls):
    """What the headers of an answer lack, of what browsers can be told for our protection."""
    found = []
    policy = {}
    for directive in (headers["Content-Security-Policy"] or "").split(";"):
        words = directive.split()
        if words:
            policy[words[0]] = words[1:]
    for directive, allowed in [
        ("default-src", {"'self'", "'none'"}), ("object-src", {"'none'"}), ("base-uri", {"'none'", "'self'"}),
        ("frame-ancestors", {"'none'", "'self'"}), ("form-action", {"'self'", "'none'"}),
    ]:
        if not policy.get(directive) or not set(policy[directive]) <= allowed:
            found.append(f"CSP {directive}")
    for directive in ["script-src", "style-src", "default-src"]:
        for word in policy.get(directive, []):
            if word in {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "data:"}:
                found.append(f"CSP {directive} {word}")
    for name, allowed in [
        ("X-Content-Type-Options", {"nosniff"}), ("Referrer-Policy", {"no-referrer", "same-origin"}),
        ("Cross-Origin-Opener-Policy", {"same-origin"}), ("Cross-Origin-Resource-Policy", {"same-origin"}),
    ]:
        if headers.get_all(name) is None or len(headers.get_all(name)) != 1 or headers[name] not in allowed:
            found.append(f"{name}: {headers.get_all(name)}")
    for feature in ["camera", "geolocation", "microphone", "payment", "usb"]:
        if f"{feature}=()" not in (headers["Permissions-Policy"] or ""):
            found.append(f"Permissions-Policy {feature}")
    age = re.fullmatch(r"max-age=(\d+)", headers["Strict-Transport-Security"] or "")
    if tls and not (age and int(age[1]) >= 31_536_000):
        found.append("Strict-Transport-Security")
    if not tls and headers["Strict-Transport-Security"]:
        found.append("Strict-Transport-Security without TLS")
    if re.search(r"\d", headers["Server"] or ""):
        found.append("the server's version")
    if headers["Access-Control-Allow-Origin"]:
        found.append("Access-Control-Allow-Origin")
    return found


class Site:
    """The examples as an administrator would put them in, on ports of the tests' own."""

    def __init__(self, responder, *examples, edit=lambda text: text):
        self.examples = examples
        self.responder = responder
        self.edit = edit
        self.plain_port = web.free_port()
        self.web = web.Web(self.configure)
        self.port = self.web.port

    def configure(self, directory, port):
        snippets = directory / "snippets"
        shutil.rmtree(snippets, ignore_errors=True)
        shutil.copytree(NGINX / "snippets", snippets)
        for name in self.examples:
            placed = re.sub(r"^(pdu-access)-.*", r"\1.conf", name)
            text = (NGINX / "examples" / name).read_text()
            text = text.replace("/etc/nginx/pdu-monitor.htpasswd", str(directory / "htpasswd"))
            (snippets / placed).write_text(text)
        (directory / "htpasswd").write_text("".join(f"{user}:{hashed('secret')}\n" for user in ["ann", "guest"]))
        certificate = directory / "fullchain.pem"
        if not certificate.exists():
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
                 "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", directory / "key.pem", "-out", certificate],
                check=True, capture_output=True,
            )
        text = (snippets / "pdu-monitor.conf").read_text()
        text = text.replace("/usr/share/pdu-monitor/htdocs", str(web.PROJECT / "htdocs"))
        text = text.replace("unix:/run/pdu-monitor/fcgi.sock", f"unix:{self.responder.socket}")
        (snippets / "pdu-monitor.conf").write_text(text)
        site = (NGINX / "examples" / "site.conf").read_text()
        site = re.sub(r"^.*listen \[::\].*\n", "", site, flags=re.M)
        site = site.replace("listen 443", f"listen 127.0.0.1:{port}").replace(
            "listen 80", f"listen 127.0.0.1:{self.plain_port}"
        )
        site = self.edit(site.replace("/etc/ssl/pdu-monitor", str(directory)))
        limits = (NGINX / "examples" / "http.conf").read_text()
        temporary = "\n".join(
            f"{name}_temp_path {directory}/{name};" for name in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        )
        (directory / "nginx.conf").write_text(
            f'{"user root;" if os.getuid() == 0 else ""} daemon off; pid {directory}/pid; error_log stderr; events {{}}\n'
            "http { access_log off; types { text/html html; text/css css; text/javascript js; }\n"
            f"{temporary}\n{limits}\n{site} }}\n"
        )
        subprocess.run(
            [web.NGINX, "-t", "-e", "stderr", "-p", f"{directory}/", "-c", directory / "nginx.conf"],
            check=True, capture_output=True,
        )

    def connect(self, name=NAME, versions=None):
        """A connection by TLS to what the client believes to be `name`."""
        context = ssl.create_default_context(cafile=self.web.directory / "fullchain.pem")
        if versions:
            context.minimum_version = context.maximum_version = versions
        context.check_hostname = name == NAME
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=context)
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        connection.sock = context.wrap_socket(plain, server_hostname=name)
        return connection

    def get(self, target, method="GET", body=None, user=None, password="secret", **headers):
        """The answer by TLS, perhaps with a name and a password."""
        fields = {"Host": NAME} | {name.replace("_", "-"): value for name, value in headers.items()}
        if user:
            fields["Authorization"] = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        connection = self.connect()
        try:
            connection.request(method, target, body=body, headers=fields)
            response = connection.getresponse()
            return web.Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def plain(self, target, host=NAME):
        """The answer without TLS."""
        connection = http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=30)
        try:
            connection.request("GET", target, headers={"Host": host})
            response = connection.getresponse()
            return web.Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def order(self, **options):
        """The answer to a change, as a page of this site would send it."""
        body = json.dumps({"name": f"Rack {os.urandom(4).hex()}", "element_ids": [1]})
        options = {"Content_Type": "application/json", "Origin": f"https://{NAME}"} | options
        return self.get("/pdu/api/groups", method="POST", body=body, **options)

    def close(self):
        self.web.close()


def hashed(password):
    """As nginx's password files have it."""
    command = ["openssl", "passwd", "-6", password]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def responder(tmp_path_factory):
    directory = tmp_path_factory.mktemp("site")
    shutil.copytree(web.shared_history() / "state", directory / "state")
    path = web.write_configuration(directory)
    path.write_text(path.read_text().replace("threads: 3", "threads: 3, writers: [ann]"))
    responder = web.Responder(directory)
    yield responder
    responder.close()


@pytest.fixture(scope="module")
def secured(responder):
    site = Site(responder, "pdu-access-basic.conf", "pdu-hsts.conf", "pdu-scrapers.conf")
    yield site
    site.close()


class Knower(http.server.BaseHTTPRequestHandler):
    """A service that knows who has which cookie."""

    def do_GET(self):
        is_known = "session=of-ann" in self.headers.get("Cookie", "")
        self.send_response(202 if is_known else 401)
        if is_known:
            self.send_header("X-Auth-Request-User", "ann")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def asked(responder):
    service = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Knower)
    thread = threading.Thread(target=service.serve_forever)
    thread.start()
    locations = (NGINX / "examples" / "auth-request-locations.conf").read_text()
    locations = locations.replace("127.0.0.1:4180", f"127.0.0.1:{service.server_port}")
    include = "include snippets/pdu-monitor.conf;"
    site = Site(
        responder, "pdu-access-request.conf", edit=lambda text: text.replace(include, f"{locations}\n{include}")
    )
    yield site
    site.close()
    service.shutdown()
    service.server_close()
    thread.join()


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_good_marks(secured, path):
    answer = secured.get(path, user="ann")
    assert answer.status in {200, 400, 404, 503}
    assert grade(answer.headers, tls=True) == []


def test_refusals_have_good_marks_too(secured, responder):
    assert grade(secured.get("/pdu/").headers, tls=True) == []
    assert grade(secured.get("/pdu/api/pdus").headers, tls=True) == []
    assert grade(secured.get("/pdu/nothing", user="ann").headers, tls=True) == []
    assert grade(secured.get("/pdu/api/pdus", user="ann", method="POST", body=b"x" * 70_000).headers, tls=True) == []
    responder.stop()
    try:
        gone = secured.get("/pdu/api/pdus", user="ann")
        assert gone.status == 503
        assert grade(gone.headers, tls=True) == []
    finally:
        responder.start()


def test_the_marks_tell_good_from_bad():
    def headers(text):
        return http.client.parse_headers(io.BytesIO(text.encode() + b"\r\n\r\n"))

    assert len(grade(headers("Server: nginx/1.22.1"), tls=True)) == 16
    policy = "default-src 'self'; script-src 'self' 'unsafe-inline'; object-src *"
    found = grade(headers(f"Content-Security-Policy: {policy}"), tls=False)
    assert "CSP script-src 'unsafe-inline'" in found and "CSP object-src" in found
    assert "Strict-Transport-Security without TLS" in grade(headers("Strict-Transport-Security: max-age=1"), tls=False)


def test_alone_on_loopback_it_has_the_same_marks_without_tls(responder):
    site = web.stand_alone(responder)
    try:
        for path in PATHS + ["/pdu/api/pdus?" + "x" * 50_000, "/api/pdus"]:
            answer = site.get(path.replace("/pdu/", "/", 1))
            assert grade(answer.headers, tls=False) == [], path
    finally:
        site.close()


def test_tls_is_new_enough_and_for_this_name_alone(secured):
    assert secured.connect().sock.version() == "TLSv1.3"
    assert secured.connect(versions=ssl.TLSVersion.TLSv1_2).sock.version() == "TLSv1.2"
    # OpenSSL as Debian has it refuses older versions on both sides, so that only the text can tell.
    servers = (NGINX / "examples" / "site.conf").read_text().split("\nserver {")
    assert sum("443" in server for server in servers) == 2
    assert all("ssl_protocols TLSv1.2 TLSv1.3;" in server for server in servers if "443" in server)
    # A page whose name was made to resolve to this machine.
    with pytest.raises((ssl.SSLError, OSError)):
        secured.connect(name="evil.example")
    assert secured.plain("/pdu/api/pdus", host="evil.example").status == 421
    assert secured.plain("/pdu/api/pdus", host="127.0.0.1").status == 421
    redirect = secured.plain("/pdu/?a=b")
    assert (redirect.status, redirect.headers["Location"]) == (301, f"https://{NAME}/pdu/?a=b")
    assert secured.get("/").headers["Location"] == "/pdu/"


def test_a_password_is_asked_for_and_makes_a_writer(secured):
    for path in ["/pdu/", "/pdu/api/pdus", "/pdu/js/app.js", "/pdu/vendor/x"]:
        refused = secured.get(path)
        assert refused.status == 401, path
        assert refused.headers["WWW-Authenticate"].startswith("Basic ")
        assert secured.get(path, user="ann", password="wrong").status == 401
    assert secured.get("/pdu/", user="ann").status == 200
    assert secured.get("/pdu/api/settings", user="ann").data["may_write"] is True
    assert secured.get("/pdu/api/settings", user="guest").data["may_write"] is False
    assert secured.order(user="ann").status == 201
    assert secured.order(user="guest").json["code"] == "not_allowed"
    assert secured.order().status == 401
    # Whom nginx has not asked, nobody is.
    for field in ["Remote_User", "X_Remote_User", "REMOTE_USER", "X_Auth_Request_User"]:
        assert secured.order(user="guest", **{field: "ann"}).status == 403
    assert secured.order(user="ann", Origin="https://evil.example").json["code"] == "other_site"


def test_who_scrapes_needs_no_password_from_its_address(secured):
    assert secured.get("/pdu/metrics").status == 200
    assert secured.get("/pdu/healthz").status == 200
    assert secured.get("/pdu/api/pdus").status == 401


def test_another_service_says_who_it_is(asked):
    assert asked.get("/pdu/").status == 401
    assert asked.get("/pdu/", Cookie="session=of-nobody").status == 401
    assert asked.get("/pdu/", Cookie="session=of-ann").status == 200
    assert asked.get("/pdu/api/settings", Cookie="session=of-ann").data["may_write"] is True
    assert asked.order(Cookie="session=of-ann").status == 201
    assert asked.order(X_Auth_Request_User="ann").status == 401
    assert asked.get("/pdu-auth").status == 404
    # Not by a password either: nobody has looked at it.
    assert asked.get("/pdu/api/pdus", user="ann").status == 401


def test_who_asks_too_often_is_told_when_to_come_back(responder):
    site = Site(responder, "pdu-limits.conf")
    try:
        explain = "/pdu/api/explain?element=1&period=day"
        slow = [site.get(explain) for _ in range(12)]
        refused = [answer for answer in slow if answer.status == 429]
        assert slow[0].status == 200 and refused
        assert refused[0].json["code"] == "too_many_requests"
        assert refused[0].headers["Retry-After"] == "1"
        # What is quick has a limit of its own, and a page's first requests are below it.
        assert {site.get("/pdu/api/pdus").status for _ in range(7)} == {200}
        crowd = web.Crowd(site, ["/pdu/api/pdus"], clients=8)
        web.wait_until(
            lambda: any(getattr(answer, "status", 0) == 429 for _, answer in crowd.answers), "a refusal", seconds=60
        )
        assert {getattr(answer, "status", answer) for _, answer in crowd.stop()} <= {200, 429}
        # The page itself has none.
        assert {site.get("/pdu/").status for _ in range(5)} == {200}
    finally:
        site.close()


def test_a_name_of_somebody_elses_changes_nothing(history, tmp_path):
    shutil.copytree(history / "state", tmp_path / "state")
    path = web.write_configuration(tmp_path)
    path.write_text(path.read_text().replace("threads: 3", "threads: 3, names: [rack.example.net]"))
    responder = web.Responder(tmp_path)
    site = web.stand_alone(responder)

    def order(host):
        body = json.dumps({"name": f"Rack {os.urandom(4).hex()}", "element_ids": [1]})
        return site.get(
            "/api/groups", method="POST", body=body, Host=host, Origin=f"http://{host}",
            Content_Type="application/json", Sec_Fetch_Site="same-origin",
        )

    try:
        # For the browser, such a page is one of this site: its name resolves to this machine.
        refused = order(f"evil.example:{site.port}")
        assert (refused.status, refused.json["code"]) == (403, "unknown_name")
        assert "evil.example" in refused.error and "web.names" in refused.error
        assert site.get("/api/settings", Host="evil.example").data["may_write"] is False
        for host in ["rack.example.net", "localhost", "127.0.0.1", "[::1]", socket.gethostname()]:
            assert order(f"{host}:{site.port}").status == 201, host
    finally:
        site.close()
        responder.close()
