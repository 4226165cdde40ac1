"""Our client of ARCA: valid against the published interfaces, and at the sandbox.

The interface of A13 is in no package: there the manual's order of the elements counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from itertools import count, islice
from typing import Any

import pytest
from sandbox import documents
from sandbox.arca import testing
from sandbox.arca.certificates import Authority, identity_request, pem
from sandbox.arca.profiles import PROFILES
from sandbox.arca.server import LOGIN, REGISTRY
from sandbox.arca.testing import CUIT, Running

from odoo.addons.l10n_ar_arca.lib.client import Client
from odoo.addons.l10n_ar_padron.lib.registry import A13, CONSTANCIA, SERVICES, Registry
from odoo.addons.l10n_ar_padron.lib.responsibility import Decision, decide
from odoo.addons.partner_registry.lib.errors import RegistryError

from tests.pure.l10n_ar_arca.desk import Desk as LoginDesk
from tests.pure.l10n_ar_arca.desk import inline_schema

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)
A5_SPACE = "http://a5.soap.ws.server.puc.sr/"

#: Profile of the sandbox → outcome and code of the responsibility.
DECISIONS = {
    "registered": ("determined", "1"),
    "company": ("determined", "1"),
    "monotributo": ("determined", "6"),
    "social_monotributo": ("determined", "13"),
    "cooperative_member": ("determined", "13"),
    "promoted_worker": ("determined", "16"),
    "exempt": ("determined", "4"),
    "not_reached": ("determined", "15"),
    # 34 takes nothing away from 30 and 32.
    "registered_not_reached": ("determined", "1"),
    "exempt_not_reached": ("determined", "4"),
    # What excludes each other.
    "registered_monotributo": ("conflict", ""),
    "exempt_monotributo": ("conflict", ""),
    "registered_exempt": ("conflict", ""),
    # Nothing, or nothing that is in force.
    "not_registered": ("undetermined", ""),
    "no_taxes": ("undetermined", ""),
    "vat_not_active": ("undetermined", ""),
    "general_error": ("undetermined", ""),
    "inactive": ("undetermined", ""),
    # What has ended leaves what is in force, and so does a complaint.
    "monotributo_left": ("determined", "1"),
    "without_states": ("determined", "1"),
    "registered_with_error": ("determined", "1"),
    # Refused.
    "blocked_address": ("undetermined", ""),
    "cancelled": ("undetermined", ""),
    "inactive_refused": ("undetermined", ""),
    "cuil": ("undetermined", ""),
    "unlisted": ("not_found", ""),
    # Only the data around the taxes are special.
    "deceased": ("determined", "1"),
    "city": ("determined", "1"),
    "plain": ("determined", "1"),
    "escaped": ("determined", "1"),
    "sparse": ("determined", "1"),
}


class Desk(LoginDesk):
    """Our client of the registry at a sandbox."""

    def __init__(self, made: Running, represented: str = CUIT) -> None:
        super().__init__(made)
        url = f"{made.sandbox.url}{REGISTRY}"
        self.registry = Registry(
            *(
                Client(
                    name,
                    SERVICES[name],
                    f"{url}{code}",
                    represented,
                    self.get_ticket,
                    self.session,
                )
                for name, code in ((CONSTANCIA, "A5"), (A13, "A13"))
            )
        )

    def ask(self, *numbers: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in self.registry.get_taxpayers(numbers):
            found.update(part)
        return found


@pytest.fixture
def desk() -> Iterator[Desk]:
    with testing.running(now=NOW, frozen=True) as made:
        yield Desk(made)


def numbers(prefix: str = "30") -> Iterator[str]:
    """CUITs with a right check digit that nobody has."""
    bodies = (f"{body:08d}" for body in count(70_000_000, 13))
    return filter(None, (documents.cuit(prefix, body) for body in bodies))


def profile_numbers(desk: Desk) -> dict[str, str]:
    rows = testing.control(desk.made.sandbox, "GET", "taxpayers")
    return {row["number"]: row["profile"] for row in rows}


def outcome(decision: Decision) -> tuple[str, str]:
    return decision.outcome, decision.responsibility


# Requests against the published interface


def test_questions_are_valid(desk: Desk) -> None:
    schema = inline_schema("wspadron_a5/schemas/personaServiceA5.wsdl", A5_SPACE)
    first, second = islice(numbers(), 2)
    for asked, operation in (
        ([first], "getPersona_v2"),
        ([first, second], "getPersonaList_v2"),
    ):
        desk.ask(*asked)
        sent = desk.sent()
        assert sent.tag == f"{{{A5_SPACE}}}{operation}"
        schema.assertValid(sent)
        assert [item.text for item in sent.iter("idPersona")] == asked


def test_question_about_a_document_has_the_manuals_order(desk: Desk) -> None:
    desk.registry.get_numbers("30111222")
    sent = desk.sent()
    assert sent.tag == "{http://a13.soap.ws.server.puc.sr/}getIdPersonaListByDocumento"
    order = ["token", "sign", "cuitRepresentada", "documento"]
    assert [item.tag for item in sent] == order
    assert sent.findtext("documento") == "30111222"


# Answers


@pytest.mark.parametrize("drift", [False, True], ids=["published", "grown"])
def test_every_profile_is_decided(desk: Desk, drift: bool) -> None:
    desk.set(drift=drift)
    profiles = profile_numbers(desk)
    assert set(DECISIONS) == set(PROFILES) == set(profiles.values())
    listed = desk.ask(*profiles)
    assert set(listed) == set(profiles)
    for number, profile in profiles.items():
        alone = desk.ask(number)[number]
        assert outcome(decide(listed[number])) == DECISIONS[profile], profile
        assert outcome(decide(alone)) == DECISIONS[profile], profile


def test_growth_changes_nothing_that_is_read(desk: Desk) -> None:
    profiles = profile_numbers(desk)
    before = desk.ask(*profiles)
    desk.set(drift=True)
    assert desk.ask(*profiles) == before


@pytest.mark.parametrize(("size", "calls"), [(250, 1), (600, 3)])
def test_long_lists(desk: Desk, size: int, calls: int) -> None:
    desk.set(unknown="derive")
    wanted = list(islice(numbers(), size))
    found = desk.ask(*wanted)
    assert list(found) == wanted
    assert all(found[number].has_data for number in wanted)
    assert desk.registry.calls == calls


def test_numbers_that_hold_no_others(desk: Desk) -> None:
    """Some that the service fails on, some that its list forgets."""
    desk.set(unknown="derive")
    wanted = list(islice(numbers(), 75))
    poison, left_out = wanted[10:14] + wanted[60:62], wanted[30:33]
    desk.set(poison=poison, left_out=left_out)
    found = desk.ask(*wanted)
    failed = {
        n: item.code for n, item in found.items() if isinstance(item, RegistryError)
    }
    assert failed == dict.fromkeys(poison, "number_failed")
    assert desk.registry.calls < 50


@pytest.mark.parametrize("detail", [False, True])
def test_unknown_numbers(desk: Desk, detail: bool) -> None:
    desk.set(not_found_detail=detail)
    unknown = list(islice(numbers(), 3))
    known = next(n for n, p in profile_numbers(desk).items() if p == "company")
    found = desk.ask(known, *unknown)
    assert [found[number].found for number in (known, *unknown)] == [True] + [False] * 3
    assert not desk.ask(unknown[0])[unknown[0]].found
    assert desk.registry.calls == 2


def test_document_of_several_people(desk: Desk) -> None:
    rows = testing.control(desk.made.sandbox, "GET", "taxpayers?profile=registered")
    person = next(row for row in rows if row["person"])
    document = person["number"][2:10]
    found = desk.registry.get_numbers(document.lstrip("0"))
    assert person["number"] in found
    assert len(found) == 2
    assert desk.registry.get_numbers("99999999") == []


# Logins


def test_certificate_of_another_authority(desk: Desk) -> None:
    key, request = identity_request(CUIT, "odoo")
    certificate, _rights = Authority(8).issue(request, NOW, 1)
    stranger = Desk(Running(pem(key), pem(certificate), desk.made.sandbox))
    assert stranger.ask(CUIT)[CUIT].code == "certificate_untrusted"


def test_expired_ticket_is_replaced_once(desk: Desk) -> None:
    desk.ask(CUIT)
    first = desk.tickets[CONSTANCIA]
    desk.advance(hours=13)
    assert CUIT in desk.ask(CUIT)
    assert desk.tickets[CONSTANCIA] != first
    statuses = testing.control(desk.made.sandbox, "GET", "stats")["routes"]
    assert statuses[f"POST {LOGIN}"] == 2


def test_ticket_that_goes_on_being_refused(desk: Desk) -> None:
    """No loop: one call, another ticket, one more call."""
    desk.set(registry_fault="Token malformado", retention_seconds=0)
    assert desk.ask(CUIT)[CUIT].code == "ticket_refused"
    assert desk.registry.calls == 2


def test_somebody_who_may_not_be_represented(desk: Desk) -> None:
    """The ticket tells; nobody is asked in vain."""
    stranger = Desk(desk.made, represented=next(numbers()))
    assert stranger.ask(CUIT)[CUIT].code == "not_delegated"
    assert stranger.registry.calls == 0
