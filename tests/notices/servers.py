"""Mail servers that do what real ones do: take letters, want a password, refuse, go away, hang. For tests only."""

import asyncio
import socket
import ssl
import subprocess
from pathlib import Path
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

USER, PASSWORD = "portal", "pass/word @1"


class Box:
    """What arrived; and what it answers instead, by the command at which it does."""

    def __init__(self, *, rcpt="", data="", mail="", hang=0.0, drop="") -> None:
        self.got = []
        self.connections = 0
        self.rcpt, self.data, self.mail, self.hang, self.drop = rcpt, data, mail, hang, drop

    async def handle_EHLO(self, _server, session, _envelope, hostname, responses):  # noqa: N802 - aiosmtpd's name
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, _server, _session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if self.mail:
            return self.mail
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, _session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if self.hang:
            await asyncio.sleep(self.hang)
        if self.drop == "rcpt":
            server.transport.close()
            return "421 gone"
        if self.rcpt and not address.startswith("good"):
            return self.rcpt
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        if self.drop == "data":
            server.transport.close()
            return "421 gone"
        if self.data:
            return self.data
        self.got.append(envelope)
        return "250 OK"


class Server(Controller):
    """A mail server on a port of its own, as a context."""

    def __init__(self, box: Box, **options) -> None:
        # The controller calls its own server once, so port 0 will not do.
        super().__init__(box, hostname="127.0.0.1", port=_free_port(), **options)
        self.box = box

    def factory(self):
        return SMTP(self.handler, **self.SMTP_kwargs)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


def with_password(box: Box, folder: Path, monkeypatch) -> Server:
    """One that takes letters over TLS only, from who knows the password; its certificate is trusted for this test."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = [
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    def knows(_server, _session, _envelope, _mechanism, data):
        right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    return Server(
        box, tls_context=context, require_starttls=True, auth_required=True, authenticator=knows
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
