"""A mail server: one connection for many letters; what it answers becomes a verdict."""

import smtplib
import ssl
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from portal.notices import post
from portal.notices.post import Item
from portal.notices.rules import Outcome, Verdict, verdict

TOO_LARGE = 552


class Smtp:
    """A mail server of an address like smtp://user:password@host:587; connected to with the first letter."""

    def __init__(self, address: str, patience: float) -> None:
        self._address, self._patience = urlsplit(address), patience
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._connection.quit()
            self._drop()

    def carry(self, item: Item) -> Outcome:
        """Hand one letter over."""
        try:
            message, sender = post.message(item), post.return_path(item)
            to = post.on_the_wire(item.to)
        except (ValueError, LookupError, TypeError) as error:
            return Outcome(Verdict.REFUSED, f"This letter cannot be written as an e-mail: {error}")
        try:
            connection = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Outcome(Verdict.AWAY, _said(error))
        try:
            connection.send_message(message, from_addr=sender, to_addrs=[to])
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            return self._refused(error)
        return Outcome(Verdict.TAKEN)

    def _refused(self, error: Exception) -> Outcome:
        """The verdict of what went wrong once the connection stood."""
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            code, said = next(iter(error.recipients.values()))
            text = _text(said)
            return Outcome(verdict(code, text, of_address=True), f"{code} {text}")
        if isinstance(error, smtplib.SMTPSenderRefused):
            # A letter can be too large; else whoever we are is refused, which is not the letter's fault.
            large = error.smtp_code == TOO_LARGE
            return Outcome(Verdict.REFUSED if large else Verdict.AWAY, _said(error))
        if isinstance(error, smtplib.SMTPResponseException):
            text = _text(error.smtp_error)
            return Outcome(verdict(error.smtp_code, text, of_address=False), _said(error))
        if isinstance(error, (smtplib.SMTPNotSupportedError, UnicodeError)):
            return Outcome(Verdict.REFUSED, _said(error))
        self._drop()
        return Outcome(Verdict.DROPPED, _said(error))

    def _connected(self) -> smtplib.SMTP:
        if self._connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                if self._connection.noop()[0] < 400:  # noqa: PLR2004 - it is still there
                    return self._connection
            self._drop()
        address, context = self._address, ssl.create_default_context()
        host, timeout = address.hostname or "localhost", self._patience
        if address.scheme == "smtps":
            made: smtplib.SMTP = smtplib.SMTP_SSL(
                host, address.port or 465, timeout=timeout, context=context
            )
        else:
            made = smtplib.SMTP(host, address.port or 25, timeout=timeout)
        self._connection = made
        self._greet(made, context)
        return made

    def _greet(self, made: smtplib.SMTP, context: ssl.SSLContext) -> None:
        """Encrypt where a password goes along, and where the server offers it; then say who we are."""
        address = self._address
        made.ehlo_or_helo_if_needed()
        if address.scheme != "smtps" and (address.username or made.has_extn("starttls")):
            if not address.username:
                # To a server beside us without a password: better than in the clear, whoever made its certificate.
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            made.starttls(context=context)
            made.ehlo_or_helo_if_needed()
        if address.username:
            made.login(unquote(address.username), unquote(address.password or ""))

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"[:400]


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
