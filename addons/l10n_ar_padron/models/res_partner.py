from stdnum.ar import cuit
from stdnum.exceptions import ValidationError as NumberError

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError

from ..lib.responsibility import FINAL_CONSUMER, NOT_DEDUCIBLE
from .l10n_ar_padron_answer import OUTCOMES
from .l10n_ar_padron_lookup_mixin import LATER, RESPONSIBILITY

ORIGINS = [
    ("registry", "ARCA's registry"),
    ("person", "A person"),
    ("customer", "The customer's own declaration"),
]
# Problem of customers who say what nobody can look up.
DECLARED = ["declared", ""]
# Data that count only for the number they were looked up for.
NUMBER_FIELDS = {"vat", "l10n_latam_identification_type_id"}


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = [
        "res.partner",
        "l10n_ar.padron.lookup.mixin",
        "l10n_ar.padron.refresh.mixin",
        "field.guard.mixin",
    ]

    l10n_ar_padron_state = fields.Selection(
        [("pending", "To look up"), *OUTCOMES],
        "ARCA Registry",
        index="btree_not_null",
        copy=False,
        readonly=True,
        guard="server",
    )
    l10n_ar_padron_answer_id = fields.Many2one(
        "l10n_ar.padron.answer",
        "ARCA's Answer",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="restrict",
        guard="server",
    )
    l10n_ar_padron_checked_at = fields.Datetime(
        "Asked On", copy=False, readonly=True, guard="server"
    )
    l10n_ar_padron_due_at = fields.Datetime(
        "Next Look-Up",
        index="btree_not_null",
        copy=False,
        readonly=True,
        guard="server",
    )
    l10n_ar_padron_failures = fields.Integer(
        "Failed Look-Ups",
        copy=False,
        readonly=True,
        guard="server",
    )
    l10n_ar_padron_problem = fields.Json(
        "Last Failure", copy=False, readonly=True, guard="server"
    )
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
        guard="server",
    )
    l10n_ar_padron_differs = fields.Boolean(
        "Not ARCA's Responsibility",
        copy=False,
        readonly=True,
        help="A person chose another responsibility than the one at ARCA.",
        guard="server",
    )
    l10n_ar_responsibility_origin = fields.Selection(
        ORIGINS,
        "Responsibility By",
        copy=False,
        readonly=True,
        guard="server",
    )
    l10n_ar_padron_confirmed_id = fields.Many2one(
        "res.users",
        "Fiscal Data Confirmed By",
        copy=False,
        readonly=True,
        guard="server",
    )
    l10n_ar_padron_confirmed_at = fields.Datetime(
        "Confirmed On",
        copy=False,
        readonly=True,
        guard="server",
    )
    l10n_ar_fiscal_pending = fields.Boolean(
        "Fiscal Data Pending",
        compute="_compute_l10n_ar_fiscal_pending",
        store=True,
        help="ARCA has not settled them and no accountant has confirmed them: invoices "
        "are held.",
        guard="server",
    )
    l10n_ar_padron_decision_ids = fields.One2many(
        "l10n_ar.padron.decision",
        "partner_id",
        "Decisions",
        groups="account.group_account_invoice",
    )
    l10n_ar_padron_position_id = fields.Many2one(
        "account.fiscal.position",
        "Fiscal Position by Table",
        company_dependent=True,
        readonly=True,
        help="What the table of fiscal positions gave; another one was chosen by a "
        "person.",
        guard="server",
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

    def _commercial_sync_to_descendants(self, fields_to_sync=None):
        """What the server keeps goes along, whoever changes the customer."""
        return super(ResPartner, self.sudo())._commercial_sync_to_descendants(
            fields_to_sync
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Note who chose the responsibility, if the caller does not say."""
        partners = super().create(vals_list)
        silent = self.browse(
            partner.id
            for partner, vals in zip(partners, vals_list, strict=True)
            if vals.get(RESPONSIBILITY) and "l10n_ar_responsibility_origin" not in vals
        )
        # Who made the customer may not say this.
        silent.sudo().write(
            {"l10n_ar_responsibility_origin": self._l10n_ar_get_origin()}
        )
        partners.filtered(RESPONSIBILITY)._l10n_ar_apply_positions()
        partners._l10n_ar_check_declared()
        return partners

    def write(self, vals):
        """Note who chose the responsibility; another number has to be looked up.

        :raises AccessError: a portal user changes what ARCA decided
        """
        chosen, numbers, before = self.browse(), {}, {}
        # The portal writes with all rights.
        is_customer = (
            NUMBER_FIELDS & vals.keys() and self.env.su and self._l10n_ar_is_share()
        )
        if RESPONSIBILITY in vals and "l10n_ar_responsibility_origin" not in vals:
            value = vals[RESPONSIBILITY] or False
            chosen = self.filtered(lambda partner: partner[RESPONSIBILITY].id != value)
            chosen._check_may_choose()
        if NUMBER_FIELDS & vals.keys():
            numbers = {
                partner: partner.l10n_ar_vat
                for partner in self
                if partner.l10n_ar_padron_state
                or is_customer
                or partner.l10n_ar_responsibility_origin == "customer"
            }
        if {RESPONSIBILITY, "parent_id"} & vals.keys():
            before = {partner: partner[RESPONSIBILITY] for partner in self}
        result = super().write(vals)
        for partner in chosen:
            super(ResPartner, partner.sudo()).write(partner._prepare_choice())
        moved = self.browse(
            [p.id for p, number in numbers.items() if p.l10n_ar_vat != number]
        )
        moved.filtered("l10n_ar_padron_state")._l10n_ar_padron_forget()
        if is_customer:
            # What somebody chose was chosen for the former number.
            super(ResPartner, moved.filtered(RESPONSIBILITY).sudo()).write(
                {"l10n_ar_responsibility_origin": "customer"}
            )
        (chosen | moved)._l10n_ar_check_declared()
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

    @api.model
    def _l10n_ar_get_origin(self):
        return "customer" if self._l10n_ar_is_share() else "person"

    @api.model
    def _l10n_ar_is_share(self):
        """Whether it is a customer who writes, with whatever rights."""
        return self.env.uid != SUPERUSER_ID and self.env.user.share

    def _check_may_choose(self):
        if self._l10n_ar_is_share() and any(p._l10n_ar_is_decided() for p in self):
            raise AccessError(
                self.env._("What ARCA's registry decided can only be changed by us.")
            )

    def _l10n_ar_is_decided(self):
        """Whether ARCA or one of us said what the responsibility is."""
        partner = self.commercial_partner_id.sudo()
        return bool(
            partner.l10n_ar_responsibility_origin in ("registry", "person")
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
            "l10n_ar_responsibility_origin": bool(chosen)
            and self._l10n_ar_get_origin(),
            "l10n_ar_padron_differs": bool(chosen and theirs and theirs != chosen),
        }
        if self.l10n_ar_padron_confirmed_id:
            values["l10n_ar_padron_confirmed_id"] = False
            values["l10n_ar_padron_confirmed_at"] = False
        return values

    def _l10n_ar_check_declared(self):
        """What customers say of themselves is theirs to prove: ARCA is asked, or an
        accountant decides; invoices wait."""
        mine = self.sudo().filtered(
            lambda partner: (
                partner.l10n_ar_responsibility_origin == "customer"
                and partner.commercial_partner_id == partner
            )
        )
        if not mine:
            return
        expected, unproven, proven = self.browse(), self.browse(), self.browse()
        for partner in mine:
            waits = partner.l10n_ar_padron_problem == DECLARED
            if partner._l10n_ar_can_prove():
                if waits or not partner.l10n_ar_padron_state:
                    expected |= partner
            elif partner[RESPONSIBILITY].code == FINAL_CONSUMER:
                proven |= partner if waits else self.browse()
            elif not partner.l10n_ar_padron_state:
                unproven |= partner
        (expected | proven).sudo().write(
            {"l10n_ar_padron_state": False, "l10n_ar_padron_problem": False}
        )
        expected._l10n_ar_padron_expect()
        unproven.sudo().write(
            {"l10n_ar_padron_state": "undetermined", "l10n_ar_padron_problem": DECLARED}
        )

    def _l10n_ar_can_prove(self):
        """Whether ARCA can be asked about what the customer said.

        Who is abroad, or free by Law 19,640, is not in its registry.
        """
        if not self._l10n_ar_get_cuit():
            return False
        asks = (self.company_id or self.env.company).sudo().l10n_ar_arca_certificate_id
        return bool(asks) or self[RESPONSIBILITY].code not in NOT_DEDUCIBLE

    @api.model
    def _l10n_ar_adopt_declarations(self):
        """Take what customers said of themselves for that, and not for our word.

        Who was made and last written by a customer was in nobody else's hands.
        """
        declared = self.search(
            [
                ("l10n_ar_responsibility_origin", "=", "person"),
                ("l10n_ar_padron_confirmed_id", "=", False),
                ("create_uid.share", "=", True),
                ("write_uid.share", "=", True),
            ]
        ).filtered(lambda partner: partner.commercial_partner_id == partner)
        declared.sudo().write({"l10n_ar_responsibility_origin": "customer"})
        declared._l10n_ar_check_declared()
        for partner in declared.filtered("l10n_ar_padron_answer_id"):
            answer = partner.l10n_ar_padron_answer_id
            partner._l10n_ar_padron_apply({answer.number: answer})

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
            partners.sudo().write(
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
