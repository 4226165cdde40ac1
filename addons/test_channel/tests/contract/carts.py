from .case import ProviderCase


class CartContract(ProviderCase):
    """Carts: several orders that are bought together, joined and split."""

    def remote_join(self, *external_ids):
        """Put orders into one new cart there; the cart's id."""
        raise NotImplementedError

    def remote_leave(self, cart, external_id):
        """Take an order out of its cart into a cart of its own; that one's id.

        :param external_id: the order, by the id it had before it joined
        """
        raise NotImplementedError

    def test_an_order_joins_a_cart_after_its_import(self):
        first, row = self.bring(quantity=1)
        order = row.sale_order_id
        second = self.remote_order(quantity=2)
        cart = self.remote_join(first, second)
        self.run_flow()
        row = self.inbox(cart)
        self.assertEqual((row.state, row.sale_order_id), ("imported", order))
        self.assertEqual(self.sold(order), 3)
        self.assertEqual(self.count_sold(), 3)

    def test_a_cart_is_split(self):
        first, second = self.remote_order(quantity=1), self.remote_order(quantity=2)
        cart = self.remote_join(first, second)
        self.run_flow()
        order = self.inbox(cart).sale_order_id
        self.assertEqual(self.sold(order), 3)
        left = self.remote_leave(cart, second)
        for _turn in range(3):
            self.run_flow()
            for row in self.channel.channel_order_ids:
                self.make_due(row)
        self.assertEqual(self.sold(order), 1)
        row = self.inbox(left)
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertEqual(self.sold(self.inbox(left).sale_order_id), 2)
        self.assertEqual(self.count_sold(), 3)

    def count_sold(self):
        orders = self.env["sale.order"].search(
            [("sale_channel_id", "=", self.channel.id), ("state", "!=", "cancel")]
        )
        return self.sold(orders)
