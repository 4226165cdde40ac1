"""What a worker process does inside Odoo with products, listings, stock and prices."""

from e2e.goods_side import confirm, describe_rows, sell

from devtool.odoo_scripts import demo_medusa

__all__ = ["confirm", "describe_rows", "sell"]


def open_catalog(env, channel_id, keys):
    """Let the channel offer products from its place in the shop.

    :param keys: see :class:`shop.medusa_shop.Keys`
    """
    env = demo_medusa.in_company(env)
    demo_medusa.open_catalog(env, env["sale.channel"].browse(channel_id), keys)


def stop(env, channel_id, kind):
    """Nothing of a kind goes out any more."""
    flows = env["sale.channel"].browse(channel_id).flow_ids
    flows.filtered(lambda flow: flow.kind == kind).enabled = False


def show(env, skus):
    """The products are wanted in e-commerce."""
    products = env["product.product"].search([("default_code", "in", skus)])
    products.product_tmpl_id.channel_show = "yes"


def make_visible(env, channel_id, skus):
    """Their listings are found by buyers."""
    listings = _listings(env, channel_id, skus)
    listings.visibility = "visible"


def _listings(env, channel_id, skus):
    return env["sale.channel.listing"].search(
        [
            ("channel_id", "=", channel_id),
            ("product_id.default_code", "in", skus),
        ]
    )


def describe_listings(env, channel_id, skus):
    """SKU → what is known of its listing."""
    return {
        listing.product_id.default_code: {
            "external_id": listing.external_id,
            "product": listing.channel_product_id.external_id,
            "origin": listing.origin,
            "visibility": listing.visibility,
        }
        for listing in _listings(env, channel_id, skus)
    }


def set_price(env, sku, price):
    """The price without taxes."""
    env["product.product"].search([("default_code", "=", sku)]).list_price = price


def set_stock(env, quantities):
    """Count products anew: SKU → units."""
    products = env["product.product"].search([("default_code", "in", list(quantities))])
    quants = env["stock.quant"].search(
        [
            ("product_id", "in", products.ids),
            ("location_id.usage", "=", "internal"),
        ]
    )
    for quant in quants.with_context(inventory_mode=True):
        quant.inventory_quantity = quantities[quant.product_id.default_code]
    quants.action_apply_inventory()


def link(env, channel_id, rows):
    """Products with their listings, as linking to what the shop has leaves them.

    :param rows: triples of a SKU, the variant's and the inventory item's id
    """
    env = demo_medusa.in_company(env)
    products = {
        sku: demo_medusa.make_product(env, sku, sku, 100, 5).id for sku, *_ids in rows
    }
    env["sale.channel.listing"].create(
        [
            {
                "channel_id": channel_id,
                "product_id": products[sku],
                "external_id": variant,
                "external_stock_id": item,
                "origin": "linked",
                "approved": True,
                "visibility": "visible",
            }
            for sku, variant, item in rows
        ]
    )
