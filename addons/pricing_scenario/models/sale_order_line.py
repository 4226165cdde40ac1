from odoo import api, fields, models
from odoo.tools import SQL

from .sale_order import OPEN_STATES


class SaleOrderLine(models.Model):
    """With ``sudo``: the outcome is the same whoever asks, whatever they may see of its
    parts."""

    _inherit = "sale.order.line"

    pricing_list_id = fields.Many2one(
        "product.pricelist",
        "Pricelist of the Price",
        ondelete="set null",
        groups="base.group_user",
        help="The list that gave the price, which stays when the order's changes.",
    )

    def _add_precomputed_values(self, vals_list):
        for vals in vals_list:
            if "price_unit" not in vals:
                order = self.env["sale.order"].browse(vals.get("order_id"))
                vals.setdefault("pricing_list_id", order.pricelist_id.id)
        return super()._add_precomputed_values(vals_list)

    def _reset_price_unit(self):
        result = super()._reset_price_unit()
        line = self.sudo().with_context(sale_write_from_compute=True)
        line.pricing_list_id = line.order_id.pricelist_id
        return result

    @api.model
    def _note_lists_of_open_orders(self):
        """Note where prices of open orders come from that were made before."""
        self.flush_model()
        self.env["sale.order"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE sale_order_line l
                   SET pricing_list_id = o.pricelist_id
                  FROM sale_order o
                 WHERE o.id = l.order_id
                   AND o.state IN %s
                   AND o.pricing_origin_id IS NOT NULL
                   AND o.pricelist_id IS NOT NULL
                   AND l.pricing_list_id IS NULL
                   AND l.product_id IS NOT NULL
                   AND l.technical_price_unit = l.price_unit
                """,
                OPEN_STATES,
            )
        )
        self.invalidate_model(["pricing_list_id"])

    def _has_price_by_hand(self):
        """Whether the price is not the one that Odoo computed last."""
        self.ensure_one()
        currency = self.currency_id or self.env.company.currency_id
        return bool(
            currency.compare_amounts(self.technical_price_unit, self.price_unit)
        )

    def copy_data(self, default=None):
        """A copied price is still that of the list of the order it comes from."""
        vals_list = super().copy_data(default)
        for line, vals in zip(self, vals_list, strict=True):
            if not line.pricing_list_id and not line._has_price_by_hand():
                vals["pricing_list_id"] = line.order_id.pricelist_id.id
        return vals_list

    def action_explain_price(self):
        """Explain the price of the line."""
        self.ensure_one()
        order = self.order_id
        return self.env["pricing.explanation"]._open(
            {
                "partner_id": order.partner_id.id,
                "product_id": self.product_id.id,
                "quantity": self.product_uom_qty,
                "uom_id": self.product_uom_id.id,
                "origin_id": order.pricing_origin_id.id,
                "state_id": order.pricing_state_id.id,
                "company_id": order.company_id.id,
                "order_id": order.id,
                "order_line_id": self.id,
            }
        )
