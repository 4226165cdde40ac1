"""Control API of the ARCA fake (``/_sandbox/``, no authentication)."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from cryptography import x509

from .. import documents
from ..clock import Clock, parse_moment
from ..http import HttpError, Request, Response, Router, json_response
from ..persistence import Journal
from .certificates import SERVICES, Authority, Rights, identity_request, pem
from .population import Table, wanted
from .profiles import PROFILES, fits
from .settings import Settings

_DAYS = 730


def _refuse(text: str, status: int = 400) -> HttpError:
    return HttpError(json_response({"error": text}, status))


class Control:
    """Handlers of the control API; changes of taxpayers are written to the journal."""

    def __init__(
        self,
        seed: int,
        table: Table,
        authority: Authority,
        clock: Clock,
        settings: Settings,
        journal: Journal,
    ) -> None:
        self._seed = seed
        self._table = table
        self._authority = authority
        self._clock = clock
        self._settings = settings
        self._journal = journal
        self._created = 0

    def register(self, router: Router, guard: Callable[..., Any]) -> None:
        """Serve the calls; ``guard`` wraps those that change something."""
        for method, path, handler in (
            ("GET", "info", self.info),
            ("GET", "settings", self.get_settings),
            ("GET", "taxpayers", self.taxpayers),
            ("POST", "settings", guard(self.change_settings)),
            ("POST", "certificates", guard(self.certify)),
            ("POST", "certificates/{serial}", guard(self.change_certificate)),
            ("POST", "identity", guard(self.identity)),
            ("POST", "taxpayers", guard(self.create)),
            ("POST", "taxpayers/{number}", guard(self.change)),
        ):
            router.add(method, f"/_sandbox/{path}", _answering(handler))

    def info(self, _request: Request) -> Any:
        """Time, profiles, services, settings and the authority's certificate."""
        return {
            "now": self._clock.now().isoformat(),
            "profiles": list(PROFILES),
            "services": list(SERVICES),
            "settings": asdict(self._settings),
            "taxpayers": len(self._table.rows()),
            "certificates": self._authority.dump(),
            "authority": pem(self._authority.certificate),
        }

    def get_settings(self, _request: Request) -> Any:
        """The settings in force."""
        return asdict(self._settings)

    def change_settings(self, request: Request) -> Any:
        """Change some settings."""
        self._settings.update(request.json())
        return asdict(self._settings)

    def certify(self, request: Request) -> Any:
        """``{csr, days?, not_before?, authorised_services?, represented?}``"""
        values = request.json()
        csr = x509.load_pem_x509_csr(str(values.get("csr")).encode())
        return self._certify(csr, values)

    def identity(self, request: Request) -> Any:
        """``{cuit, common_name?}`` and what :meth:`certify` takes; with a key."""
        values = request.json()
        cuit = str(values.get("cuit"))
        if not documents.is_valid("CUIT", cuit):
            raise ValueError(f"not a CUIT: {cuit}")
        name = values.get("common_name") or "sandbox"
        key, csr = identity_request(cuit, name)
        return {"key": pem(key), **self._certify(csr, values)}

    def _certify(self, csr: x509.CertificateSigningRequest, values: Any) -> Any:
        text = values.get("not_before")
        start = parse_moment(text) if text else self._clock.now()
        certificate, rights = self._authority.issue(
            csr,
            start.replace(microsecond=0),
            float(values.get("days", _DAYS)),
            values.get("authorised_services"),
            values.get("represented"),
        )
        return {"certificate": pem(certificate), **_described(rights)}

    def change_certificate(self, request: Request) -> Any:
        """``{authorised_services?, represented?}``: counts from the next ticket on."""
        values = request.json()
        return _described(
            self._authority.change(
                request.params["serial"],
                values.get("authorised_services"),
                values.get("represented"),
            )
        )

    def taxpayers(self, request: Request) -> Any:
        """The taxpayers (``?profile=`` for those of one)."""
        rows = self._table.rows(request.query.get("profile"))
        return [row.describe() for row in rows]

    def create(self, request: Request) -> Any:
        """A new taxpayer: see :func:`.population.wanted`."""
        return self._noted("create", "", request.json())

    def change(self, request: Request) -> Any:
        """``{profile}``: what the registry answers from now on."""
        return self._noted("change", request.params["number"], request.json())

    def _noted(self, kind: str, number: str, values: dict[str, Any]) -> Any:
        answer = self._apply(kind, number, values)
        self._journal.note(self._clock.now(), kind, number, values)
        return answer

    def _apply(self, kind: str, number: str, values: dict[str, Any]) -> Any:
        if kind == "change":
            row = self._table.row(number)
            profile = str(values.get("profile"))
            if not fits(profile, person=row.person):
                raise ValueError(f"{profile} does not fit {number}")
            row.profile = profile
            return row.describe()
        rng = random.Random(f"arca new {self._seed} {self._created}")
        row = self._table.add(wanted(rng, values))
        self._created += 1
        return row.describe()

    def replay(self) -> None:
        """Make the changes of the journal again."""
        for _moment, kind, number, values in self._journal.entries():
            self._apply(kind, number, values)


def _described(rights: Rights) -> dict[str, Any]:
    return {
        "serial": rights.serial,
        "cuit": rights.cuit,
        "authorised_services": rights.services,
        "represented": rights.represented,
    }


def _answering(handler: Callable[[Request], Any]) -> Callable[[Request], Response]:
    """The handler with its answer as JSON, and what it refuses as 400 or 404."""

    def answer(request: Request) -> Response:
        try:
            return json_response(handler(request))
        except (ValueError, TypeError, AttributeError) as error:
            raise _refuse(str(error)) from error
        except KeyError as error:
            raise _refuse(f"unknown: {error}", 404) from error

    return answer
