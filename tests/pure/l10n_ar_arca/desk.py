"""Our side of a sandbox of ARCA, and the interfaces that were published.

The WSDLs and the schema of the ticket request are those inside the package
``arcalib``, whose code is not used.
"""

from __future__ import annotations

import importlib.util
from datetime import timedelta
from pathlib import Path
from typing import Any

from lxml import etree
from sandbox.arca import testing
from sandbox.arca.server import LOGIN
from sandbox.arca.testing import Running

from odoo.addons.l10n_ar_arca.lib.wsaa import Ticket, login
from odoo.addons.remote_transport.lib.transport import BoundedSession

SCHEMA = "{http://www.w3.org/2001/XMLSchema}schema"


class Desk:
    """Logs in at a sandbox: its session notes what goes over the wire."""

    def __init__(self, made: Running) -> None:
        self.made = made
        self.bodies: list[bytes] = []
        self.session = BoundedSession()
        self.session.trust_env = False
        self.session.hooks["response"].append(self._note)
        self.tickets: dict[str, Ticket] = {}

    def _note(self, answer: Any, **_options: Any) -> None:
        body = answer.request.body
        self.bodies.append(body if isinstance(body, bytes) else body.encode())

    def login(self, service: str) -> Ticket:
        return login(
            self.made.sandbox.url + LOGIN,
            self.session,
            service,
            self.made.key_pem,
            self.made.certificate_pem,
            self.made.sandbox.clock.now(),
        )

    def get_ticket(self, service: str, refused: bool) -> Ticket:
        if refused or service not in self.tickets:
            self.tickets[service] = self.login(service)
        return self.tickets[service]

    def set(self, **values: Any) -> None:
        testing.control(self.made.sandbox, "POST", "settings", values)

    def advance(self, **values: float) -> None:
        seconds = timedelta(**values).total_seconds()
        body = {"advance_seconds": seconds}
        testing.control(self.made.sandbox, "POST", "clock", body)

    def sent(self, position: int = -1) -> etree._Element:
        """The operation of a request, alone in a document, as validators want it."""
        root = etree.fromstring(self.bodies[position])
        return etree.fromstring(etree.tostring(root.find("{*}Body/*")))


def published(path: str) -> Path:
    """A file of the package, found without importing it."""
    found = importlib.util.find_spec("arcalib")
    assert found is not None
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0], path)


def inline_schema(path: str, space: str) -> etree.XMLSchema:
    """The schema inside a WSDL; imports of its fellows, which say nothing, left out."""
    root = etree.parse(published(path)).getroot()
    schema = next(s for s in root.iter(SCHEMA) if s.get("targetNamespace") == space)
    for item in schema.findall("{*}import"):
        schema.remove(item)
    return etree.XMLSchema(etree.fromstring(etree.tostring(schema)))
