from stdnum.ar import cuit
from stdnum.exceptions import ValidationError as NumberError

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .l10n_ar_padron_answer import OUTCOMES
from .l10n_ar_padron_lookup_mixin import LATER, RESPONSIBILITY

ORIGINS = [
    ("registry", "ARCA's registry"),
    ("person", "A person"),
]
# Data that count only for the number they were looked up for.
NUMBER_FIELDS = {"vat", "l10n_latam_identification_type_id"}


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = [
        "res.partner",
        "l10n_ar.padron.lookup.mixin",
        "l10n_ar.padron.refresh.mixin",
    ]

    l10n_ar_padron_state = fields.Selection(
        [("pending", "To look up"), *OUTCOMES],
        "ARCA Registry",
        index="btree_not_null",
        copy=False,
        readonly=True,
    )
    l10n_ar_padron_answer_id = fields.Many2one(
        "l10n_ar.padron.answer",
        "ARCA's Answer",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="restrict",
    )
    l10n_ar_padron_checked_at = fields.Datetime("Asked On", copy=False, readonly=True)
    l10n_ar_padron_due_at = fields.Datetime(
        "Next Look-Up", index="btree_not_null", copy=False, readonly=True
    )
    l10n_ar_padron_failures = fields.Integer(
        "Failed Look-Ups", copy=False, readonly=True
    )
    l10n_ar_padron_problem = fields.Json("Last Failure", copy=False, readonly=True)
    l10n_ar_padron_text = fields.Text(
        "Why",
        compute="_compute_l10n_ar_padron_text",
        help="What was decided at ARCA's registry, and for what reasons.",
    )
    l10n_ar_padron_is_cuil = fields.Boolean(
        "Number Is a CUIL", compute="_compute_l10n_ar_padron_is_cuil"
    )
    l10n_ar_padron_proposes = fields.Boolean(
        "ARCA Has Other Data",
        copy=False,
        readonly=True,
        help="Name, fiscal address or activities at ARCA are not those of the contact.",
    )
    l10n_ar_padron_differs = fields.Boolean(
        "Not ARCA's Responsibility",
        copy=False,
        readonly=True,
        help="A person chose another responsibility than the one at ARCA.",
    )
    l10n_ar_responsibility_origin = fields.Selection(
        ORIGINS, "Responsibility By", copy=False, readonly=True
    )
    l10n_ar_padron_confirmed_id = fields.Many2one(
        "res.users", "Fiscal Data Confirmed By", copy=False, readonly=True
    )
    l10n_ar_padron_confirmed_at = fields.Datetime(
        "Confirmed On", copy=False, readonly=True
    )
    l10n_ar_fiscal_pending = fields.Boolean(
        "Fiscal Data Pending",
        compute="_compute_l10n_ar_fiscal_pending",
        store=True,
        help="ARCA has not settled them and no accountant has confirmed them: invoices "
        "are held.",
    )
    l10n_ar_padron_position_id = fields.Many2one(
        "account.fiscal.position",
        "Fiscal Position by Table",
        company_dependent=True,
        readonly=True,
        help="What the table of fiscal positions gave; another one was chosen by a "
        "person.",
    )
    l10n_ar_activity_ids = fields.Many2many(
        "l10n_ar.padron.activity", string="Activities (ARCA)", copy=False
    )

    _fiscal_pending_idx = models.Index("(id) WHERE l10n_ar_fiscal_pending")

    @api.depends("l10n_ar_padron_state", "l10n_ar_padron_confirmed_id")
    def _compute_l10n_ar_fiscal_pending(self):
        for partner in self:
            state = partner.l10n_ar_padron_state
            partner.l10n_ar_fiscal_pending = (
                bool(state)
                and state != "determined"
                and not partner.l10n_ar_padron_confirmed_id
            )

    @api.depends("l10n_ar_padron_answer_id")
    def _compute_l10n_ar_padron_is_cuil(self):
        for partner in self:
            reasons = partner.sudo().l10n_ar_padron_answer_id.reasons or []
            partner.l10n_ar_padron_is_cuil = any(
                code in ("not_a_cuit", "cuil") for code, _params in reasons
            )

    @api.depends(
        "l10n_ar_padron_answer_id",
        "l10n_ar_padron_problem",
        "l10n_ar_padron_differs",
        RESPONSIBILITY,
    )
    @api.depends_context("lang")
    def _compute_l10n_ar_padron_text(self):
        certificates = self.env["l10n_ar.arca.certificate"]
        for partner in self:
            answer = partner.sudo().l10n_ar_padron_answer_id
            lines = [answer.reason_text] if answer else []
            if partner.l10n_ar_padron_differs:
                lines.append(
                    self.env._(
                        "ARCA's registry says %(theirs)s; a person chose %(ours)s, "
                        "which stays.",
                        theirs=answer.responsibility_id.display_name,
                        ours=partner[RESPONSIBILITY].display_name,
                    )
                )
            if partner.l10n_ar_padron_problem:
                lines.append(certificates._describe(*partner.l10n_ar_padron_problem))
            partner.l10n_ar_padron_text = "\n".join(filter(None, lines))

    @api.model
    def _commercial_fields(self):
        return [
            *super()._commercial_fields(),
            "l10n_ar_responsibility_origin",
            "l10n_ar_padron_position_id",
        ]

    @api.model_create_multi
    def create(self, vals_list):
        """Note who chose the responsibility, if the caller does not say."""
        partners = super().create(
            [
                {**vals, "l10n_ar_responsibility_origin": "person"}
                if vals.get(RESPONSIBILITY)
                and "l10n_ar_responsibility_origin" not in vals
                else vals
                for vals in vals_list
            ]
        )
        partners.filtered(RESPONSIBILITY)._l10n_ar_apply_positions()
        return partners

    def write(self, vals):
        """Note who chose the responsibility; another number has to be looked up.

        :raises AccessError: a portal user changes what ARCA decided
        """
        chosen, numbers, before = self.browse(), {}, {}
        if RESPONSIBILITY in vals and "l10n_ar_responsibility_origin" not in vals:
            value = vals[RESPONSIBILITY] or False
            chosen = self.filtered(lambda partner: partner[RESPONSIBILITY].id != value)
            chosen._check_may_choose()
        if NUMBER_FIELDS & vals.keys():
            numbers = {p: p.l10n_ar_vat for p in self if p.l10n_ar_padron_state}
        if {RESPONSIBILITY, "parent_id"} & vals.keys():
            before = {partner: partner[RESPONSIBILITY] for partner in self}
        result = super().write(vals)
        for partner in chosen:
            super(ResPartner, partner).write(partner._prepare_choice())
        moved = self.browse(
            [p.id for p, number in numbers.items() if p.l10n_ar_vat != number]
        )
        moved._l10n_ar_padron_forget()
        if self.env.context.get("l10n_ar_padron_follow") is not LATER:
            self._l10n_ar_follow(before, "parent_id" in vals)
        return result

    def _l10n_ar_follow(self, before, is_moved):
        """What follows where the responsibility was another one.

        :param before: dict partner → former responsibility
        :param is_moved: whether they have another parent, whose fiscal data they have
        """
        self.browse(
            [
                partner.id
                for partner, responsibility in before.items()
                if partner[RESPONSIBILITY] != responsibility
                # Odoo writes a customer's data on its contacts as well.
                and (is_moved or partner.commercial_partner_id == partner)
            ]
        )._l10n_ar_on_responsibility_changed()

    def _check_may_choose(self):
        # The portal writes with all rights, so it is the user who counts.
        if self.env.user.share and any(p._l10n_ar_is_decided() for p in self):
            raise AccessError(
                self.env._("What ARCA's registry decided can only be changed by us.")
            )

    def _l10n_ar_is_decided(self):
        """Whether ARCA or an accountant said what the responsibility is."""
        partner = self.commercial_partner_id.sudo()
        return bool(
            partner.l10n_ar_responsibility_origin == "registry"
            or partner.l10n_ar_padron_state == "determined"
            or partner.l10n_ar_padron_confirmed_id
        )

    def _prepare_choice(self):
        """Values that go with the responsibility that a person has just chosen.

        What an accountant confirmed was another one.
        """
        chosen = self[RESPONSIBILITY]
        theirs = self.l10n_ar_padron_answer_id.sudo().responsibility_id
        values = {
            "l10n_ar_responsibility_origin": "person" if chosen else False,
            "l10n_ar_padron_differs": bool(chosen and theirs and theirs != chosen),
        }
        if self.l10n_ar_padron_confirmed_id:
            values["l10n_ar_padron_confirmed_id"] = False
            values["l10n_ar_padron_confirmed_at"] = False
        return values

    def _l10n_ar_get_cuit(self):
        """The partner's CUIT when it is one that can be looked up, else ""."""
        self.ensure_one()
        try:
            return cuit.validate(self.l10n_ar_vat or "")
        except NumberError:
            return ""

    def _l10n_ar_padron_forget(self):
        """The number is another one: what was looked up belongs to somebody else."""
        for with_number in (True, False):
            partners = self.filtered(
                lambda partner, want=with_number: (
                    bool(partner._l10n_ar_get_cuit()) is want
                )
            )
            if not partners:
                continue
            partners.write(
                {
                    **self._prepare_unknown(),
                    "l10n_ar_padron_state": "pending" if with_number else False,
                    "l10n_ar_padron_due_at": with_number and fields.Datetime.now(),
                }
            )
            if with_number:
                partners._l10n_ar_padron_wake()

    @api.model
    def _prepare_unknown(self):
        return {
            "l10n_ar_padron_answer_id": False,
            "l10n_ar_padron_checked_at": False,
            "l10n_ar_padron_failures": 0,
            "l10n_ar_padron_problem": False,
            "l10n_ar_padron_proposes": False,
            "l10n_ar_padron_differs": False,
            "l10n_ar_padron_confirmed_id": False,
            "l10n_ar_padron_confirmed_at": False,
        }

    @api.model
    def _l10n_ar_padron_wake(self):
        self.env.ref("l10n_ar_padron.ir_cron_refresh").sudo()._trigger()
