from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.channel_base.tools.client import RELOAD

from ..lib.buyer import FISCAL_FACTS, FiscalIdentity
from ..lib.identity import identifies, load_address

DOCUMENT_PROBLEMS = [
    ("format", "Not a number of this kind"),
    ("length", "Wrong length"),
    ("component", "Impossible prefix"),
    ("checksum", "Wrong check digit"),
    ("no_type", "No document type"),
    ("refused", "Odoo refused it"),
    ("differs", "The customer has another document"),
]
ORIGINS = [
    ("main", "The buyer's customer"),
    ("matched", "Customer who had this document"),
    ("created", "New customer"),
    ("chosen", "Chosen by a person"),
]


class SaleChannelIdentity(models.Model):
    """Somebody in whose name a buyer buys, and the customer whom that is.

    Tax number and legal name belong to a commercial customer in Odoo, so that a buyer
    with two documents is two customers.

    With ``sudo``: a lock is no change.
    """

    _name = "sale.channel.identity"
    _inherit = "sale.channel.operator.mixin"
    _description = "Fiscal Identity of a Buyer"
    _order = "id desc"
    _rec_names_search = ["document_number", "legal_name"]

    buyer_id = fields.Many2one(
        "sale.channel.partner", required=True, index=True, ondelete="cascade"
    )
    channel_id = fields.Many2one(
        related="buyer_id.channel_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="buyer_id.company_id", store=True, precompute=True
    )
    key = fields.Char(
        required=True,
        help="What makes it the same again: the number and the country that issues it.",
    )
    external_id = fields.Char("External ID", help="The channel's id of these data.")
    document_type = fields.Char(help="As the channel names it.")
    document_number = fields.Char(
        index="btree_not_null", help="What the channel said the last time."
    )
    problem = fields.Selection(
        DOCUMENT_PROBLEMS,
        index="btree_not_null",
        help="Why the document was not written on the customer.",
    )
    pending = fields.Boolean(
        "In Preparation", help="The channel has not given all of these data yet."
    )
    legal_name = fields.Char()
    taxpayer_type = fields.Char("Tax Condition", help="As the channel names it.")
    state_registration = fields.Char(help="Brazilian inscrição estadual.")
    activity = fields.Char("Economic Activity", help="Chilean giro.")
    regime = fields.Char("Tax Regime", help="Mexican régimen fiscal.")
    invoice_use = fields.Char(help="Mexican uso de CFDI.")
    address = fields.Json("Billing Address Parts")
    address_text = fields.Char("Billing Address", compute="_compute_address_text")
    # Restrict: see sale.channel.partner.
    partner_id = fields.Many2one(
        "res.partner", "Customer", index="btree_not_null", ondelete="restrict"
    )
    origin = fields.Selection(
        ORIGINS, "Found As", help="Why it is this customer, and not another one."
    )
    needs_choice = fields.Boolean(
        "Customer to Choose",
        help="Several customers have this document, or the one who has it is called "
        "otherwise: a person has to choose.",
    )
    candidate_ids = fields.One2many(
        "sale.channel.identity.candidate", "identity_id", "Candidates"
    )
    written = fields.Json(
        copy=False, help="What the channel wrote on the customer the last time."
    )

    _key_uniq = models.Constraint(
        "UNIQUE (buyer_id, key)", "The buyer already has this identity."
    )
    _choice_idx = models.Index("(channel_id) WHERE needs_choice")

    @api.depends("document_type", "document_number", "legal_name", "external_id")
    def _compute_display_name(self):
        for identity in self:
            document = filter(None, (identity.document_type, identity.document_number))
            parts = filter(None, (identity.legal_name, " ".join(document)))
            identity.display_name = (
                " · ".join(parts)
                or identity.external_id
                or self.env._("Without document")
            )

    @api.depends("address")
    def _compute_address_text(self):
        for identity in self:
            place = load_address(identity.address)
            identity.address_text = place and ", ".join(
                filter(
                    None,
                    (
                        place.line,
                        place.complement,
                        place.district,
                        place.city,
                        place.zip,
                        place.state_name or place.state_code,
                        place.country_code,
                    ),
                )
            )

    def _identifies(self):
        """Whether the identity has a document that is right."""
        self.ensure_one()
        return identifies(self.key)

    def _is_customer_ours(self):
        """Whether the channel made the customer, not a person."""
        self.ensure_one()
        is_main = self.partner_id == self.buyer_id.partner_id
        holder = self.buyer_id if is_main else self
        return "name" in (holder.written or {})

    def _get_number(self):
        """The valid number as customers' numbers are compared, "" when it is not."""
        self.ensure_one()
        return self.key.partition("|")[2] if self._identifies() else ""

    def _to_data(self):
        """The identity in the words of providers, as it was told."""
        self.ensure_one()
        return FiscalIdentity(
            name=self.legal_name or "",
            document_type=self.document_type or "",
            document_number=self.document_number or "",
            **{name: self[name] or "" for name in FISCAL_FACTS},
            external_id=self.external_id or "",
            pending=self.pending,
            is_company=None,
            address=load_address(self.address),
        )

    # Choosing

    def _sync_candidates(self, partners):
        """Candidates are who has the document now: people merge and archive."""
        self.ensure_one()
        rows = self.candidate_ids
        missing = partners - rows.partner_id
        rows.filtered(lambda row: row.partner_id not in partners).unlink()
        rows.create(
            [{"identity_id": self.id, "partner_id": partner.id} for partner in missing]
        )

    def _choose(self, partner):
        """A person settles an ambiguous identity: it is this customer.

        :param partner: one commercial customer of the channel's company, or shared
        :raises UserError: somebody else was faster, or it cannot be this customer
        """
        self.ensure_one()
        self._check_operator()
        self._check_open()
        self.buyer_id._check_customer(partner)
        self._settle(partner)

    def action_choose_new(self):
        """Settle an ambiguous identity: none of the candidates, a new customer."""
        self.ensure_one()
        self._check_operator()
        self._check_open()
        importer = self.env["sale.channel.partner.importer"]
        partner = importer._create_own_customer(self.buyer_id, self)
        self._settle(partner, "created")
        return RELOAD

    def action_open_choice(self):
        """Open the candidates side by side."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customers to Choose"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def action_open_buyer(self):
        """Open the card of the buyer."""
        self.ensure_one()
        return self.buyer_id.get_formview_action()

    def _check_open(self):
        """:raises UserError: somebody else has chosen already"""
        self.sudo().lock_for_update()
        if not self.needs_choice:
            raise UserError(
                self.env._(
                    "%(identity)s has a customer already: %(customer)s.",
                    identity=self.display_name,
                    customer=self.partner_id.display_name or "",
                )
            )

    def _settle(self, partner, origin="chosen"):
        """A person said who it is; a buyer who had no customer has one now."""
        self.ensure_one()
        targets = [self]
        if not self.buyer_id.partner_id:
            targets.append(self.buyer_id)
        self.env["sale.channel.partner.change"]._apply(
            "chosen", self.buyer_id, targets, partner, origin
        )

    def _on_settled(self):
        """The identities have a customer now, whoever found it.

        Addons whose rows wait for it extend this and try the rows again. Called as
        superuser, in the environment of who chose, or of the import.
        """

    # History

    def _get_memory(self):
        """What undoing has to put back besides the customer."""
        self.ensure_one()
        return {
            "origin": self.origin,
            "written": self.written,
            "needs_choice": self.needs_choice,
        }

    def _restore(self, partner, memory):
        """Put back a customer, or the question who it is."""
        self.ensure_one()
        self.write(
            {
                "partner_id": partner.id,
                "origin": memory.get("origin"),
                "written": memory.get("written"),
                "needs_choice": not partner and bool(memory.get("needs_choice")),
            }
        )
