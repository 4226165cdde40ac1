"""Two months of three accounts, told in any order, end in the same state, and with the
same stock on the channel."""

import random
from copy import deepcopy
from unittest.mock import patch

from sandbox.mercadolibre.selling.opening import open_shops

from odoo import fields
from odoo.tests import tagged

from odoo.addons.channel_mercadolibre.lib.item import join_id
from odoo.addons.channel_order.lib.source import OrderReference
from odoo.addons.channel_outgoing.lib.writer import Target
from odoo.addons.test_channel.tests.common import FlowCase

from .common import BRAZILIAN_SELLER, OTHER_SELLER, SELLER, RemoteOrders

IN_ORDER = 0
SEEDS = (1, 2)
DAYS = 60
PURCHASES = 16  # of each account
CHANGES = 26
SETTLING_TURNS = 6
STOCK = 5000  # of each product, more than is ever sold
SKUS = {
    "MLA": ("TERMO-1L", "MATE-CAL", "BOMB-AC"),
    "MLB": ("CAFE-500", "CHAL-IN", "REDE-CAS"),
}


class Account:
    """One seller: the channel that reads it, and what it could have been told."""

    def __init__(self, channel, seller, site):
        self.channel = channel
        self.seller = seller
        self.site = site
        self.items = {}  # SKU → item
        self.orders = []  # ids of orders
        self.story = []  # (cart, bundle) at some moment


