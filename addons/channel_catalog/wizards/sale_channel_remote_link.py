from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class SaleChannelRemoteLink(models.TransientModel):
    """Choose what a listing of a channel is: a product, a pack of it, or a kit.

    With ``sudo``: the link is the server's; who may link was checked.
    """

    _name = "sale.channel.remote.link"
    _description = "Link a Listing to a Product"

    row_id = fields.Many2one(
        "sale.channel.remote.listing", "Listing", required=True, readonly=True
    )
    company_id = fields.Many2one(related="row_id.company_id")
    sku = fields.Char(related="row_id.sku")
    barcode = fields.Char(related="row_id.barcode")
    match_message = fields.Char(related="row_id.match_message")
    candidate_ids = fields.Many2many(related="row_id.candidate_ids")
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        domain="[('company_id', 'in', [False, company_id])]",
    )
    quantity = fields.Float(
        "Units",
        default=1,
        required=True,
        digits="Product Unit",
        help="How many units of the product one piece of the listing is.",
    )
    is_kit = fields.Boolean(
        "Several Products", help="One piece of the listing is several products."
    )
    is_further = fields.Boolean(
        "Further Listing",
        compute="_compute_is_further",
        store=True,
        readonly=False,
        help="The product may be sold there by another such listing as well, with the "
        "same stock.",
    )
    line_ids = fields.One2many("sale.channel.remote.link.line", "link_id", "Components")

    @api.depends("row_id")
    def _compute_product_id(self):
        for link in self:
            row = link.row_id
            link.product_id = row.product_id or row.candidate_ids[:1]

    @api.depends("row_id")
    def _compute_is_further(self):
        for link in self:
            link.is_further = link.row_id.match_reason == "taken"

    @api.model
    def _open(self, row):
        """The dialog for a row."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Link Listing"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {"default_row_id": row.id},
        }

    def action_link(self):
        """Link the listing to what was chosen.

        :raises UserError: nothing was chosen, or it is something else by now
        """
        self.ensure_one()
        row = self.row_id
        row._check_manager()
        if row.gone_at:
            raise UserError(self.env._("The channel does not have it any more."))
        product, components = self.product_id, ()
        if self.is_kit:
            product = product.browse()
            components = [
                Command.create(
                    {"product_id": line.product_id.id, "quantity": line.quantity}
                )
                for line in self.line_ids
            ]
        if not product and not components:
            raise UserError(self.env._("Choose the product."))
        (product | self.line_ids.product_id).check_access("read")
        row.sudo()._link(
            product.sudo(),
            1 if self.is_kit else self.quantity,
            components,
            self.is_further,
        )
        return {"type": "ir.actions.act_window_close"}
