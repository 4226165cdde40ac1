"""Calling ARCA's SOAP services.

zeep builds the envelopes and carries them; it does not type the answers, because an
element that ARCA added would make it fail, or, without strictness, read nothing of the
taxes. See :mod:`.xml`.
"""

from __future__ import annotations

import logging
from functools import cached_property
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry
from zeep import Client, Settings
from zeep.transports import Transport

from .errors import ArcaError
from .xml import Element, child, parse, text

WSDL_FOLDER = Path(__file__).parent / "wsdl"
CONNECT_SECONDS = 10
READ_SECONDS = 45

# zeep writes whole messages to its log when that is on; they carry tickets.
_silent = logging.Logger("silent", logging.CRITICAL)


class Fault(Exception):
    """A service answered with a SOAP fault.

    :param code: without its prefix, such as ``coe.alreadyAuthenticated``
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def make_session() -> requests.Session:
    """A session that connects again; it repeats nothing that may have arrived."""
    session = requests.Session()
    retry = Retry(total=2, connect=2, read=0, status=0, other=0, backoff_factor=0.5)
    session.mount("https://", HTTPAdapter(max_retries=retry))
    session.mount("http://", HTTPAdapter(max_retries=retry))
    return session


class Service:
    """One SOAP service.

    :param name: of its description in the ``wsdl`` folder
    :param binding: qualified name of the binding
    :param address: where it is, whatever the description says
    """

    def __init__(
        self, name: str, binding: str, address: str, session: requests.Session
    ) -> None:
        self._name = name
        self._binding = binding
        self._address = address
        self._session = session
        #: How many calls were made.
        self.calls = 0

    @cached_property
    def _proxy(self) -> Any:
        transport = Transport(
            session=self._session,
            timeout=CONNECT_SECONDS,
            operation_timeout=(CONNECT_SECONDS, READ_SECONDS),  # type: ignore[arg-type]
        )
        transport.logger = _silent
        path = str(WSDL_FOLDER / f"{self._name}.wsdl")
        client = Client(path, transport=transport, settings=Settings(raw_response=True))
        return client.create_service(self._binding, self._address)

    def call(self, operation: str, **params: Any) -> Element:
        """Call an operation; the body of the answer.

        :raises Fault: the service answered with one
        :raises ArcaError: ``unreachable`` or ``answer_unreadable``, both retryable
        """
        self.calls += 1
        try:
            answer = self._proxy[operation](**params)
        except requests.RequestException as error:
            raise ArcaError(
                "unreachable", retryable=True, detail=type(error).__name__
            ) from error
        return self._read(answer)

    def _read(self, answer: requests.Response) -> Element:
        if answer.status_code not in (200, 500):
            raise ArcaError(
                "unreachable", retryable=True, detail=f"HTTP {answer.status_code}"
            )
        body = child(parse(answer.content), "Body")
        if body is None:
            raise ArcaError("answer_unreadable", retryable=True, detail="no body")
        fault = child(body, "Fault")
        if fault is not None:
            code = text(fault, "faultcode").rpartition(":")[2]
            raise Fault(code, text(fault, "faultstring"))
        if answer.status_code != 200:
            raise ArcaError("answer_unreadable", retryable=True, detail="HTTP 500")
        return body