@tagged("post_install", "-at_install")
class TestReplay(RemoteOrders, FlowCase):
    provider = "mercadolibre"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.currency"].with_context(active_test=False).search(
            [("name", "=", "BRL")]
        ).active = True
        cls.brl = cls.env["product.pricelist"].create(
            {
                "name": "Reais",
                "currency_id": cls.env.ref("base.BRL").id,
                "company_id": cls.company.id,
            }
        )

    def setUp(self):
        super().setUp()
        self.remote_rows = {}
        self.start_sandbox()
        open_shops(self.sandbox.selling.shop)
        self.control("settings", {"expires_in": 366 * 86400})
        self.rng = random.Random(20261121)
        self.products = {}
        for site, skus in SKUS.items():
            known = {one["sku"] for one in self.control(f"catalogue?site={site}")}
            wanted = [sku for sku in skus if sku in known] or sorted(known)[:3]
            SKUS[site] = tuple(wanted)
            for sku in wanted:
                product = self.products[sku] = self.make_product(sku, self.tax_21)
                product.channel_show = "yes"
                place = self.channel._get_order_warehouse().lot_stock_id
                self.env["stock.quant"]._update_available_quantity(
                    product, place, STOCK
                )
        self.accounts = [
            self.account(seller, site)
            for seller, site in (
                (SELLER, "MLA"),
                (OTHER_SELLER, "MLA"),
                (BRAZILIAN_SELLER, "MLB"),
            )
        ]

    def account(self, seller, site):
        channel = self.twin(site, f"Cuenta {seller}")
        self.connect(channel, seller)
        account = Account(channel, seller, site)
        for item in self.control(f"items?seller_id={seller}"):
            for variation in item["variations"] or [None]:
                attributes = (variation or item)["attributes"]
                [sku] = [a["value_name"] for a in attributes if a["id"] == "SELLER_SKU"]
                if sku in SKUS[site]:
                    account.items[sku] = join_id(
                        item["id"], str(variation["id"]) if variation else ""
                    )
        return account

    def twin(self, site, name):
        """A channel that imports whatever it is given."""
        channel = self.make_channel(
            name=name,
            mercadolibre_site=site,
            carrier_id=self.carrier.id,
            pricelist_id=self.brl.id if site == "MLB" else False,
        )
        channel.orders_from = "2020-01-01 00:00:00"
        return channel

    def list_items(self, account, channel):
        """Have a channel sell the account's items. It is told of its orders here; only
        one channel may read those of an account."""
        channel.flow_ids.filtered(lambda flow: flow.kind == "orders_in").unlink()
        self.env["sale.channel.listing"].create(
            [
                {
                    "channel_id": channel.id,
                    "product_id": self.products[sku].id,
                    "external_id": item,
                    "listing_type": "gold_special",
                    "visibility": "visible",
                }
                for sku, item in account.items.items()
            ]
        )

    def send_stock(self, account, channel, full=False):
        """Let the channel's stock go out, by the account's own access.

        :return: SKU → what buyers can buy there
        """
        self.env.cr.flush()
        self.env["sale.channel.change"]._hand_over()
        writer = account.channel._get_provider()._get_stock_writer(account.channel)
        flow = channel.flow_ids.filtered(lambda one: one.kind == "stock_out")
        flow.confirmed = flow.enabled = True
        state, now = flow._get_state(), fields.Datetime.now()
        state.write({"last_run_at": not full and now, "retry_at": False})
        state.requests_seen = flow.run_requests
        provider = type(channel._get_provider())
        with (
            patch.object(provider, "_get_stock_writer", lambda *_args: writer),
            patch.object(type(flow), "_check_account", lambda _flow: None),
        ):
            for _slice in range(20):
                self.env.flush_all()
                flow.cron_id.method_direct_trigger()
                self.env.invalidate_all()
                if not state.run_id:
                    break
        rows = self.env["sale.channel.listing.stock"]
        rows = rows.search([("channel_id", "=", channel.id)])
        self.assertEqual(set(rows.mapped("sync_state")), {"done"})
        targets = [Target(item, item) for item in account.items.values()]
        found = writer.find("stock", targets)
        return {
            sku: found[item].content["quantity"] for sku, item in account.items.items()
        }

    # What happens in the two months

    def live(self):
        """Purchases and changes at random moments; what each could be told as."""
        span = DAYS * 86400 // (PURCHASES + CHANGES)
        for account in self.accounts:
            todo = ["buy"] * PURCHASES + ["change"] * CHANGES
            self.rng.shuffle(todo)
            for what in ["buy", *todo]:
                self.control("clock", {"advance_seconds": self.rng.randint(9, span)})
                touched = getattr(self, f"_{what}")(account)
                self.record(account, touched)

    def _buy(self, account):
        size = self.rng.choice((1, 1, 1, 2, 3))
        skus = self.rng.sample(SKUS[account.site], size)
        made = self.control(
            "orders",
            {
                "seller_id": account.seller,
                "skus": skus,
                "n": size,
                "pack": size > 1,
                "quantity": self.rng.randint(1, 4),
                "shipment": self._patches({})["shipment"],
            },
        )
        ids = [row["order_id"] for row in made]
        account.orders += ids
        return ids

    def _change(self, account):
        number = self.rng.choice(account.orders)
        order = deepcopy(self.sandbox.core.store.orders[number])
        change = self.rng.choice(
            (self._requantify, self._cancel, self._refund, self._warn, self._join)
        )
        patch = change(account, order)
        cart = order.get("pack_id")
        self.control(f"orders/{number}", patch)
        store = self.sandbox.core.store
        shared = store.packs[cart].orders if cart in store.packs else []
        return [number, *shared]

    def _requantify(self, _account, order):
        quantity = self.rng.randint(1, 9)
        item = {**order["order_items"][0], "quantity": quantity}
        return {"order_items": [item], "total_amount": item["unit_price"] * quantity}

    def _cancel(self, _account, _order):
        return {"status": "cancelled"}

    def _refund(self, _account, order):
        first, *others = order["payments"]
        amount = round(first["transaction_amount"] * self.rng.random() / 2, 2)
        return {"payments": [{**first, "transaction_amount_refunded": amount}, *others]}

    def _warn(self, _account, order):
        if self.rng.random() < 0.7:
            return {"comment": f"note {self.rng.random()}"}
        return {"tags": [*order["tags"], "fraud_risk_detected"]}

    def _join(self, account, order):
        """Into the cart of another order of the same buyer, or out of the cart."""
        store = self.sandbox.core.store
        if order.get("pack_id"):
            return {"pack_id": None}
        buyer = order["buyer"]["id"]
        others = [
            number
            for number in account.orders
            if number != order["id"] and store.orders[number]["buyer"]["id"] == buyer
        ]
        if not others:
            return {"comment": "alone"}
        return {"pack_id": store.orders[self.rng.choice(others)].get("pack_id")}

    def record(self, account, numbers):
        """Keep what a reading of these orders' carts would give right now."""
        source = account.channel._get_provider()._get_order_source(account.channel)
        store = self.sandbox.core.store
        carts = {
            str(store.orders[number].get("pack_id") or number) for number in numbers
        }
        for cart in sorted(carts):
            account.story.append((cart, source.fetch(cart, {})))

    # How it is told

    def tell(self, channel, story, rng):
        """Give a channel bundles in batches, as readings at odd moments would."""
        orders = self.env["sale.channel.order"]
        receiver = self.env["sale.channel.order.receiver"]
        while story:
            size = rng.randint(1, 9)
            batch, story = story[:size], story[size:]
            rows = orders
            for cart, bundle in batch:
                receiver._receive(channel, [OrderReference(cart, bundle["versions"])])
                row = self.row_of(channel, cart)
                bundles = [(row.id, deepcopy(bundle))]
                receiver._store_bundles(bundles, fields.Datetime.now())
                rows |= row
            self.env["sale.channel.order.importer"]._import(rows)

    def row_of(self, channel, cart):
        return self.env["sale.channel.order"].search(
            [("channel_id", "=", channel.id), ("external_id", "=", cart)]
        )

    def settle(self, channel, source):
        """What the flow does next: fetch and process what is still pending."""
        orders = self.env["sale.channel.order"]
        receiver = self.env["sale.channel.order.receiver"]
        for _turn in range(SETTLING_TURNS):
            rows = orders.search(
                [
                    ("channel_id", "=", channel.id),
                    ("sync_state", "in", ("fetch", "process")),
                ]
            )
            if not rows:
                return
            # One by one: a thread may not open a cursor in a test.
            bundles = [
                pair
                for row in rows
                for pair in receiver._download(
                    source, [(row.id, row.external_id, row.seen_versions or {})]
                )
            ]
            receiver._store_bundles(bundles, fields.Datetime.now())
            self.env["sale.channel.order.importer"]._import(rows)
        self.fail("\n".join(map(self.story, rows)))

    def story(self, row):
        """All about a row, for who has to find out why."""
        return (
            f"{row.external_id} {row.state} {row.error_code} {row.sale_order_id.name} "
            f"imported {list((row.imported_print or {}).get('lines', {}))} "
            f"versions {row.versions} {row.event_ids.mapped('message')}"
        )

    def describe(self, channel, ref):
        """All rows that know an order."""
        rows = channel.channel_order_ids.filtered(
            lambda row: (
                ref in (row.versions or {})
                or ref in (row.imported_print or {}).get("lines", {})
            )
        )
        return "\n".join(map(self.story, rows))

    def outcome(self, channel):
        """What is sold to whom, whatever the way it came to be."""
        orders = self.env["sale.order"].search(
            [
                ("sale_channel_id", "=", channel.id),
                ("state", "!=", "cancel"),
                # Whether it came in before the warning is a matter of the moment;
                # nothing of it leaves either way.
                ("channel_hold", "!=", "fraud"),
            ]
        )
        sold = {}
        for order in orders:
            lines = order.order_line.filtered(
                lambda line: line.product_uom_qty and line.channel_line_ref.isdigit()
            )
            for line in lines:
                # Twice would be a product that is shipped twice.
                self.assertNotIn(
                    line.channel_line_ref,
                    sold,
                    self.describe(channel, line.channel_line_ref),
                )
                sold[line.channel_line_ref] = (
                    line.product_id.default_code,
                    line.product_uom_qty,
                    line.price_unit,
                    sorted(lines.mapped("channel_line_ref")),
                    order.partner_id.ref,
                    order.partner_id.vat,
                    order.channel_hold,
                )
        return sold

    def truth(self, account):
        """What the remote side says is sold, without what it warns of."""
        store = self.sandbox.core.store
        carts = {}
        alive = [
            number
            for number in account.orders
            if store.orders[number]["status"] != "cancelled"
        ]
        for number in alive:
            cart = store.orders[number].get("pack_id") or number
            carts.setdefault(cart, []).append(number)
        warned = {
            number
            for numbers in carts.values()
            for number in numbers
            if any("fraud_risk_detected" in store.orders[n]["tags"] for n in numbers)
        }
        return {
            str(number): store.orders[number]["order_items"][0]["quantity"]
            for number in account.orders
            if store.orders[number]["status"] != "cancelled" and number not in warned
        }

    def get_sold(self, account):
        """What the remote side says that buyers have: SKU → pieces."""
        store, sold = self.sandbox.core.store, dict.fromkeys(account.items, 0)
        for number in account.orders:
            order = store.orders[number]
            if order["status"] != "cancelled":
                [line] = order["order_items"]
                sold[line["item"]["seller_sku"]] += line["quantity"]
        return sold

    def test_told_in_any_order(self):
        # Tokens are read in a cursor of their own.
        with self.enter_registry_test_mode():
            self.live()
            self.check_all_orders()

    def check_all_orders(self):
        for account in self.accounts:
            source = account.channel._get_provider()._get_order_source(account.channel)
            outcomes, channels = {}, {}
            for seed in (IN_ORDER, *SEEDS):
                channel = self.twin(account.site, f"{account.seller} {seed}")
                story, rng = list(account.story), random.Random(seed)
                if seed != IN_ORDER:
                    story += rng.sample(story, len(story) // 4)
                    rng.shuffle(story)
                channels[seed] = channel
                # One transaction holds all of it; Odoo's own queries need to know.
                self.env.cr.execute(
                    "ANALYZE stock_move, stock_picking, stock_reference_move_rel"
                )
                self.list_items(account, channel)
                before = self.send_stock(account, channel, full=True)
                self.assertGreater(min(before.values()), 0)
                self.tell(channel, story, rng)
                self.settle(channel, source)
                outcomes[seed] = self.outcome(channel)
                after = self.send_stock(account, channel)
                sold = {sku: before[sku] - after[sku] for sku in before}
                with self.subTest(account=account.seller, seed=seed, what="stock"):
                    self.assertEqual(sold, self.get_sold(account))
            truth = self.truth(account)
            with self.subTest(account=account.seller, told="in order"):
                told = {ref: values[1] for ref, values in outcomes[IN_ORDER].items()}
                self.assert_same(told, truth, channels[IN_ORDER])
            for seed in SEEDS:
                with self.subTest(account=account.seller, seed=seed):
                    self.assert_same(outcomes[seed], outcomes[IN_ORDER], channels[seed])

    def assert_same(self, got, wanted, channel):
        """As assertEqual, showing only what differs, and how it came."""
        for key in sorted(got.keys() | wanted.keys()):
            self.assertEqual(got.get(key), wanted.get(key), self.describe(channel, key))
