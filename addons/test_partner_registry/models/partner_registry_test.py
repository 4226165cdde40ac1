import re
from dataclasses import asdict, dataclass

from odoo import models

from odoo.addons.partner_registry.lib.errors import RegistryError
from odoo.addons.partner_registry.lib.lookup import LookUp

NUMBER = re.compile(r"T\d{4}")
#: A number that the registry knows for certain.
KNOWN = "T0000"


@dataclass(frozen=True)
class Taxpayer:
    """What the registry of one state says."""

    number: str
    name: str = ""
    city: str = ""
    is_active: bool = True


class PartnerRegistryTest(models.AbstractModel):
    """Two states, each with a registration of its own for the same number."""

    _name = "partner.registry.test"
    _inherit = "partner.registry"
    _description = "Test Registry"

    def _call(self, environment, scope, numbers):
        """The wire, which tests replace.

        :return: dict number → :class:`Taxpayer`, or None for nobody
        :raises RegistryError: the state's service is ill
        """
        raise RegistryError("unreachable")

    def _get_number_fields(self):
        return {"company_registry"}

    def _get_number(self, partner):
        number = partner.company_registry or ""
        return number if NUMBER.fullmatch(number) else ""

    def _get_scopes(self, partner):
        return ["RJ", "SP"]

    def _can_ask(self, company):
        return bool(company.sudo().test_registry_environment)

    def _get_environment(self, company):
        return company.sudo().test_registry_environment or ""

    def _get_refresh_days(self, company):
        return company.sudo().test_registry_days

    def _get_limit(self):
        return 20

    def _connect(self, company):
        environment = self._get_environment(company)
        if not environment:
            return super()._connect(company)
        if environment == "refused":
            raise RegistryError("credential_refused")
        return environment

    def _look_up(self, client, scope, numbers, alone=()):
        look_up = LookUp(lambda part: self._call(client, scope, part), KNOWN)
        together = [number for number in numbers if number not in alone]
        return look_up.run(
            [*([together] if together else []), *([n] for n in numbers if n in alone)]
        )

    def _prepare_findings(self, said):
        return {item.number: self._prepare_one(item) for item in said}

    def _prepare_one(self, said):
        data = asdict(said)
        if not said.name:
            return {"outcome": "not_found", "reasons": [["nobody", {}]], "data": data}
        if not said.is_active:
            reasons = [["inactive", {"city": said.city}]]
            return {"outcome": "conflict", "reasons": reasons, "data": data}
        return {
            "outcome": "determined",
            "verdict": "active",
            "reasons": [["active", {}]],
            "name": said.name,
            "data": data,
            "raw": f"<taxpayer>{said.name}</taxpayer>",
        }

    def _get_reason_texts(self):
        return {
            "nobody": "Nobody has this number.",
            "inactive": "Not active in %(city)s.",
            "active": "Active.",
        }

    def _get_problem_texts(self):
        return {
            **super()._get_problem_texts(),
            "unreachable": "The state cannot be reached.",
            "credential_refused": "The state refuses the credential.",
        }

    def _get_proposal(self, partner, finding):
        data = finding.sudo().data
        values = {"name": data["name"], "city": data["city"]}
        return self._get_changed(partner, {n: v for n, v in values.items() if v})
