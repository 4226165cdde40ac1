"""The demo with a real shop: company, products and channel; repeatable.

Run in Odoo's shell. ``SHOP_KEYS`` in the environment is what opens the shop, as JSON.
"""

import json
import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

os.environ.setdefault("SANDBOX_URL", "")
os.environ.setdefault("ARCA_URL", "")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from devtool.odoo_scripts import demo_goods, demo_setup

NAME = "Tienda de los Tilos"
TAX_RATE = 21
FLOWS = ("orders_in", "orders_answer")
OUTGOING = ("stock_out", "price_out", "listings_out")
SLOTS = {
    "received_status_id": "metadata:received",
    "return_status_id": "fulfillment:shipped",
    "rejected_status_id": "metadata:rejected",
}


def in_company(env):
    """The environment of the one company."""
    company = env.ref("base.main_company")
    return env(context={**env.context, "allowed_company_ids": [company.id]})


def make_product(env, sku, name, price, stock, **values):
    """A product of the company with its price without taxes, and its stock."""
    tax = demo_setup.get_tax(env, env.company, TAX_RATE)
    product = env["product.product"].create(
        {
            "name": name,
            "default_code": sku,
            "is_storable": True,
            "list_price": price,
            "taxes_id": [(6, 0, tax.ids)],
            **values,
        }
    )
    location = demo_setup.get_warehouse(env, env.company).lot_stock_id
    env["stock.quant"]._update_available_quantity(product, location, stock)
    return product


def make_channel(env, name, keys):
    """A channel of the shop, connected, with its slots; no flow works yet."""
    freight = env["product.product"].create(
        {
            "name": "Flete",
            "type": "service",
            "taxes_id": [(6, 0, demo_setup.get_tax(env, env.company, TAX_RATE).ids)],
        }
    )
    channel = env["sale.channel"].create(
        {
            "name": name,
            "channel_type": "medusa",
            "company_id": env.company.id,
            "environment": "test",
            "user_id": env.ref("base.user_admin").id,
            "salesperson_id": env.ref("base.user_admin").id,
            "tz": "America/Argentina/Buenos_Aires",
            "orders_from": datetime.now() - timedelta(days=1),
            "price_tax_mode": "included",
            "pricelist_id": _make_pricelist(env, name).id,
            "shipping_product_id": freight.id,
            "carrier_id": demo_setup.make_carriers(env, env.company).id,
        }
    )
    connect(env, channel, keys)
    channel.action_load_statuses()
    statuses = {
        row.code: row.id
        for row in env["sale.channel.status"].search([("channel_id", "=", channel.id)])
    }
    channel.write({field: statuses[code] for field, code in SLOTS.items()})
    return channel


def _make_pricelist(env, name):
    return env["product.pricelist"].create(
        {
            "name": name,
            "company_id": env.company.id,
            "currency_id": env.company.currency_id.id,
        }
    )


def connect(env, channel, keys):
    """Enter the shop's address and key, as an administrator would."""
    credential = channel._get_credential()
    credential.write({"api_url": keys["url"], "client_secret": keys["secret_key"]})
    env.cr.commit()  # connecting reads and writes in transactions of its own
    if credential.state != "connected":
        channel._get_provider()._start_connection(channel)
        env.cr.commit()


def open_catalog(env, channel, keys):
    """Choose where in the shop the channel sells and where its stock lies."""
    channel.action_load_catalog_values()
    rows = {row.external_value: row for row in channel.mapping_ids}
    warehouse = demo_setup.get_warehouse(env, env.company)
    rows[keys["location_id"]].record_ref = f"{warehouse._name},{warehouse.id}"
    channel.medusa_sales_channel_id = rows[keys["sales_channel_id"]]


def confirm(channel, kinds=OUTGOING):
    """What a person does who has looked at the preview."""
    for flow in channel.flow_ids.filtered(lambda flow: flow.kind in kinds):
        flow._confirm()


def make_goods(env):
    """The products with their pictures; those that are there stay as they are."""
    known = env["product.product"].search([]).mapped("default_code")
    brands = {name: _get_brand(env, name) for name in demo_goods.BRANDS}
    for number, row in enumerate(demo_goods.get_goods(), 1):
        if row["sku"] not in known:
            make_product(
                env,
                row["sku"],
                row["name"],
                round(row["price"] / (1 + TAX_RATE / 100), 2),
                row["stock"],
                barcode=row["barcode"],
                product_brand_id=brands[row["brand"]].id,
                channel_show="yes",
                image_1920=demo_goods.draw(number),
                company_id=env.company.id,
            )


def _get_brand(env, name):
    brands = env["product.brand"]
    return brands.search([("name", "=", name)], limit=1) or brands.create(
        {"name": name}
    )


def show_goods(env, channel):
    """New listings arrive hidden; those of the demo are for sale at once."""
    reading = channel.flow_ids.filtered(lambda flow: flow.kind == "listings_in")
    reading.enabled = True
    env.cr.commit()
    reading.cron_id.method_direct_trigger()
    # It ran in a cursor of its own, which this one must see
    env.cr.commit()
    env.invalidate_all()
    products = env["product.product"].search([("channel_show", "=", "yes")])
    listings = env["sale.channel.catalog"]._ensure_listings(channel, products)
    listings.visibility = "visible"


def main(env, keys):
    demo_setup.get_company(env, "MLA", True)
    env = in_company(env)
    env.company.name = NAME
    make_goods(env)
    channels = env["sale.channel"]
    channel = channels.search([("channel_type", "=", "medusa")], limit=1)
    if channel:
        connect(env, channel, keys)
    else:
        channel = make_channel(env, NAME, keys)
        open_catalog(env, channel, keys)
        channel.state = "live"
        show_goods(env, channel)
        channel.flow_ids.filtered(lambda flow: flow.kind in FLOWS).enabled = True
        confirm(channel)
    env["ir.config_parameter"].set_param("web.base.url.freeze", False)
    env.cr.commit()
    print(f"{channel.name}: {env.company.name}")


if __name__ == "__main__":
    main(env, json.loads(os.environ["SHOP_KEYS"]))  # noqa: F821 - the shell provides it
