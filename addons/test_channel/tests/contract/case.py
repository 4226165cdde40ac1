from ..common import FlowCase


class ProviderCase(FlowCase):
    """A channel of the provider under test, and its remote side.

    The heir implements the ``remote_*`` methods of the capabilities that it inherits,
    on its own wire. It must not fake anything of ours.
    """

    # Odoo's loader leaves inherited test methods out unless it is told.
    allow_inherited_tests_method = True
    # Traits of orders that the service has no word for
    lacks = frozenset()

    def need(self, trait):
        """Skip a test about something that the service does not know."""
        if trait in self.lacks:
            self.skipTest(f"the service has no {trait}")

    def remote_order(self, **traits):
        """Make an ordinary paid order on the remote side; its cart's id.

        :param traits: ``sku``, ``carrier``, ``document`` (type, number), ``status``,
            ``city``, ``quantity``, ``refunded`` (amount), ``tags``, ``logistic``,
            ``shipping_status``, ``placed_at``
        """
        raise NotImplementedError

    def remote_change(self, external_id, **traits):
        """Change an order there, so that its version changes."""
        raise NotImplementedError

    def run_cancelled(self):
        """Let the cancellation arrive; providers that hide it from searches say how."""
        self.run_flow()

    def snapshot(self, row):
        order, partner = row.sale_order_id, row.partner_id
        return (
            row.write_date,
            len(row.event_ids),
            order.write_date,
            order.ids,
            partner.write_date,
            self.env["sale.order"].search_count(
                [("sale_channel_id", "=", self.channel.id)]
            ),
            self.env["res.partner"].with_context(active_test=False).search_count([]),
        )

    def sold(self, order):
        return sum(order.order_line.mapped("product_uom_qty"))

    def open_steps(self, row):
        proposals = row.proposal_ids.filtered(lambda p: p.state == "open")
        return proposals._get_open_steps().sorted("sequence").mapped("kind")

    def deliver(self, order):
        picking = order.picking_ids.filtered(lambda p: p.state != "done")
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
        picking.move_ids.picked = True
        picking.button_validate()

    def bring(self, **traits):
        external_id = self.run_with(self.remote_order(**traits))
        row = self.inbox(external_id)
        self.assertEqual(row.state, "imported", row.error_message)
        return external_id, row

    def change(self, external_id, **traits):
        self.remote_change(external_id, **traits)
        self.run_flow()
