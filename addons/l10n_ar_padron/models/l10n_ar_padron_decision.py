from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.responsibility import DETERMINED
from .l10n_ar_afip_responsibility_type import RESPONSIBILITY

KINDS = [
    ("confirmed", "Confirmed"),
    ("consumer", "Consumidor Final with a CUIL"),
    ("taken", "ARCA's responsibility taken"),
]
# What a decision changes on a customer.
CHANGED = (
    RESPONSIBILITY,
    "l10n_ar_responsibility_origin",
    "l10n_latam_identification_type_id",
    "l10n_ar_padron_confirmed_id",
    "l10n_ar_padron_confirmed_at",
    "l10n_ar_padron_differs",
    "l10n_ar_padron_state",
    "l10n_ar_padron_problem",
    "l10n_ar_padron_answer_id",
    "l10n_ar_padron_checked_at",
    "l10n_ar_padron_due_at",
)
# What must still be as the decision left it when it is taken back.
STANDING = (
    RESPONSIBILITY,
    "l10n_latam_identification_type_id",
    "l10n_ar_padron_confirmed_id",
    "l10n_ar_padron_answer_id",
)


class PadronDecision(models.Model):
    """What an accountant decided about a customer's fiscal data; can be undone.

    With ``sudo``: decisions are the server's; who may undo one was checked.
    """

    _name = "l10n_ar.padron.decision"
    _description = "Decision about Fiscal Data"
    _order = "id desc"
    _rec_name = "kind"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="partner_id.company_id", store=True)
    kind = fields.Selection(KINDS, "Decision", required=True)
    user_id = fields.Many2one("res.users", "By", required=True)
    answer_id = fields.Many2one(
        "partner.registration.finding", "ARCA's Answer", ondelete="restrict"
    )
    before_id = fields.Many2one("l10n_ar.afip.responsibility.type")
    after_id = fields.Many2one("l10n_ar.afip.responsibility.type")
    before = fields.Json("Data Before")
    after = fields.Json("Data After")
    undone_id = fields.Many2one("res.users", "Undone By")
    undone_at = fields.Datetime("Undone On")

    @api.model
    def _confirm(self, partners):
        """Customers (sudo) are confirmed as they are: nothing waits for them."""
        partners.write(
            {
                "l10n_ar_padron_confirmed_id": self.env.uid,
                "l10n_ar_padron_confirmed_at": fields.Datetime.now(),
            }
        )
        partners._l10n_ar_on_fiscal_settled()

    @api.model
    def _make_consumers(self, partners):
        """Customers (sudo) are Consumidor Final, and their number is a CUIL.

        :raises UserError: one has no CUIT
        """
        if not all(partner._l10n_ar_get_cuit() for partner in partners):
            raise UserError(self.env._("There is no valid CUIT to look up."))
        consumer = {RESPONSIBILITY: self.env.ref("l10n_ar.res_CF").id}
        with self._deciding("consumer", partners):
            for partner in partners:
                self._write_type(partner, self.env.ref("l10n_ar.it_CUIL"), consumer)
            self._confirm(partners)

    @api.model
    def _take(self, partners):
        """Customers (sudo) get ARCA's responsibility, where it has determined one."""
        partners = partners.filtered(
            lambda partner: partner.l10n_ar_padron_answer_id.outcome == DETERMINED
        )
        with self._deciding("taken", partners):
            for partner in partners:
                before = partner[RESPONSIBILITY]
                theirs = partner.l10n_ar_padron_answer_id.responsibility_id
                partner.write(
                    {
                        RESPONSIBILITY: theirs.id,
                        "l10n_ar_responsibility_origin": "registry",
                        "l10n_ar_padron_differs": False,
                    }
                )
                self.env["partner.registry.arca"]._tell(partner, before)

    @api.model
    @contextmanager
    def _deciding(self, kind, partners):
        """Write down, as something that can be undone, what is decided inside."""
        decisions = self.sudo()
        before = {partner: decisions._read(partner) for partner in partners}
        yield
        decisions._record(kind, before)

    @api.model
    def _write_type(self, partner, identification_type, values):
        """Write another identification type for the same number.

        What ARCA said about the number goes on being the reason.

        :param values: what else is written
        """
        row = partner.sudo().l10n_ar_registration_id
        names = ["number", "state", "finding_id", "checked_at", "problem"]
        said = row._convert_to_write({name: row[name] for name in names})
        partner.write(
            {
                **values,
                "l10n_latam_identification_type_id": identification_type.id,
                "vat": partner.vat,
            }
        )
        row.write(said)

    @api.model
    def _restore(self, partner, before, now):
        """Put a customer's fiscal data back.

        :param before: what :meth:`_read` said of them, to be restored
        :param now: what it says
        """
        values = {name: value for name, value in before.items() if value != now[name]}
        if identification := values.pop("l10n_latam_identification_type_id", None):
            types = self.env["l10n_latam.identification.type"]
            self._write_type(partner, types.browse(identification), {})
        if values:
            # With its origin: nobody chooses it now.
            origin = "l10n_ar_responsibility_origin"
            partner.sudo().write({origin: before[origin], **values})

    @api.model
    def _record(self, kind, before):
        """Write down what was decided.

        :param before: dict customer → what :meth:`_read` said of it before
        """
        return self.create(
            [
                {
                    "partner_id": partner.id,
                    "kind": kind,
                    "user_id": self.env.uid,
                    "answer_id": partner.l10n_ar_padron_answer_id.id,
                    "before_id": values[RESPONSIBILITY],
                    "after_id": partner[RESPONSIBILITY].id,
                    "before": values,
                    "after": self._read(partner),
                }
                for partner, values in before.items()
            ]
        )

    @api.model
    def _read(self, partner):
        """What a decision changes on a customer, as values for JSON."""
        values = partner._convert_fields_to_values(CHANGED)
        return {
            name: fields.Datetime.to_string(value)
            if partner._fields[name].type == "datetime"
            else value
            for name, value in values.items()
        }

    def action_undo(self):
        """Put the customer's fiscal data back; posted invoices stay as they are.

        :raises AccessError: only who makes invoices may do this
        :raises UserError: something has happened since
        """
        self.ensure_one()
        self.check_access("read")
        partner = self.partner_id._l10n_ar_as_accountant()
        partner.lock_for_update()
        decision = self.sudo()
        now = self._read(partner)
        newer = self.sudo().search_count(
            [
                ("partner_id", "=", partner.id),
                ("id", ">", decision.id),
                ("undone_id", "=", False),
            ],
            limit=1,
        )
        if decision.undone_id or newer:
            raise UserError(self.env._("Only the last decision can be undone."))
        if any(now[name] != decision.after.get(name) for name in STANDING):
            raise UserError(
                self.env._(
                    "The fiscal data of %(name)s have changed since: change them by "
                    "hand.",
                    name=partner.display_name,
                )
            )
        self._restore(partner, decision.before, now)
        decision.write({"undone_id": self.env.uid, "undone_at": fields.Datetime.now()})
        partner._message_log(
            body=self.env._(
                "The decision about the fiscal data was undone: %(kind)s.",
                kind=dict(self._fields["kind"]._description_selection(self.env))[
                    decision.kind
                ],
            )
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _adopt_declarations(self):
        """Take what customers said of themselves for that, and not for our word.

        Who was made and last written by a customer was in nobody else's hands.
        """
        partners = self.env["res.partner"].sudo()
        declared = partners.search(
            [
                ("l10n_ar_responsibility_origin", "=", "person"),
                ("l10n_ar_padron_confirmed_id", "=", False),
                ("create_uid.share", "=", True),
                ("write_uid.share", "=", True),
            ]
        ).filtered(lambda partner: partner.commercial_partner_id == partner)
        declared.write({"l10n_ar_responsibility_origin": "customer"})
        declared._l10n_ar_check_declared()
        for row in declared.l10n_ar_registration_id.filtered("finding_id"):
            row._apply({row.finding_id.number: row.finding_id})
