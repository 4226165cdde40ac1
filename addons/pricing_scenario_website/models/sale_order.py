from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _ship_from(self, origin):
        """Let the goods of a cart leave from another origin, at its prices.

        The cart moves to the company of the origin, without what belongs to the former
        one alone.
        """
        self.ensure_one()
        values = {"pricing_origin_id": origin.id}
        if origin.company_id != self.company_id:
            self._remove_delivery_line()
            values["carrier_id"] = False
            if self.team_id.company_id:
                values["team_id"] = False
            if self.payment_term_id.company_id:
                values["payment_term_id"] = False
        self.write(values)
        self._recompute_cart()
        self._verify_cart_after_update()

    def _get_shop_warehouse_id(self):
        if self.website_id.pricing_shop and self.pricing_contract_id:
            return self.pricing_origin_id.warehouse_id.id
        return super()._get_shop_warehouse_id()
