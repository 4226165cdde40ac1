from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.channel_base.tools.client import RELOAD

from ..lib import documents
from ..lib.identity import identifies, identity_key, load_address
from ..lib.schema import FISCAL_FACTS, FiscalIdentity

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
    """

    _name = "sale.channel.identity"
    _inherit = ["sale.channel.identity.matcher", "sale.channel.operator.mixin"]
    _description = "Fiscal Identity of a Buyer"
    _order = "id desc"
    _rec_names_search = ["document_number", "legal_name"]

    buyer_id = fields.Many2one(
        "sale.channel.partner", required=True, index=True, ondelete="cascade"
    )
    channel_id = fields.Many2one(related="buyer_id.channel_id", store=True, index=True)
    company_id = fields.Many2one(related="buyer_id.company_id", store=True)
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

    @api.model
    def _release_placeholders(self):
        """Identities whose number identifies nobody are no longer taken for somebody.

        Where such a number joined several buyers in one customer a person has to say
        who the buyer is before the next order; existing orders stay as they are.
        """
        found = self.env.execute_query(
            SQL(
                "SELECT id FROM sale_channel_identity"
                " WHERE split_part(key, '|', 2) ~ ANY(%s) ORDER BY id",
                list(documents.SUSPECT),
            )
        )
        for row in self.browse(id_ for (id_,) in found):
            checked = documents.check(
                row.document_type or "", row.document_number or "", row.key[:2]
            )
            if not checked or not checked.country:
                row._release(checked)

    def _release(self, checked):
        """Stop taking this identity for somebody by its number."""
        self.ensure_one()
        buyer, partner = self.buyer_id, self.partner_id
        others = buyer.identity_ids - self
        key = identity_key(checked, self.external_id or "")
        if key in others.mapped("key"):
            key = identity_key(checked, f"{self.external_id or ''}#{self.id}")
        values = {"key": key}
        strangers = partner.identity_ids.buyer_id - buyer
        if self.origin == "matched" and strangers:
            values.update(
                partner_id=False,
                needs_choice=True,
                candidate_ids=[fields.Command.create({"partner_id": partner.id})],
            )
            if buyer.partner_id == partner and partner not in others.partner_id:
                buyer.partner_id = False
        self.write(values)

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
        self._settle(self.buyer_id._create_own_customer(self), "created")
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
        if self.needs_choice:
            self._ask_again()
