from odoo import models


class SaleOrder(models.Model):
    """With ``sudo``: the warehouse says the origin, whoever sells."""

    _inherit = "sale.order"

    def _uses_pricing_contract(self):
        """The channel has decided about the prices of what it sold."""
        return super()._uses_pricing_contract() and not self._is_channel_order()

    def _compute_pricing_origin_id(self):
        """What the channel sold leaves from the warehouse that its settings name."""
        sold = self.filtered(lambda order: order._is_channel_order())
        origins = self.env["pricing.origin"].sudo()
        origins = origins.search([("warehouse_id", "in", sold.warehouse_id.ids)])
        by_warehouse = origins.grouped("warehouse_id")
        for order in sold:
            order.pricing_origin_id = by_warehouse.get(order.warehouse_id)
        return super(SaleOrder, self - sold)._compute_pricing_origin_id()

    def _compute_warehouse_id(self):
        kept = self.filtered(
            lambda order: order.warehouse_id and order._is_channel_order()
        )
        return super(SaleOrder, self - kept)._compute_warehouse_id()

    def _compute_pricing_contract_id(self):
        """What the channel sold has no contract, and lacks none."""
        sold = self.filtered(lambda order: order._is_channel_order())
        sold.pricing_contract_id = False
        sold.pricing_problem = False
        return super(SaleOrder, self - sold)._compute_pricing_contract_id()

    def _is_pricelist_chosen(self):
        return super()._is_pricelist_chosen() and not self._is_channel_order()
