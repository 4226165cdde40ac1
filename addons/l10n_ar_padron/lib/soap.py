"""Calling ARCA's SOAP services.

zeep builds the envelopes and carries them; it does not type the answers, because an
element that ARCA added would make it fail, or, without strictness, read nothing of the
taxes. See :mod:`.xml`.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError
from zeep import Client, Settings

from .errors import ArcaError, Choked
from .transport import BoundedSession, BoundedTransport
from .xml import Element, child, parse, text

WSDL_FOLDER = Path(__file__).parent / "wsdl"


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

    :param name: of its description in the ``wsdl`` folder
    :param binding: qualified name of the binding
    :param address: where it is, whatever the description says
    """

    def __init__(
        self, name: str, binding: str, address: str, session: BoundedSession
    ) -> None:
        self._name = name
        self._binding = binding
        self._address = address
        self._session = session
        #: How many calls were made.
        self.calls = 0

    @cached_property
    def _proxy(self) -> Any:
        transport = BoundedTransport(self._session)
        path = str(WSDL_FOLDER / f"{self._name}.wsdl")
        client = Client(path, transport=transport, settings=Settings(raw_response=True))
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
        except requests.RequestException as error:
            detail = type(error).__name__
            if _is_unconnected(error):
                raise ArcaError("unreachable", retryable=True, detail=detail) from error
            raise Choked("unreachable", detail) from error
        return self._read(answer)

    def _read(self, answer: requests.Response) -> Element:
        if answer.is_redirect:
            raise Choked("redirected", f"HTTP {answer.status_code}")
        if answer.status_code not in (200, 500):
            raise Choked("unreachable", f"HTTP {answer.status_code}")
        body = child(parse(answer.content), "Body")
        if body is None:
            raise Choked("answer_unreadable", "no body")
        fault = child(body, "Fault")
        if fault is not None:
            code = text(fault, "faultcode").rpartition(":")[2]
            raise Fault(code, text(fault, "faultstring"))
        if answer.status_code != 200:
            raise Choked("answer_unreadable", "HTTP 500")
        return body


def _is_unconnected(error: requests.RequestException) -> bool:
    """Whether no connection came about, so that nothing was asked."""
    if isinstance(
        error,
        (
            requests.ConnectTimeout,
            requests.exceptions.SSLError,
            requests.exceptions.ProxyError,
        ),
    ):
        return True
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(reason, NewConnectionError)
