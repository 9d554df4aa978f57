"""A small keep-alive client in a process of its own, for machines without wrk: as many requests as fit.

python -m tests.bench.load PORT PATH SECONDS CONNECTIONS [HEADER ...]; prints requests a second. Loopback only.
"""

import re
import selectors
import socket
import sys
import time

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)


def _finished(answer: bytes) -> bool:
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    if head.startswith(b"HTTP/1.1 304"):
        return True
    if not head.startswith(b"HTTP/1.1 200"):
        sys.exit(f"answered {head[:40]!r}")
    length = _LENGTH.search(head)
    return len(body) >= int(length[1]) if length else body.endswith(b"0\r\n\r\n")


def rate(port: int, path: str, seconds: float, connections: int, headers=()) -> float:
    """Requests a second; at most `seconds` long and a million requests."""
    lines = (f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *headers, "", "")
    request = "\r\n".join(lines).encode()
    selector, count = selectors.DefaultSelector(), 0
    started = time.perf_counter()
    for _ in range(connections):
        sock = socket.create_connection(("127.0.0.1", port), timeout=20)
        sock.sendall(request)
        selector.register(sock, selectors.EVENT_READ, bytearray())
    while (spent := time.perf_counter() - started) < seconds and count < 1_000_000:
        for key, _ in selector.select(timeout=1):
            got = key.fileobj.recv(262_144)
            if not got:
                sys.exit("the server closed a connection")
            key.data.extend(got)
            if _finished(bytes(key.data)):
                count += 1
                key.data.clear()
                key.fileobj.sendall(request)
    for key in list(selector.get_map().values()):
        key.fileobj.close()
    return count / spent


if __name__ == "__main__":
    port, path, seconds, connections, *headers = sys.argv[1:]
    print(rate(int(port), path, float(seconds), int(connections), headers))  # noqa: T201
