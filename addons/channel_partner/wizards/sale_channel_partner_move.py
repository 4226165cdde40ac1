from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleChannelPartnerMove(models.TransientModel):
    """Another customer for a buyer, or for one of their identities."""

    _name = "sale.channel.partner.move"
    _description = "Change a Buyer's Customer"

    buyer_id = fields.Many2one("sale.channel.partner", required=True, readonly=True)
    kind = fields.Selection(
        [("join", "Same Person As"), ("split", "Not This Customer")],
        required=True,
        readonly=True,
    )
    identity_id = fields.Many2one(
        "sale.channel.identity",
        "Only for",
        domain="[('buyer_id', '=', buyer_id)]",
        help="Empty: the account, and all identities that share its customer.",
    )
    company_id = fields.Many2one(related="buyer_id.company_id")
    current_id = fields.Many2one(
        "res.partner", "Present Customer", compute="_compute_current_id"
    )
    is_new = fields.Boolean(
        "New Customer",
        compute="_compute_is_new",
        store=True,
        readonly=False,
        help="Make a customer with what the channel told of this buyer.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        domain="[('id', '!=', current_id), "
        "'|', ('parent_id', '=', False), ('is_company', '=', True), "
        "'|', ('company_id', '=', False), ('company_id', '=', company_id)]",
    )
    effects = fields.Text("What Changes", compute="_compute_effects")

    @api.depends("buyer_id", "identity_id")
    def _compute_current_id(self):
        for wizard in self:
            target = wizard.identity_id or wizard.buyer_id
            wizard.current_id = target.partner_id

    @api.depends("kind")
    def _compute_is_new(self):
        for wizard in self:
            wizard.is_new = wizard.kind == "split"

    @api.depends("buyer_id", "identity_id", "partner_id", "is_new")
    def _compute_effects(self):
        for wizard in self:
            wizard.effects = "\n".join(wizard._describe())

    def _describe(self):
        """What the step changes and what it leaves, sentence by sentence."""
        self.ensure_one()
        if not (self.is_new or self.partner_id):
            return []
        after = self.env._("a new customer")
        if not self.is_new:
            after = self.partner_id.display_name
        told = [
            self.env._(
                "%(what)s: from the next order on %(after)s instead of %(before)s.",
                what=target.display_name,
                after=after,
                before=target.partner_id.display_name or "—",
            )
            for target in self._get_targets()
        ]
        current = self.current_id
        if current:
            told.append(
                self.env._(
                    "%(count)s orders stay with %(customer)s, with their addresses.",
                    count=current._get_channel_usage()[current].orders,
                    customer=current.display_name,
                )
            )
        told += self._describe_documents()
        return told

    def _describe_documents(self):
        """Documents that the customer will not get, because they have another one."""
        partner = self.env["res.partner"] if self.is_new else self.partner_id
        identities = [
            target
            for target in self._get_targets()
            if target._name == "sale.channel.identity"
        ]
        return [
            self.env._(
                "%(customer)s has another document, which stays: %(identity)s.",
                customer=partner.display_name,
                identity=identity.display_name,
            )
            for identity in identities
            if partner.vat
            and identity._identifies()
            and partner.document_key != identity._get_number()
        ]

    def _get_targets(self):
        """The account and identities that change."""
        self.ensure_one()
        if self.identity_id:
            return [self.identity_id]
        buyer = self.buyer_id
        shared = buyer.identity_ids.filtered(
            lambda identity: identity.partner_id == buyer.partner_id
        )
        return [buyer, *shared]

    def action_apply(self):
        """Change the customer from the next order on."""
        self.ensure_one()
        self.buyer_id._check_operator()
        if self.identity_id and self.identity_id.buyer_id != self.buyer_id:
            raise UserError(self.env._("This identity is another buyer's."))
        if self.is_new:
            importer = self.env["sale.channel.partner.importer"]
            identity = self._get_main_identity()
            partner = importer._create_own_customer(self.buyer_id, identity)
        else:
            partner = self.partner_id
            self._check_partner()
        self.env["sale.channel.partner.change"]._apply(
            {"join": "joined", "split": "split"}[self.kind],
            self.buyer_id,
            self._get_targets(),
            partner,
            "created" if self.is_new else "chosen",
        )
        return {"type": "ir.actions.act_window_close"}

    def _check_partner(self):
        if not self.partner_id:
            raise UserError(self.env._("Choose the customer."))
        if self.partner_id == self.current_id:
            raise UserError(
                self.env._(
                    "%(customer)s is the customer already.",
                    customer=self.partner_id.display_name,
                )
            )
        self.buyer_id._check_customer(self.partner_id)

    def _get_main_identity(self):
        """The identity whose data a new customer gets."""
        identities = self.identity_id or self.buyer_id.identity_ids.filtered(
            lambda identity: (
                identity._identifies()
                and identity.partner_id == self.buyer_id.partner_id
            )
        )
        return identities[:1]
