"""Upgrades of a database that has orders: what must stay, and the upgrade itself."""

from typing import NamedTuple

from e2e.stage import Shop, Stage

from devtool import odoo_log

ORDERS = 12
# Table → what must not change, in any of its rows
KEPT = {
    "sale_channel_order": "external_id, state, sync_state, sale_order_id, payload, "
    "content_hash, processed_hash, imported_print, error_code",
    "sale_order": "name, state, amount_total, partner_id, sale_channel_id",
    "sale_channel_partner": "channel_id, external_id, nickname, partner_id",
    "sale_channel_identity": "buyer_id, document_number, partner_id",
    "sale_channel_credential": "channel_id, environment, api_url, client_id, "
    "client_secret, access_token, refresh_token, expires_at, state, account_id",
    "sale_channel_mapping": "channel_id, kind_id, external_value, res_id, direction",
    "sale_channel_flow": "channel_id, kind, enabled, interval_minutes, batch_size, "
    "cron_id",
    "sale_channel_listing": "channel_id, product_id, quantity, listing_type, "
    "external_id, visibility, origin, approved",
    "sale_channel_pricing_item": "channel_id, kind, res_id, operation, name, wanted, "
    "wanted_hash, external_id, seen, content_hash, sync_state, reference",
}

Rows = dict[str, list[tuple]]


class Upgraded(NamedTuple):
    shop: Shop
    other: Shop
    kept: Rows


def prepare(stage: Stage) -> tuple[Shop, Shop]:
    """A channel that has imported orders, and another one; nothing runs any more."""
    shop = stage.channel(stage.sandbox(ORDERS))
    server = stage.serve()
    shop.run()
    server.kill()
    other = stage.channel(stage.sandbox(1, seed=8), name="Other")
    for worker in stage.workers:
        worker.end()
    return shop, other


def look(stage: Stage) -> Rows:
    return {
        table: stage.sql(f"SELECT id, {columns} FROM {table} ORDER BY id")
        for table, columns in KEPT.items()
    }


def upgrade(stage: Stage) -> None:
    """Upgrade all addons that are installed; nothing in the log is a problem."""
    names = stage.value(
        "SELECT string_agg(name, ',' ORDER BY name) FROM ir_module_module "
        "WHERE state = 'installed' AND author = 'Channel Suite'"
    )
    code, log, _output = stage.kit.odoo.run(
        "e2e-upgrade",
        ["-d", stage.database, "-u", names, "--no-http", "--stop-after-init"],
    )
    with log.open(errors="replace") as lines:
        problems = odoo_log.problems(list(odoo_log.records(lines)))
    assert code == 0 and not problems, [entry.short() for entry in problems[:5]]


def assert_kept(stage: Stage, kept: Rows) -> None:
    """Rows that were there are as they were; more may have come."""
    for table, rows in look(stage).items():
        known = {row[0] for row in kept[table]}
        assert known, table
        assert [row for row in rows if row[0] in known] == kept[table], table


def assert_nothing_is_imported_again(stage: Stage, shop: Shop) -> None:
    orders = (
        f"SELECT {KEPT['sale_order']} FROM sale_order "
        f"WHERE sale_channel_id = {shop.channel} ORDER BY id"
    )
    before = stage.sql(orders)
    stage.serve()
    shop.run()
    assert stage.sql(orders) == before
    assert shop.count("state = 'imported'") == len(before)
    assert not shop.count("sync_state <> 'done' OR error_code IS NOT NULL")
