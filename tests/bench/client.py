"""A load generator that costs little: raw sockets kept alive, one process of its own, standard library only.

    python client.py < {"port": 8000, "paths": ["/a", "/b"], "connections": 4, "seconds": 2, "from": 0}

It asks for the paths in turn for that long, over that many connections with one request on each, and prints JSON:
requests a second, milliseconds (median and 95th percentile), the mean size of an answer. An answer that is not 200 is an
error and ends it: a fast refusal must never pass for speed.
"""

import json
import selectors
import socket
import statistics
import sys
import time

# As behind a proxy: who asks is told by a header, to all servers alike; ours lets one visitor search so often a minute.
VISITORS = 5000


def visitor(number: int) -> str:
    """An address for each of many visitors."""
    return f"10.0.{number // 250 % 250}.{number % 250 + 1}"


class Connection:
    """One connection and the answer that is arriving on it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.open()

    def open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=300)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> None:
        self.request = request
        self.buffer = bytearray()
        self.whole = None  # how long the answer is, headers included; None before it is known
        self.chunked = False
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> bool:
        """Take what has come; True when the answer is complete."""
        part = self.socket.recv(1 << 20)
        if not part:
            raise SystemExit(f"the server closed the connection: {bytes(self.buffer[:200])!r}")
        self.buffer += part
        if self.whole is None and not self.chunked:
            self._headers()
        if self.chunked:
            return self.buffer.endswith(b"0\r\n\r\n")
        return self.whole is not None and len(self.buffer) >= self.whole

    def _headers(self) -> None:
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self.buffer[:end]).lower()
        status = head[9:12]
        if status not in (b"200", b"204"):
            raise SystemExit(f"{self.request!r} was answered by {bytes(self.buffer[:600])!r}")
        self.stays = b"connection: close" not in head
        _, found, rest = head.partition(b"content-length:")
        if found:
            self.whole = end + 4 + int(rest.split(b"\r\n", 1)[0])
        else:
            self.chunked = b"transfer-encoding: chunked" in head
            if not self.chunked:
                self.whole = end + 4


def run(port: int, paths: list[str], connections: int, seconds: float, start: int) -> dict:
    """Ask until the time is over; requests begun by then are waited for and counted."""
    asked = paths * -(-VISITORS // len(paths))
    requests = [
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: */*\r\nX-Forwarded-For: {visitor(n)}\r\n\r\n".encode()
        for n, path in enumerate(asked)
    ]
    selector = selectors.DefaultSelector()
    number, milliseconds, size, waiting = start, [], 0, 0
    began = time.perf_counter()
    for _ in range(connections):
        connection = Connection(port)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.ask(requests[number % len(requests)])
        number += 1
        waiting += 1
    while waiting:
        for key, _ in selector.select():
            connection = key.data
            if not connection.read():
                continue
            now = time.perf_counter()
            milliseconds.append((now - connection.began) * 1000)
            size += len(connection.buffer)
            if now - began >= seconds:
                waiting -= 1
                selector.unregister(connection.socket)
                continue
            if not connection.stays:
                selector.unregister(connection.socket)
                connection.open()
                selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask(requests[number % len(requests)])
            number += 1
    took = time.perf_counter() - began
    n = len(milliseconds)
    return {
        "rate": n / took,
        "median_ms": statistics.median(milliseconds),
        "p95_ms": sorted(milliseconds)[min(n - 1, int(n * 0.95))],
        "bytes": size / n,
        "requests": n,
        "next": number,
    }


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    answer = run(
        asked["port"], asked["paths"], asked["connections"], asked["seconds"], asked["from"]
    )
    json.dump(answer, sys.stdout)
