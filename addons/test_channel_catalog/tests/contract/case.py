from ..common import CatalogCase


class CatalogContract(CatalogCase):
    """A channel whose listings, stock and prices go out; the heir has its other side.

    SKUs are what a test and the other side call a listing by. What the other side has
    of one, :meth:`remote_listing`, is a dict with those of these keys that it knows:
    ``id``, ``title``, ``sku``, ``barcode``, ``visibility``, ``quantity`` (that buyers
    can buy), ``price``, ``currency``.
    """

    # Odoo's loader leaves inherited test methods out unless it is told.
    allow_inherited_tests_method = True

    # What the provider cannot tell or do: ``visibility`` (listings are never hidden),
    # ``recreate`` (what is deleted there cannot be made anew), ``unlimited``,
    # ``currency`` (it takes any currency), ``refusal`` (it refuses no single listing)
    lacks = frozenset()
    # Faults of :meth:`remote_fault` that mean that nobody can write for a while
    outages = ("429", "503", "503")

    def remote_listing(self, sku):
        """What the other side has of a listing; None if nothing."""
        raise NotImplementedError

    def remote_skus(self):
        """SKUs of all that is listed there, each as often as it is."""
        raise NotImplementedError

    def remote_add(self, sku, **content):
        """Let somebody list something there: ``title``, ``barcode``, ``price``.

        :return: its id
        """
        raise NotImplementedError

    def remote_edit(self, sku, **content):
        """Let somebody change a listing there: ``title``, ``sku``, ``price``,
        ``quantity`` (None: without a limit)."""
        raise NotImplementedError

    def remote_remove(self, sku):
        """Let somebody delete a listing there."""
        raise NotImplementedError

    def remote_fault(self, kind, times=1):
        """Let the next writing calls fail.

        :param kind: ``429``, ``503``; ``lost``: what was written is not answered
        """
        raise NotImplementedError

    def remote_refuse(self, *skus):
        """Let the other side refuse these listings, and batches that hold one if its
        batches are all or nothing; none: refuse nothing any more."""
        raise NotImplementedError

    def remote_buy(self, sku, quantity):
        """Let somebody buy and pay there; the order's external id."""
        raise NotImplementedError

    def remote_writes(self):
        """How many calls have written since this was last asked."""
        raise NotImplementedError

    # What scenarios share

    def setUp(self):
        super().setUp()
        self.warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )

    def set_stock(self, product, quantity):
        """Count this many in the warehouse."""
        quants = self.env["stock.quant"].with_context(inventory_mode=True)
        quants.create(
            {
                "product_id": product.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "inventory_quantity": quantity,
            }
        ).action_apply_inventory()

    def publish(self, *skus, quantity=10, **values):
        """Products that are on the channel, with their stock and price; visible."""
        products = self.env["product.product"].concat(
            *(self.make_item(sku, **values) for sku in skus)
        )
        for product in products:
            self.set_stock(product, quantity)
        self.start()
        self.run_out()
        self.listings(products).visibility = "visible"
        self.run_out(full=False)
        self.run_out(full=False)
        self.assertEqual(self.open_reasons(), {})
        self.remote_writes()
        return products

    def settle(self, full=False):
        """Let what changed go out, pauses being over; what was written."""
        for kind in ("listings_out", "stock_out", "price_out"):
            self.make_due(kind)
        self.run_out(full=full)
        return self.remote_writes()

    def open_reasons(self):
        """Why rows of the channel are not settled: name and kind → code."""
        return {
            (row.name, row.kind): row.error_code or row.sync_state
            for kind in ("listings_out", "stock_out", "price_out")
            for row in self.rows(kind)
            if row.sync_state != "done"
        }

    def there(self, sku, *keys):
        """What the other side has of a listing, key by key."""
        listing = self.remote_listing(sku)
        self.assertIsNotNone(listing, f"{sku} is not there")
        return tuple(listing.get(key) for key in keys)

    def assert_not_sold(self, sku):
        """Nobody can buy it: it is not shown, or there is none."""
        visibility, quantity = self.there(sku, "visibility", "quantity")
        self.assertTrue(visibility == "hidden" or not quantity, (visibility, quantity))

    def differences(self):
        return self.env["sale.channel.difference"].search(
            [("channel_id", "=", self.channel.id)]
        )

    def assert_nothing_to_do(self):
        """A full run writes nothing."""
        self.assertEqual(self.settle(full=True), 0)
        self.assertFalse(self.open_reasons())
