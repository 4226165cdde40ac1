from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

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
                "order_line_id": self.id,
            }
        )
