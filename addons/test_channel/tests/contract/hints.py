from .case import ProviderCase


class HintContract(ProviderCase):
    """Hints: what the channel announces does not wait for the search."""

    def remote_hint(self, external_id):
        """Let the channel announce an order."""
        raise NotImplementedError

    def remote_searches(self):
        """How often the channel was searched so far."""
        raise NotImplementedError

    def test_an_announced_order_does_not_wait_for_the_interval(self):
        self.run_flow()
        external_id = self.remote_order()
        searches = self.remote_searches()
        self.run_hinted()
        self.assertFalse(self.inbox(external_id))
        self.remote_hint(external_id)
        self.run_hinted()
        row = self.inbox(external_id)
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertEqual(self.remote_searches(), searches)
        self.assertFalse(self.env["sale.channel.hint"].search_count([]))
        # The search then finds nothing new in it.
        before = self.snapshot(row)
        self.run_flow()
        self.assertEqual(self.snapshot(row), before)

    def test_an_announced_change_is_fetched(self):
        external_id = self.run_with(self.remote_order())
        row = self.inbox(external_id)
        self.remote_change(external_id, city="Funes")
        self.remote_hint(external_id)
        self.run_hinted()
        self.assertIn("changed", row.event_ids.mapped("code"))
