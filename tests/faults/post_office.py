"""A mail server on this machine that can let a sender wait at the worst moment: the mail is written, nothing is said yet."""

import re
import socketserver
import threading
from collections import Counter

MESSAGE_ID = re.compile(rb"^Message-ID: <decision-(\d+)[.@]", re.M | re.I)


class PostOffice(socketserver.ThreadingTCPServer):
    """Takes mail and keeps nothing but the decision each is about, in `taken`.

    `hold(take)` lets the sender of the next mail wait for its answer until it goes away; `held` is set once one waits.
    Whether that mail was taken is what `take` says: a server that dies may have done either. No mail is held twice.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Session)
        self.port = self.server_address[1]
        self.taken: list[int] = []
        self.cut: dict[int, bool] = {}  # decision: whether its mail was taken when its sender had to wait
        self.held, self._next, self._lock = threading.Event(), None, threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def hold(self, take: bool) -> None:
        """The sender of the next mail will wait."""
        self.held.clear()
        self._next = take

    def receive(self, message: bytes) -> bool:
        """A whole mail has come in; whether its sender is answered. Mail about anything but a decision is let through."""
        found = MESSAGE_ID.search(message)
        if found is None:
            return True
        decision = int(found.group(1))
        with self._lock:
            take, answer = self._next, self._next is None or decision in self.cut
            if answer or take:
                self.taken.append(decision)
            if not answer:
                self.cut[decision], self._next = take, None
                self.held.set()
        return answer

    def sent(self) -> Counter:
        """How often each decision's mail was taken."""
        return Counter(self.taken)


class _Session(socketserver.StreamRequestHandler):
    """One sender; as much of RFC 5321 as that takes."""

    def handle(self):
        self.say("220 here")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                self.say("354 go on")
                message = b"".join(iter(self.rfile.readline, b".\r\n"))
                if not self.server.receive(message):
                    self.rfile.read()  # until the sender is gone
                    return
            self.say("221 bye" if word == b"QUIT" else "250 well")
            if word == b"QUIT":
                return

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
