"""Calling ARCA's SOAP services.

zeep builds the envelopes and carries them; it does not type the answers, because an
element that ARCA added would make it fail, or, without strictness, read nothing of
what it holds. See :mod:`.xml`.
"""

from __future__ import annotations

import logging
from functools import cached_property
from pathlib import Path
from typing import Any

from zeep import Client, Settings
from zeep.transports import Transport

from odoo.addons.remote_transport.lib.transport import (
    Answer,
    BoundedSession,
    TransportError,
)
from odoo.addons.remote_transport.lib.xml import Element, child

from .errors import ArcaError, Choked
from .xml import MAX_BYTES, parse, text

# zeep writes whole messages to its log when that is on; they carry tickets.
_silent = logging.Logger("silent", logging.CRITICAL)


def make_session() -> BoundedSession:
    """A session with the limits of ARCA's services."""
    return BoundedSession(max_bytes=MAX_BYTES)


class _Transport(Transport):
    """Lets zeep's messages go by a session with limits; loads nothing by itself."""

    session: BoundedSession

    def __init__(self, session: BoundedSession) -> None:
        super().__init__(session=session)
        self.logger = _silent

    def post(self, address: str, message: bytes, headers: dict[str, str]) -> Answer:
        """Send a message; see :meth:`BoundedSession.exchange`."""
        return self.session.exchange("POST", address, data=message, headers=headers)

    def _load_remote_data(self, url: str) -> bytes:
        raise ValueError(f"nothing is loaded from {url}")


class Fault(Exception):
    """A service answered with a SOAP fault.

    :param code: without its prefix, such as ``coe.alreadyAuthenticated``
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Service:
    """One SOAP service.

    :param wsdl: file with its description
    :param binding: qualified name of the binding
    :param address: where it is, whatever the description says
    """

    def __init__(
        self, wsdl: Path, binding: str, address: str, session: BoundedSession
    ) -> None:
        self._wsdl = wsdl
        self._binding = binding
        self._address = address
        self._session = session
        #: How many calls were made.
        self.calls = 0

    @cached_property
    def _proxy(self) -> Any:
        transport = _Transport(self._session)
        settings = Settings(raw_response=True)
        client = Client(str(self._wsdl), transport=transport, settings=settings)
        return client.create_service(self._binding, self._address)

    def call(self, operation: str, **params: Any) -> Element:
        """Call an operation; the body of the answer.

        :raises Fault: the service answered with one
        :raises Choked: it gave no answer that can be read
        :raises ArcaError: ``unreachable``, nobody was there to be asked
        """
        self.calls += 1
        try:
            answer = self._proxy[operation](**params)
        except TransportError as error:
            if error.is_unconnected:
                raise ArcaError(
                    "unreachable", retryable=True, detail=error.kind
                ) from error
            raise Choked("unreachable", error.kind) from error
        return self._read(answer)

    def _read(self, answer: Answer) -> Element:
        if answer.is_redirect:
            raise Choked("redirected", f"HTTP {answer.status}")
        if answer.status not in (200, 500):
            raise Choked("unreachable", f"HTTP {answer.status}")
        body = child(parse(answer.content), "Body")
        if body is None:
            raise Choked("answer_unreadable", "no body")
        fault = child(body, "Fault")
        if fault is not None:
            code = text(fault, "faultcode").rpartition(":")[2]
            raise Fault(code, text(fault, "faultstring"))
        if answer.status != 200:
            raise Choked("answer_unreadable", "HTTP 500")
        return body
