"""A mail server on this machine: keeps what it takes, refuses what it is told to."""

from __future__ import annotations

from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from socketserver import StreamRequestHandler, TCPServer
from threading import Thread

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Postbox:
    """The handler of aiosmtpd: `refuses` are answers to RCPT by address, `full` one to DATA."""

    def __init__(self):
        self.mails: list[EmailMessage] = []
        self.refuses: dict[str, str] = {}
        self.full = ""
        self.password = "geheim"
        self.asked: list[str] = []  # who showed a password

    async def handle_RCPT(self, server, session, envelope, address, options):
        """Take an address or refuse it."""
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        """Take a mail or refuse it."""
        if self.full:
            return self.full
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def authenticate(self, server, session, envelope, mechanism, data):
        """Is it the password."""
        self.asked.append(data.login.decode())
        is_right = data.password == self.password.encode()
        return AuthResult(success=is_right, handled=is_right)  # a wrong one is answered by aiosmtpd: 535

    @contextmanager
    def running(self, **options):
        """Listen on a free port; yields (host, port)."""
        controller = _Controller(
            self, hostname="127.0.0.1", port=0, authenticator=self.authenticate, **options
        )
        controller.start()
        try:
            yield controller.server.sockets[0].getsockname()[:2]
        finally:
            controller.stop()


@contextmanager
def turned_away(greets: str, signs_in: str):
    """A server that has nothing to do with this installation: by its first words, or at the password."""

    class Door(StreamRequestHandler):
        def handle(self):
            self.say(greets)
            for line in self.rfile if greets[0] == "2" else ():
                self.say("250 AUTH PLAIN LOGIN" if line.upper().startswith(b"EHLO") else signs_in)

        def say(self, words):
            self.wfile.write(f"{words}\r\n".encode())

    with TCPServer(("127.0.0.1", 0), Door) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address
        finally:
            server.shutdown()
            thread.join()


class _Controller(Controller):
    def _trigger_server(self):
        """aiosmtpd greets itself on the port it was asked for; with 0 that is known only now."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
