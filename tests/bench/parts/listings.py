"""Very many listings, made by the database itself."""

import contextlib

import psycopg2

import odoo

TABLES = (
    "product_template",
    "product_product",
    "stock_quant",
    "sale_channel_listing",
    "sale_channel_listing_stock",
    "sale_channel_listing_price",
)


def copy_rows(env, model, record, count, **columns):
    """Copies of a record, in one statement.

    :param columns: what is another value in each, in SQL of ``n``
    """
    env.flush_all()
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s AND column_name <> 'id' AND is_generated = 'NEVER'",
        (env[model]._table,),
    )
    names = [name for (name,) in env.cr.fetchall()]
    values = ", ".join(columns.get(name, f'"{name}"') for name in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    env.cr.execute(
        f"INSERT INTO {env[model]._table} ({quoted}) SELECT {values}"
        f" FROM {env[model]._table}, generate_series(1, %s) AS n WHERE id = %s"
        " RETURNING id",
        (count, record.id),
    )
    return [id_ for (id_,) in env.cr.fetchall()]


def make_products(env, count):
    """Storable products, a few of each in the warehouse; their ids."""
    product = env["product.product"].create(
        {
            "name": "Product",
            "default_code": "P",
            "is_storable": True,
            "list_price": 10,
            "taxes_id": False,
        }
    )
    warehouse = env["stock.warehouse"].search(
        [("company_id", "=", env.company.id)], limit=1
    )
    quant = env["stock.quant"].create(
        {
            "product_id": product.id,
            "location_id": warehouse.lot_stock_id.id,
            "quantity": 20,
        }
    )
    templates = copy_rows(env, "product.template", product.product_tmpl_id, count)
    first = templates[0]
    products = copy_rows(
        env,
        "product.product",
        product,
        count,
        product_tmpl_id=f"{first} - 1 + n",
        default_code="'P' || n",
    )
    copy_rows(
        env,
        "stock.quant",
        quant,
        count,
        product_id=f"{products[0]} - 1 + n",
        quantity="5 + mod(n, 50)",
        reserved_quantity="mod(n, 5)",
    )
    return products


def make_listings(env, channels, products):
    """One of each product on each channel."""
    for channel in channels:
        env.cr.execute(
            """
            INSERT INTO sale_channel_listing (
                channel_id, company_id, product_id, quantity, listing_type,
                external_id, visibility, origin, approved)
            SELECT %s, %s, id, 1, '', 'L' || id, 'visible', 'created', true
              FROM unnest(%s) AS id
            """,
            (channel.id, channel.company_id.id, products),
        )
    env.cr.commit()
    env.invalidate_all()


def get_flow(channel):
    flow = channel.flow_ids.filtered(lambda flow: flow.kind == "stock_out")
    return flow.with_company(channel.company_id)


def settle(env):
    """What an hour of quiet does: hint bits set, and no page left to be written."""
    _name, params = odoo.sql_db.connection_info_for(env.cr.dbname)
    with contextlib.closing(psycopg2.connect(**params)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"VACUUM (ANALYZE) {table}")
            cursor.execute("CHECKPOINT")


def told(env, model):
    """All that waits was taken by the channels."""
    env.flush_all()
    env.cr.execute(
        f"UPDATE {env[model]._table}"
        " SET sync_state = 'done', content_hash = wanted_hash,"
        "     last_synced_at = now() WHERE sync_state = 'pending'"
    )
    count = env.cr.rowcount
    env.cr.execute("DELETE FROM sale_channel_change")
    env.cr.execute("DELETE FROM sale_channel_change_mark")
    env.cr.commit()
    env.invalidate_all()
    return count


def change(env, ids, dice):
    """As many products move, as a delivery that is validated leaves it."""
    quants = env["stock.quant"].search(
        [("product_id", "in", ids), ("location_id.usage", "=", "internal")]
    )
    for quant in quants:
        quant.quantity += dice.choice((1, 2, 3))
    env.flush_all()
    env.cr.commit()
