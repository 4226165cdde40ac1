"""What a worker process does inside Odoo with products, listings, stock and prices."""

from devtool.odoo_scripts import demo_goods, demo_medusa


def make_product(env, sku, name, price, stock, barcode, brand):
    """A product that has all that a listing needs, and is wanted nowhere; its template.

    :param price: without taxes
    """
    env = demo_medusa.in_company(env)
    product = demo_medusa.make_product(
        env,
        sku,
        name,
        price,
        stock,
        barcode=barcode,
        product_brand_id=env["product.brand"].create({"name": brand}).id,
        image_1920=demo_goods.draw(1),
        channel_show="no",
    )
    return product.product_tmpl_id.id


def flows(env, channel_id):
    """Kind → id of the channel's flow."""
    return {
        flow.kind: flow.id for flow in env["sale.channel"].browse(channel_id).flow_ids
    }


def confirm(env, channel_id, kinds):
    """What a person does after the dry run."""
    demo_medusa.confirm(env["sale.channel"].browse(channel_id), kinds)


def sell(env, sku, quantity):
    """A quotation of somebody at the counter, confirmed; its id."""
    env = demo_medusa.in_company(env)
    product = env["product.product"].search([("default_code", "=", sku)])
    order = env["sale.order"].create(
        {
            "partner_id": env["res.partner"].create({"name": "Rosa Díaz"}).id,
            "order_line": [
                (0, 0, {"product_id": product.id, "product_uom_qty": quantity})
            ],
        }
    )
    order.action_confirm()
    return order.id


def describe_rows(env, channel_id):
    """What has not gone out: family → what is said of each row."""
    texts, found = env["sale.channel.text"], {}
    for family in ("content", "stock", "price"):
        rows = env[f"sale.channel.listing.{family}"].search(
            [("channel_id", "=", channel_id), ("sync_state", "!=", "done")]
        )
        found[family] = [
            [row.display_name, row.sync_state, texts._explain(row) or ""]
            for row in rows
        ]
    return found
