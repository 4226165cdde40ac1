from stdnum.ar import cuit
from stdnum.exceptions import ValidationError as NumberError

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError

from ..lib.responsibility import DETERMINED, FINAL_CONSUMER, NOT_DEDUCIBLE
from .l10n_ar_afip_responsibility_type import RESPONSIBILITY
from .partner_registration import ARCA
from .partner_registry_arca import LATER, NUMBER_FIELDS

ORIGINS = [
    ("registry", "ARCA's registry"),
    ("person", "A person"),
    ("customer", "The customer's own declaration"),
]
# Problem of customers who say what nobody can look up.
DECLARED = ["declared", ""]


def from_registration(field_class, name, column=None, **attributes):
    """A column of the customer's registration at ARCA, as a field of the contact."""
    column = column or name
    return field_class(
        related=f"l10n_ar_registration_id.{column}",
        # The customer of a registration is known without looking for it.
        depends=["l10n_ar_registration_id", f"registration_ids.{column}"],
        inverse=lambda self: self._l10n_ar_write_registration(name, column),
        **attributes,
    )


class ResPartner(models.Model):
    """With ``sudo``: what the registry said counts, whoever changes the customer."""

    _name = "res.partner"
    _inherit = ["res.partner", "field.guard.mixin"]

    l10n_ar_registration_id = fields.Many2one(
        "partner.registration",
        "Registration at ARCA",
        compute="_compute_l10n_ar_registration_id",
        store=True,
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        guard="server",
    )
    l10n_ar_padron_state = from_registration(
        fields.Selection, "state", string="ARCA Registry"
    )
    l10n_ar_padron_answer_id = from_registration(
        fields.Many2one, "answer_id", "finding_id", string="ARCA's Answer"
    )
    l10n_ar_padron_checked_at = from_registration(
        fields.Datetime, "checked_at", string="Asked On"
    )
    l10n_ar_padron_due_at = from_registration(
        fields.Datetime, "due_at", string="Next Look-Up"
    )
    l10n_ar_padron_failures = from_registration(
        fields.Integer, "failures", string="Failed Look-Ups"
    )
    l10n_ar_padron_problem = from_registration(
        fields.Json, "problem", string="Last Failure"
    )
    l10n_ar_padron_proposes = from_registration(
        fields.Boolean,
        "proposes",
        string="ARCA Has Other Data",
        help="Name, fiscal address or activities at ARCA are not those of the contact.",
    )
    l10n_ar_padron_text = fields.Text(
        "Why",
        compute="_compute_l10n_ar_padron_text",
        help="What was decided at ARCA's registry, and for what reasons.",
    )
    l10n_ar_padron_is_cuil = fields.Boolean(
        "Number Is a CUIL", compute="_compute_l10n_ar_padron_is_cuil"
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

    @api.depends("registration_ids.registry", "registration_ids.active")
    def _compute_l10n_ar_registration_id(self):
        for partner in self:
            partner.l10n_ar_registration_id = partner.registration_ids.filtered(
                lambda row: row.registry == ARCA and row.active
            )[:1]

    @api.depends(
        "l10n_ar_registration_id",
        "registration_ids.state",
        "l10n_ar_padron_confirmed_id",
    )
    def _compute_l10n_ar_fiscal_pending(self):
        for partner in self:
            state = partner.l10n_ar_registration_id.state
            partner.l10n_ar_fiscal_pending = (
                bool(state)
                and state != DETERMINED
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
        "l10n_ar_registration_id",
        "registration_ids.reason_text",
        "l10n_ar_padron_differs",
        RESPONSIBILITY,
    )
    @api.depends_context("lang")
    def _compute_l10n_ar_padron_text(self):
        for partner in self:
            row = partner.sudo().l10n_ar_registration_id
            lines = [row.reason_text]
            if partner.l10n_ar_padron_differs:
                lines.append(
                    self.env._(
                        "ARCA's registry says %(theirs)s; a person chose %(ours)s, "
                        "which stays.",
                        theirs=row.finding_id.responsibility_id.display_name,
                        ours=partner[RESPONSIBILITY].display_name,
                    )
                )
            partner.l10n_ar_padron_text = "\n".join(filter(None, lines))

    def _l10n_ar_write_registration(self, name, column):
        """Write a field of the contact where it is kept."""
        rows = self.env["partner.registration"]
        rows.check_access("write")
        for partner in self:
            value = partner[f"l10n_ar_padron_{name}"]
            if value or partner.l10n_ar_registration_id:
                rows._ensure(ARCA, partner)[column] = value

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
        """Note who chose the responsibility, also for another number.

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
                if is_customer or partner.l10n_ar_responsibility_origin == "customer"
            }
        if {RESPONSIBILITY, "parent_id"} & vals.keys():
            before = {partner: partner[RESPONSIBILITY] for partner in self}
        result = super().write(vals)
        for partner in chosen:
            super(ResPartner, partner.sudo()).write(partner._prepare_choice())
        moved = self.browse(
            [p.id for p, number in numbers.items() if p.l10n_ar_vat != number]
        )
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
        (expected | proven)._l10n_ar_set_doubt(None)
        expected._l10n_ar_padron_expect()
        unproven._l10n_ar_set_doubt(DECLARED)

    def _l10n_ar_set_doubt(self, problem):
        """Let customers wait for an accountant, for a reason that ARCA cannot settle.

        :param problem: code and detail, or None when nobody waits for it any more
        """
        state = "undetermined" if problem else False
        values = {"state": state, "problem": problem or False}
        if problem:
            self.env["partner.registration"]._ensure(ARCA, self).write(values)
        else:
            self.sudo().l10n_ar_registration_id.write(values)

    def _l10n_ar_can_prove(self):
        """Whether ARCA can be asked about what the customer said.

        Who is abroad, or free by Law 19,640, is not in its registry.
        """
        if not self._l10n_ar_get_cuit():
            return False
        asks = (self.company_id or self.env.company).sudo().l10n_ar_arca_certificate_id
        return bool(asks) or self[RESPONSIBILITY].code not in NOT_DEDUCIBLE

    def _l10n_ar_get_cuit(self):
        """The partner's CUIT when it is one that can be looked up, else ""."""
        self.ensure_one()
        try:
            return cuit.validate(self.l10n_ar_vat or "")
        except NumberError:
            return ""

    # What people ask for

    def action_l10n_ar_padron_update(self):
        """Ask ARCA about these customers now.

        :raises UserError: none of them has a CUIT, or ARCA cannot be asked
        """
        partners = self.commercial_partner_id
        partners.check_access("write")
        self.env["partner.registry.arca"]._ask_about(partners)
        if len(partners) == 1 and partners.l10n_ar_padron_proposes:
            return partners.action_l10n_ar_padron_review()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_l10n_ar_padron_review(self):
        """Show what ARCA has that the contact has not, and choose what to take."""
        return self.commercial_partner_id.l10n_ar_registration_id.action_review()

    def action_l10n_ar_padron_find_cuit(self):
        """Find the CUIT of a person by their DNI."""
        partner = self.commercial_partner_id.ensure_one()
        partner.check_access("write")
        return self.env["l10n_ar.padron.dni"]._open(partner)

    def action_l10n_ar_padron_update_many(self):
        """Have many customers looked up, and follow it."""
        return self.env["partner.registration.batch"]._start_about(ARCA, self)

    def action_l10n_ar_padron_confirm(self):
        """Show an accountant what confirming these fiscal data would do.

        :raises AccessError: only who makes invoices may do this
        :raises UserError: there is nothing to confirm
        """
        partners = self._l10n_ar_as_accountant()
        return self.env["l10n_ar.padron.confirm"]._open(partners)

    def action_l10n_ar_padron_final_consumer(self):
        """An accountant decides: Consumidor Final, and the number is a CUIL.

        :raises AccessError: only who makes invoices may do this
        :raises UserError: a customer has no CUIT
        """
        self.env["l10n_ar.padron.decision"]._make_consumers(
            self._l10n_ar_as_accountant()
        )

    def action_l10n_ar_padron_accept(self):
        """An accountant takes ARCA's responsibility instead of the person's.

        :raises AccessError: only who makes invoices may do this
        """
        self.env["l10n_ar.padron.decision"]._take(self._l10n_ar_as_accountant())

    def _l10n_ar_get_held_amount(self, company):
        """Money of the customer's invoices that wait for the fiscal data.

        :return: in the company's currency
        """
        drafts = self.env["account.move"].search(
            [
                ("commercial_partner_id", "in", self.ids),
                ("company_id", "=", company.id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "draft"),
            ]
        )
        return sum(drafts.mapped("amount_total_signed"))

    def _l10n_ar_as_accountant(self):
        """The customers, for a decision that takes no right to edit contacts.

        :raises AccessError: the user does not make invoices
        """
        partners = self.commercial_partner_id
        partners.check_access("read")
        if not self.env.su and not self.env.user.has_group(
            "account.group_account_invoice"
        ):
            raise AccessError(self.env._("Only who makes invoices may decide this."))
        return partners.sudo()

    def _l10n_ar_on_fiscal_settled(self):
        """The fiscal data of these customers are settled, by ARCA or by a person.

        Addons whose rows wait for it extend this.
        """
        self._l10n_ar_apply_positions()

    def _l10n_ar_on_responsibility_changed(self):
        """The responsibility of these customers is another one now, whoever said so.

        Addons whose documents go by it extend this.
        """
        self._l10n_ar_apply_positions()

    def _l10n_ar_apply_positions(self):
        """Apply the table *Fiscal Positions by Responsibility*.

        :return: those whose position is another one now
        """
        positions = self.env["l10n_ar.padron.position"].sudo()
        return self and positions._apply(self).with_env(self.env)

    def _l10n_ar_padron_apply(self, findings):
        """Apply what ARCA said to the customers that have its numbers.

        :param findings: dict CUIT → ``partner.registration.finding``
        """
        known = self.filtered(lambda partner: findings.get(partner._l10n_ar_get_cuit()))
        self.env["partner.registration"]._ensure(ARCA, known)._apply(findings)

    def _l10n_ar_padron_expect(self):
        """Customers with a CUIT that ARCA was never asked about: ask soon."""
        self.env["partner.registration"]._expect(ARCA, self)

    def _l10n_ar_padron_request(self):
        """Have these customers looked up soon; those without a CUIT are left out."""
        return self.env["partner.registration"]._request(ARCA, self)
