"""Many clients at once, and clients that are slow on purpose: the others notice nothing."""

import os
import resource
import socket

import pytest

import web


@pytest.fixture
def many_descriptors():
    """As many descriptors for the test itself as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 8192:
        pytest.skip("needs 8192 descriptors")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def is_open(connection):
    """Whether the other side has closed a connection on which nothing is due."""
    connection.setblocking(False)
    try:
        return connection.recv(1) != b""
    except BlockingIOError:
        return True


def test_a_thousand_connections_at_once_all_get_an_answer(responder, many_descriptors):
    with open("/proc/sys/net/core/somaxconn", encoding="utf-8") as file:
        if int(file.read()) < 1000:
            pytest.skip("the system lets less than a thousand connections wait")
    connections = [web.connect(responder.socket) for _ in range(1000)]
    for connection in connections:
        connection.sendall(web.request())

    answers = [web.output(web.receive(connection)) for connection in connections]

    assert {answer[:12] for answer in answers} == {"Status: 200 "}
    for connection in connections:
        connection.close()


def test_slow_clients_on_the_socket_hold_nobody_up(responder):
    slow = [web.connect(responder.socket) for _ in range(300)]
    for number, connection in enumerate(slow):
        connection.sendall(web.request()[: number % 60])
    stubborn = [web.connect(responder.socket) for _ in range(30)]
    for connection in stubborn:
        connection.sendall(web.request(DOCUMENT_URI="/api/power-data"))

    # With three threads: an answer while all of them are still waiting says that none of them holds one.
    for _ in range(20):
        assert web.ask(responder.socket).startswith("Status: 200")

    assert all(is_open(connection) for connection in slow)
    for connection in slow + stubborn:
        connection.close()


def test_clients_that_hang_up_in_the_middle_leave_nothing_behind(site, responder):
    for number in range(200):
        with socket.create_connection(("127.0.0.1", site.port)) as connection:
            connection.sendall(f"GET /api/power-data?n={number} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            if number % 2:
                connection.recv(1)

    assert site.get("/api/pdus").status == 200
    connections = f"/proc/{responder.pid}/fd"
    web.wait_until(
        lambda: len(os.listdir(connections)) < 100, f"the connections to be closed: {os.listdir(connections)}"
    )


def test_thousands_of_idle_connections_keep_nobody_out(site, many_descriptors):
    idle = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(4000)]
    loris = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(200)]
    for connection in loris:
        connection.sendall(b"GET /api/pdus HTTP/1.1\r\nHost: ")

    for number in range(20):
        assert site.get(f"/api/pdus?n={number}").status == 200

    assert sum(is_open(connection) for connection in idle + loris) == 4200
    for connection in idle + loris:
        connection.close()
