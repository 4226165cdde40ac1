from collections import defaultdict

from odoo import Command, models

from odoo.addons.l10n_ar_arca.lib.errors import ArcaError
from odoo.addons.partner_registry.lib.errors import RegistryError
from odoo.addons.partner_registry.lib.text import is_same

from ..lib.registry import LIST_LIMIT
from ..lib.responsibility import DETERMINED, NOT_DEDUCIBLE, decide
from .l10n_ar_afip_responsibility_type import RESPONSIBILITY
from .partner_registration_finding import REASONS

# In the context of a write: its caller sees to what follows from a responsibility.
# Not a value that could come from outside.
LATER = object()
# Data that count only for the number they were looked up for.
NUMBER_FIELDS = {"vat", "l10n_latam_identification_type_id"}
ACTIVITIES = "l10n_ar_activity_ids"


class PartnerRegistryArca(models.AbstractModel):
    """ARCA's registry of taxpayers, and what its findings do to customers.

    With ``sudo``: who lets a customer be looked up need not see the certificate.
    """

    _name = "partner.registry.arca"
    _inherit = "partner.registry"
    _description = "ARCA's Registry of Taxpayers"

    def _get_number_fields(self):
        return NUMBER_FIELDS

    def _get_number(self, partner):
        return partner._l10n_ar_get_cuit()

    # Who asks

    def _get_certificate(self, company):
        return company.sudo().l10n_ar_arca_certificate_id

    def _can_ask(self, company):
        return bool(self._get_certificate(company))

    def _get_obstacle(self, company):
        problem = self._get_certificate(company)._get_own_problem()
        return problem and problem.code

    def _get_environment(self, company):
        return self._get_certificate(company).environment or ""

    def _get_refresh_days(self, company):
        return company.l10n_ar_padron_refresh_days

    def _get_limit(self):
        return LIST_LIMIT

    def _connect(self, company):
        try:
            return self._get_certificate(company)._get_registry()
        except ArcaError as error:
            raise RegistryError(error.code, error.detail) from error

    def _look_up(self, client, scope, numbers, alone=()):
        found = {}
        for part in client.get_taxpayers(numbers, alone):
            found.update(part)
        return found

    # What it said

    def _prepare_findings(self, said):
        types = self.env["l10n_ar.afip.responsibility.type"]
        untaxed = types._l10n_ar_get_untaxed().code or ""
        by_code, values = types._l10n_ar_get_by_code(), {}
        for taxpayer in said:
            decision = decide(taxpayer, untaxed)
            values[taxpayer.number] = {
                "outcome": decision.outcome,
                "verdict": decision.responsibility,
                "responsibility_id": by_code.get(decision.responsibility, types).id,
                "reasons": [[item.code, item.params] for item in decision.reasons],
                "name": taxpayer.name,
                "data": taxpayer.to_json(),
                "raw": taxpayer.raw,
            }
        return values

    def _get_reason_texts(self):
        return {code: self.env._(text) for code, text in REASONS.items()}

    def _get_problem_texts(self):
        texts = self.env["l10n_ar.arca.certificate"]._get_error_texts()
        nobody = {"not_connected": texts["certificate_missing"]}
        return {**super()._get_problem_texts(), **texts, **nobody}

    # What follows

    def _apply(self, rows, findings):
        """Also bring the customers' fiscal data up to date."""
        customers = rows.partner_id
        pending = customers.filtered("l10n_ar_fiscal_pending")
        values = {
            row.partner_id: self._prepare_customer(row, findings[row.number])
            for row in rows
        }
        result = super()._apply(rows, findings)
        changed = self._write_customers(values)
        decided = rows.filtered(lambda row: row.state == DETERMINED).partner_id
        changed |= decided._l10n_ar_apply_positions()
        changed._l10n_ar_on_responsibility_changed()
        (decided & pending)._l10n_ar_on_fiscal_settled()
        return result

    def _write_customers(self, values):
        """Write values that are not there yet, for many customers at once.

        :param values: dict customer → its values
        :return: those whose responsibility is another one now
        """
        customers = self.env["res.partner"].sudo()
        before = {customer: customer[RESPONSIBILITY] for customer in values}
        groups = defaultdict(list)
        for customer, vals in values.items():
            now = customer._convert_fields_to_values(list(vals))
            if any(now[name] != value for name, value in vals.items()):
                groups[tuple(vals.items())].append(customer.id)
        # What follows is done for all of them at once.
        later = customers.with_context(l10n_ar_padron_follow=LATER)
        for vals, ids in groups.items():
            later.browse(ids).write(dict(vals))
        changed = customers.browse(
            [p.id for p, former in before.items() if p[RESPONSIBILITY] != former]
        )
        for customer in changed:
            self._tell(customer, before[customer])
        return changed

    def _tell(self, partner, before):
        """Leave a note where a responsibility was replaced."""
        if before:
            partner._message_log(
                body=self.env._(
                    "ARCA's registry: the responsibility was %(before)s and is now "
                    "%(now)s.",
                    before=before.display_name,
                    now=partner[RESPONSIBILITY].display_name,
                )
            )

    def _prepare_customer(self, row, finding):
        """Values of a customer, while the registration has the former finding."""
        values = {"l10n_ar_padron_differs": False}
        if not finding._means_the_same(row.finding_id):
            # What a person confirmed was another finding.
            values["l10n_ar_padron_confirmed_id"] = False
            values["l10n_ar_padron_confirmed_at"] = False
        if finding.outcome == DETERMINED:
            values.update(
                self._prepare_decided(row.partner_id, finding.responsibility_id)
            )
        return values

    def _prepare_decided(self, partner, responsibility):
        """Values that follow from a determined responsibility."""
        current, origin = partner[RESPONSIBILITY], "l10n_ar_responsibility_origin"
        if current == responsibility:
            # A person's choice goes on being one, also when ARCA changes its mind.
            return {} if partner[origin] == "person" else {origin: "registry"}
        if current and self._is_chosen(partner):
            return {"l10n_ar_padron_differs": True}
        return {RESPONSIBILITY: responsibility.id, origin: "registry"}

    def _is_chosen(self, partner):
        """Whether the responsibility is a person's, or one that cannot be deduced.

        What was there before anybody noted by whom counts as a person's.
        """
        origin = partner.l10n_ar_responsibility_origin
        return origin in ("person", False) or (
            partner[RESPONSIBILITY].code in NOT_DEDUCIBLE and origin != "customer"
        )

    def _forget(self, rows):
        result = super()._forget(rows)
        rows.partner_id.write(
            {
                "l10n_ar_padron_differs": False,
                "l10n_ar_padron_confirmed_id": False,
                "l10n_ar_padron_confirmed_at": False,
            }
        )
        return result

    def _is_settled(self, row):
        return not row.partner_id.l10n_ar_fiscal_pending

    def _get_work_domain(self):
        return [
            "|",
            ("partner_id.l10n_ar_fiscal_pending", "=", True),
            ("partner_id.l10n_ar_padron_differs", "=", True),
        ]

    # What ARCA has besides the responsibility

    def _get_name_field(self):
        """Field that holds the name in which a customer is invoiced."""
        return "name"

    def _get_proposal(self, partner, finding):
        taxpayer = finding._get_taxpayer()
        if not taxpayer.has_data:
            return {}
        proposal = {}
        name = self._get_name_field()
        if taxpayer.name and not is_same(partner[name], taxpayer.name):
            proposal[name] = taxpayer.name
        place = self._prepare_address(taxpayer)
        if self._get_changed(partner, place):
            proposal.update(place)
        codes = {activity.code for activity in taxpayer.activities}
        if codes and codes != set(partner[ACTIVITIES].mapped("code")):
            proposal[ACTIVITIES] = taxpayer.activities
        return proposal

    def _prepare_address(self, taxpayer):
        """The fiscal address as values of a contact; empty when there is none."""
        address = taxpayer.address
        if not address or not address.street:
            return {}
        # Not by ``ref``, which looks each time whether it is there.
        country_id = self.env["ir.model.data"]._xmlid_to_res_id("base.ar")
        country = self.env["res.country"].browse(country_id)
        state = country.state_ids.filtered(lambda state: state.code == address.state)
        values = {
            "street": address.street,
            "street2": address.extra,
            "city": address.city,
            "zip": address.zip,
            "state_id": state.id,
            "country_id": country.id,
        }
        return {name: value for name, value in values.items() if value}

    def _prepare_taken(self, proposal):
        if not proposal.get(ACTIVITIES):
            return super()._prepare_taken(proposal)
        activities = self.env["l10n_ar.padron.activity"]
        records = activities._get_or_create(proposal[ACTIVITIES])
        return {**proposal, ACTIVITIES: [Command.set(records.ids)]}

    def _show_value(self, partner, name, value):
        if name != ACTIVITIES:
            return super()._show_value(partner, name, value)
        return (
            ", ".join(partner[name].mapped("code")),
            ", ".join(f"{item.code} {item.name}" for item in value),
        )
