"""A database of the first version goes through all upgrades: it is repaired, or says
what a person must settle."""

from pathlib import Path

import pytest
from e2e.rewind import rewind
from e2e.stage import Shop, Stage
from e2e.upgrading import (
    Upgraded,
    assert_kept,
    assert_nothing_is_imported_again,
    look,
    prepare,
    upgrade,
)

FIRST = "19.0.1.0.0"
# From the version before to the first one
ROWS = Path(__file__).parent / "before" / "first.sql"


@pytest.fixture(scope="module")
def upgraded(stage: Stage) -> Upgraded:
    """Two channels whose database was damaged as older versions left them."""
    shop, other = prepare(stage)
    with stage.connection() as connection, connection.cursor() as cursor:
        rewind(cursor, {"channel": shop.channel})
        cursor.execute(ROWS.read_text(), {"channel": shop.channel})
        cursor.execute(
            "UPDATE ir_module_module SET latest_version = %s "
            "WHERE state = 'installed' AND author = 'Channel Suite'",
            [FIRST],
        )
        connection.commit()
    damage(stage, shop, other)
    kept = look(stage)
    haunt(stage, shop)
    upgrade(stage)
    return Upgraded(shop, other, kept)


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


def haunt(stage: Stage, shop: Shop) -> None:
    """An announcement of an order that the channel did not know left a row."""
    stage.sql(
        "INSERT INTO sale_channel_order (channel_id, external_id, state, sync_state, "
        "announced_at, error_code) VALUES (%s, 'ghost', 'ignored', 'done', now(), "
        "'not_found')",
        shop.channel,
    )


def test_rows_stay_as_they_are(stage: Stage, upgraded: Upgraded) -> None:
    assert_kept(stage, upgraded.kept)


def test_accounts_of_mercadolibre_can_sell(stage: Stage, upgraded: Upgraded) -> None:
    """Their flows are there, and off until somebody switches them on."""
    flows = dict(
        stage.sql(
            "SELECT kind, enabled OR confirmed FROM sale_channel_flow "
            "WHERE channel_id = %s",
            upgraded.shop.channel,
        )
    )
    for kind in ("listings_in", "listings_out", "stock_out", "price_out"):
        assert not flows[kind], kind
    types = stage.sql(
        "SELECT code FROM sale_channel_listing_type "
        "WHERE channel_id = %s AND published",
        upgraded.shop.channel,
    )
    assert types == [("gold_special",)]
    assert stage.sql("SELECT number, attention FROM sale_channel_listing") == [
        (0, False)
    ]


def test_what_went_out_has_its_outbox(stage: Stage, upgraded: Upgraded) -> None:
    confirmed = stage.sql(
        "SELECT c.id, f.confirmed FROM sale_channel c JOIN sale_channel_flow f "
        "ON f.channel_id = c.id AND f.kind = 'pricing_out'"
    )
    assert confirmed == [(upgraded.shop.channel, True)]
    marks = stage.sql("SELECT scope, res_id FROM sale_channel_change_mark ORDER BY id")
    assert marks == [("pricing.structure", None), ("sale.channel.partner", 900004)]
    differences = stage.sql(
        "SELECT d.kind, d.name, d.before, d.after FROM sale_channel_difference d "
        "JOIN sale_channel_pricing_item i ON i.id = d.res_id "
        "WHERE d.res_model = 'sale.channel.pricing.item' AND i.reference = 'ref-3'"
    )
    assert differences == [("customer", "LUCIAROJAS", {"group": None}, {"group": "G1"})]
    assert stage.sql(
        "SELECT error_code FROM sale_channel_pricing_item WHERE error_code IS NOT NULL"
    ) == [("outgoing_awaits",)]
    assert not stage.value(
        "SELECT count(*) FROM pg_tables WHERE tablename ~ 'sale_channel_pricing_mark'"
    )


def test_codes_have_their_new_names(stage: Stage, upgraded: Upgraded) -> None:
    codes = {row[0] for row in stage.sql("SELECT error_code FROM sale_channel_run")}
    assert "other_account" in codes and "not_owned" not in codes


def test_orders_stay(upgraded: Upgraded) -> None:
    shop = upgraded.shop
    assert shop.count("state = 'imported'") == len(shop.remote.truth())
    assert not shop.count("external_id = 'ghost'")


def test_search_keys_are_repaired(stage: Stage, upgraded: Upgraded) -> None:
    assert stage.value(
        "SELECT count(*) FROM res_partner WHERE document_key IS NOT NULL"
    )
    assert not stage.value("SELECT count(*) FROM res_partner WHERE document_key = 'x'")


def test_twins_follow(stage: Stage, upgraded: Upgraded) -> None:
    pairs = stage.sql(
        "SELECT tax.sequence, twin.sequence FROM account_tax tax "
        "JOIN account_tax twin ON twin.id = tax.included_twin_id"
    )
    assert pairs
    assert all(tax == twin for tax, twin in pairs)


def test_doubled_accounts_are_told(stage: Stage, upgraded: Upgraded) -> None:
    claims = stage.sql("SELECT account_claim, account_key FROM sale_channel_credential")
    assert claims == [("doubled", None)] * 2
    channels = stage.sql(
        "SELECT res_id FROM mail_activity WHERE res_model = 'sale.channel'"
    )
    assert {row[0] for row in channels} >= {
        upgraded.shop.channel,
        upgraded.other.channel,
    }


def test_nothing_is_imported_again(stage: Stage, upgraded: Upgraded) -> None:
    assert_nothing_is_imported_again(stage, upgraded.shop)
