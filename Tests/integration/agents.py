"""Agents that misbehave: UDP sockets that stay silent, talk nonsense, or stand between pdu-poll and snmpd."""

import contextlib
import random
import selectors
import socket
import threading


class UDPServer:
    """A socket on the loopback interface whose every datagram goes to `answer`, on a thread of its own."""

    def __init__(self, host="127.0.0.1", port=0):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.bind((host, port))
        self.port = self.socket.getsockname()[1]
        self.address = f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"
        self.received = 0
        self.wakeup = socket.socketpair()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.wakeup[1].send(b"x")
        self.thread.join(timeout=10)
        self.socket.close()

    def _run(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self.socket, selectors.EVENT_READ)
            selector.register(self.wakeup[0], selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is self.wakeup[0]:
                        return
                    datagram, sender = self.socket.recvfrom(65536)
                    self.received += 1
                    for answer in self.answers(datagram):
                        self.send(answer, sender)

    def send(self, answer, sender):
        """Sends `answer` back to `sender`."""
        self.socket.sendto(answer, sender)

    def answers(self, datagram):
        """The datagrams that answer `datagram`: none."""
        return []


class Nonsense(UDPServer):
    """Answers everything with the same bytes, once or many times over."""

    def __init__(self, text=b"hello, this is not SNMP", times=1):
        super().__init__()
        self.text = text
        self.times = times

    def answers(self, datagram):
        return [self.text] * self.times


class Relay(UDPServer):
    """Passes questions on to an agent and its answers back, changed by `answered`, dropped where `drops`
    says, and late by `delay` seconds."""

    def __init__(self, agent, answered=lambda answer: [answer], drops=lambda count: False, delay=0):
        super().__init__()
        self.agent = agent
        self.answered = answered
        self.drops = drops
        self.delay = delay

    def answers(self, datagram):
        if self.drops(self.received):
            return []
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as onward:
            onward.settimeout(2)
            onward.connect((self.agent.host, self.agent.port))
            onward.send(datagram)
            try:
                answer = onward.recv(65536)
            except TimeoutError:
                return []
        return self.answered(answer)

    def send(self, answer, sender):
        timer = threading.Timer(self.delay, self._send_late, (answer, sender))
        timer.daemon = True
        timer.start()

    def _send_late(self, answer, sender):
        # Nobody may be left to hear it.
        with contextlib.suppress(OSError):
            self.socket.sendto(answer, sender)


def damaged(seed):
    """Changes answers at random: bits, lengths, ends."""
    source = random.Random(seed)

    def damage(answer):
        damaged = bytearray(answer)
        kind = source.randrange(4)
        if kind == 0:
            return [bytes(damaged[: source.randrange(len(damaged))])]
        if kind == 1:
            damaged[source.randrange(len(damaged))] = source.randrange(256)
        elif kind == 2:
            place = source.randrange(len(damaged))
            damaged[place:place] = source.randbytes(source.randrange(1, 40))
        return [bytes(damaged)]

    return damage
