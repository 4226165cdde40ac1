from odoo import fields, models


class SaleChannelRemoteLinkLine(models.TransientModel):
    """A product of a kit that a listing is linked to."""

    _name = "sale.channel.remote.link.line"
    _description = "Component to Link"

    link_id = fields.Many2one(
        "sale.channel.remote.link", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="link_id.company_id")
    product_id = fields.Many2one(
        "product.product",
        required=True,
        domain="[('company_id', 'in', [False, company_id])]",
    )
    quantity = fields.Float("Units", default=1, required=True, digits="Product Unit")
