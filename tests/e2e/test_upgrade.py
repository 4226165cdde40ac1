"""A database of the version before is repaired, or says what a person must settle."""

import pytest
from e2e.stage import Shop, Stage

from devtool import odoo_log
from devtool.paths import addon_names

BEFORE = "19.0.1.0.0"
ORDERS = 12


@pytest.fixture(scope="module")
def upgraded(stage: Stage) -> tuple[Shop, Shop]:
    """Two channels whose database was damaged as the version before left them."""
    remote = stage.sandbox(ORDERS)
    shop = stage.channel(remote)
    server = stage.serve()
    shop.run()
    server.kill()
    other_remote = stage.sandbox(1, seed=8)
    other = stage.channel(other_remote, name="Other")
    for worker in stage.workers:
        worker.end()
    damage(stage, shop, other)
    upgrade(stage)
    return shop, other


def damage(stage: Stage, shop: Shop, other: Shop) -> None:
    stage.sql("UPDATE res_partner SET document_key = 'x' WHERE vat IS NOT NULL")
    stage.sql(
        "UPDATE account_tax SET sequence = sequence + 7 WHERE id IN "
        "(SELECT id FROM account_tax WHERE included_twin_id IS NOT NULL)"
    )
    stage.sql(
        "ALTER TABLE sale_channel_credential DROP COLUMN account_claim, "
        "DROP COLUMN account_key"
    )
    stage.sql(
        "UPDATE sale_channel_credential mine SET account_id = theirs.account_id, "
        "api_url = theirs.api_url FROM sale_channel_credential theirs "
        "WHERE mine.channel_id = %s AND theirs.channel_id = %s",
        other.channel,
        shop.channel,
    )
    # An announcement of an order that the channel did not know left a row.
    stage.sql(
        "INSERT INTO sale_channel_order (channel_id, external_id, state, sync_state, "
        "announced_at, error_code) VALUES (%s, 'ghost', 'ignored', 'done', now(), "
        "'not_found')",
        shop.channel,
    )


def upgrade(stage: Stage) -> None:
    names = addon_names(with_tests=False)
    stage.sql(
        "UPDATE ir_module_module SET latest_version = %s WHERE name = ANY(%s)",
        BEFORE,
        names,
    )
    code, log, _output = stage.kit.odoo.run(
        "e2e-upgrade",
        ["-d", stage.database, "-u", ",".join(names), "--no-http", "--stop-after-init"],
    )
    with log.open(errors="replace") as lines:
        problems = odoo_log.problems(list(odoo_log.records(lines)))
    assert code == 0 and not problems, [entry.short() for entry in problems[:5]]


def test_orders_stay(upgraded: tuple[Shop, Shop]) -> None:
    shop, _other = upgraded
    assert shop.count("state = 'imported'") == len(shop.remote.truth())
    assert not shop.count("external_id = 'ghost'")


def test_search_keys_are_repaired(stage: Stage, upgraded: tuple[Shop, Shop]) -> None:
    assert stage.value(
        "SELECT count(*) FROM res_partner WHERE document_key IS NOT NULL"
    )
    assert not stage.value("SELECT count(*) FROM res_partner WHERE document_key = 'x'")


def test_twins_follow(stage: Stage, upgraded: tuple[Shop, Shop]) -> None:
    pairs = stage.sql(
        "SELECT tax.sequence, twin.sequence FROM account_tax tax "
        "JOIN account_tax twin ON twin.id = tax.included_twin_id"
    )
    assert pairs
    assert all(tax == twin for tax, twin in pairs)


def test_doubled_accounts_are_told(stage: Stage, upgraded: tuple[Shop, Shop]) -> None:
    claims = stage.sql("SELECT account_claim, account_key FROM sale_channel_credential")
    assert claims == [("doubled", None)] * 2
    channels = stage.sql(
        "SELECT res_id FROM mail_activity WHERE res_model = 'sale.channel'"
    )
    assert {row[0] for row in channels} >= {shop.channel for shop in upgraded}
