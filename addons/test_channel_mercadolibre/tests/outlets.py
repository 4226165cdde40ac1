"""Channels that sell the same product, by pieces and by six, and their other sides."""

from sandbox.medusa import MedusaSandbox

from odoo.addons.channel_mercadolibre.lib.account import read_seller

SIX = 6
STORES = (
    {"id": "1001", "network_node_id": "ARP1001", "description": "Centro"},
    {"id": "1002", "network_node_id": "ARP1002", "description": "Sur"},
)


class Outlet:
    """A channel and its other side.

    :param case: the test case
    """

    def __init__(self, case, channel):
        self.case = case
        self.channel = channel
        # Units in one piece → the channel's id of the listing
        self.listed = {}

    def sell(self, product, units=1):
        """List a product there, so many in a piece, and link it."""
        external_id, stock_id = self.make(units)
        self.listed[units] = external_id
        return self.case.env["sale.channel.listing"].create(
            {
                "channel_id": self.channel.id,
                "product_id": product.id,
                "quantity": units,
                "external_id": external_id,
                "external_stock_id": stock_id,
                "listing_type": self.channel._get_catalog_traits().listing_types[0],
                "visibility": "visible",
            }
        )

    def make(self, units):
        """Have a listing there; its id, and that of its stock."""
        raise NotImplementedError

    def shown(self, units):
        """How many pieces buyers can buy."""
        raise NotImplementedError

    def buy(self, units, pieces):
        """Let somebody buy and pay; what the order is called in the inbox and there."""
        raise NotImplementedError

    def cancel(self, order):
        raise NotImplementedError


class Account(Outlet):
    """An account of MercadoLibre.

    :param model: ``former``: with titles and variations; ``modern``: with user
        products; ``multi``: the same, and a stock at each of several warehouses
    """

    def __init__(self, case, channel, seller, model):
        super().__init__(case, channel)
        self.seller = seller
        self.model = model
        tags = {"user_product_seller"} if model != "former" else set()
        if model == "multi":
            tags |= {"warehouse_management", "multiwarehouse"}
        case.control(
            f"sellers/{seller}",
            {
                "remove_tags": ["user_product_seller"],
                "add_tags": sorted(tags),
                "warehouses": STORES if model == "multi" else [],
            },
        )
        case.connect(channel, seller)
        with case.enter_registry_test_mode():
            client = channel._get_provider()._get_client(channel)
            channel._note_seller(read_seller(client.me().body))

    def make(self, units):
        shared = {"seller_id": self.seller, "price": 100, "quantity": 0}
        sku = f"UNO-{units}"
        if self.model != "former":
            names = {"family_name": f"Termo {units}", "sku": sku}
            return self.case.control("items", {**shared, **names})["id"], False
        if units == SIX:
            names = {"title": f"Termo {units}", "sku": sku}
            return self.case.control("items", {**shared, **names})["id"], False
        colours = [
            {
                "attributes": [{"id": "COLOR", "value_name": colour}],
                "sku": f"{sku}-{colour}",
                "quantity": 0,
            }
            for colour in ("Rojo", "Azul")
        ]
        item = self.case.control(
            "items", {**shared, "title": "Termo", "variations": colours}
        )
        return f"{item['id']}/{item['variations'][0]['id']}", False

    def shown(self, units):
        number, _sign, variation = self.listed[units].partition("/")
        body = self.case.control(f"items/{number}")
        if body["status"] != "active":
            return 0
        if variation:
            [body] = [v for v in body["variations"] if str(v["id"]) == variation]
        return body["available_quantity"]

    def buy(self, units, pieces):
        number, _sign, variation = self.listed[units].partition("/")
        line = {"item_id": number, "quantity": pieces}
        if variation:
            line["variation_id"] = int(variation)
        # A later moment: the version has the resolution of the service's clock.
        self.case.control("clock", {"advance_seconds": 2})
        [row] = self.case.control(
            "orders",
            {
                "seller_id": self.seller,
                "items": [line],
                "shipment": self.case._patches({})["shipment"],
            },
        )
        return str(row["pack_id"] or row["order_id"]), row["order_id"]

    def cancel(self, order):
        self.case.control("clock", {"advance_seconds": 2})
        self.case.control(f"orders/{order[1]}", {"status": "cancelled"})


class Shop(Outlet):
    """A shop on Medusa, with a stock at one place."""

    def __init__(self, case, channel, warehouse):
        super().__init__(case, channel)
        self.server = MedusaSandbox(seed=7).start()
        case.addCleanup(self.server.stop)
        case.let_through(self.server.url)
        channel._get_credential().write(
            {"api_url": self.server.url, "client_secret": self.server.shop.key}
        )
        with case.enter_registry_test_mode():
            channel._get_provider()._start_connection(channel)
            channel.action_load_catalog_values()
        places = channel.mapping_ids.filtered(
            lambda row: row.kind_id.code == "stock_location"
        )
        places.record_ref = f"stock.warehouse,{warehouse.id}"

    def make(self, units):
        catalogue, sku = self.server.goods.catalogue, f"UNO-{units}"
        product = catalogue.create(
            {
                "title": sku,
                "handle": sku.lower(),
                "status": "published",
                "options": [{"title": "Tipo", "values": ["Único"]}],
            }
        )
        catalogue.create_variant(
            product["id"],
            {
                "title": sku,
                "sku": sku,
                "options": {"Tipo": "Único"},
                "prices": [{"currency_code": "ars", "amount": 100}],
            },
        )
        [variant] = [v for v in catalogue.variants() if v["sku"] == sku]
        return variant["id"], variant["inventory_items"][0]["inventory_item_id"]

    def shown(self, units):
        return max(0, self.server.shop.available(f"UNO-{units}"))

    def buy(self, units, pieces):
        line = {"sku": f"UNO-{units}", "quantity": pieces, "price": 100}
        order = self.server.shop.place({"items": [line]})["id"]
        self.server.shop.capture(order)
        return order, order

    def cancel(self, order):
        self.server.shop.cancel(order[1])
