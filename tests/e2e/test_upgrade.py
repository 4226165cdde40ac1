"""A database of the version before keeps what is in it, wherever it is kept now."""

from pathlib import Path
from typing import NamedTuple

import pytest
from e2e.rewind import rewind
from e2e.stage import Stage
from e2e.upgrading import (
    Upgraded,
    assert_kept,
    assert_nothing_is_imported_again,
    look,
    prepare,
    upgrade,
)

# Rows as the version before left them
ROWS = Path(__file__).parent / "before" / "left.sql"


class Life(NamedTuple):
    """An order of the inbox before and after the upgrade."""

    state: str
    sync_state: str
    needs_fetch: bool = False
    error_code: str | None = None
    content_hash: str | None = None


class Place(NamedTuple):
    state: str
    sync_state: str
    ignored_code: str | None = None
    awaits_data: bool = False
    error_code: str | None = None
    content_hash: str | None = None


LIVES = {
    "found": (
        Life("received", "pending", needs_fetch=True),
        Place("received", "fetch"),
    ),
    "stored": (
        Life("received", "pending", content_hash="h"),
        Place("received", "process", content_hash="h"),
    ),
    "incomplete": (
        Life("received", "pending", needs_fetch=True, error_code="incomplete"),
        Place("received", "fetch", awaits_data=True),
    ),
    "early": (
        Life("ignored", "done", error_code="before_start", content_hash="h"),
        Place("early", "done", "before_start", content_hash="h"),
    ),
    "ignored": (
        Life("ignored", "done", content_hash="h"),
        Place("ignored", "done", "ignore", content_hash="h"),
    ),
    "dismissed": (
        Life("dismissed", "error", error_code="product_unknown", content_hash="h"),
        Place("ignored", "done", "dismissed", content_hash="h"),
    ),
    "rejected": (
        Life("rejected", "error", error_code="product_unknown", content_hash="h"),
        Place("rejected", "error", error_code="product_unknown", content_hash="h"),
    ),
    "blocked": (
        Life("received", "blocked", error_code="mapping_missing", content_hash="h"),
        Place("rejected", "blocked", error_code="mapping_missing", content_hash="h"),
    ),
    "unread": (
        Life("rejected", "error", True, "remote_failed", "h"),
        Place("rejected", "error", error_code="remote_failed"),
    ),
    "moved": (
        Life("moved", "done", content_hash="h"),
        Place("moved", "done", content_hash="h"),
    ),
}


@pytest.fixture(scope="module")
def upgraded(stage: Stage) -> Upgraded:
    """A database as the version before left it, with rows in every state."""
    shop, other = prepare(stage)
    with stage.connection() as connection, connection.cursor() as cursor:
        parameters = {"channel": shop.channel, "other": other.channel}
        rewind(cursor, parameters)
        cursor.execute(ROWS.read_text(), parameters)
        for name, (before, _after) in LIVES.items():
            cursor.execute(
                "INSERT INTO sale_channel_order (channel_id, external_id, state, "
                "sync_state, needs_fetch, error_code, content_hash, payload) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                [other.channel, name, *before, before.content_hash and "{}"],
            )
        cursor.execute(
            "INSERT INTO sale_channel_order_event (order_id, date, kind, code) "
            "SELECT id, now(), 'decided', 'dismissed' FROM sale_channel_order "
            "WHERE state = 'dismissed'"
        )
        connection.commit()
    kept = look(stage)
    kept["sale_channel_order"] = [
        row for row in kept["sale_channel_order"] if row[1] not in LIVES
    ]
    upgrade(stage)
    return Upgraded(shop, other, kept)


def test_rows_stay_as_they_are(stage: Stage, upgraded: Upgraded) -> None:
    assert_kept(stage, upgraded.kept)


def test_orders_have_their_place(stage: Stage, upgraded: Upgraded) -> None:
    found = stage.sql(
        "SELECT external_id, state, sync_state, ignored_code, "
        "COALESCE(awaits_data, false), error_code, content_hash "
        "FROM sale_channel_order WHERE channel_id = %s",
        upgraded.other.channel,
    )
    assert {row[0]: Place(*row[1:]) for row in found} == {
        name: after for name, (_before, after) in LIVES.items()
    }


def test_the_registry_keeps_what_it_knows(stage: Stage, upgraded: Upgraded) -> None:
    """Answers, with their ids, and who is still to be looked up, and in which batch."""
    findings = stage.sql(
        "SELECT id, registry, environment, number, is_current, outcome, verdict, name, "
        "data, content_hash FROM partner_registration_finding WHERE number = %s "
        "ORDER BY id",
        "30500010912",
    )
    known = ("arca", "production", "30500010912")
    data = {"cuit": "30500010912"}
    assert findings == [
        (9001, *known, False, "undetermined", None, "Antes SA", data, "h1"),
        (9002, *known, True, "determined", "1", "Después SA", data, "h2"),
    ]
    rows = stage.sql(
        "SELECT p.name, r.number, r.state, r.finding_id, r.failures, r.problem, "
        "r.proposes, r.due_at IS NOT NULL, p.l10n_ar_registration_id = r.id "
        "FROM partner_registration r JOIN res_partner p ON p.id = r.partner_id "
        "WHERE p.name LIKE 'Padrón %%' ORDER BY p.name"
    )
    number, problem = "30500010912", {"code": "registry_down"}
    assert rows == [
        ("Padrón conocido", number, "determined", 9002, 0, None, True, False, True),
        ("Padrón pendiente", number, "pending", None, 3, problem, False, True, True),
    ]
    batches = stage.sql(
        "SELECT b.id, b.skipped, p.name FROM partner_registration_batch b "
        "JOIN partner_registration_partner_registration_batch_rel rel "
        "ON rel.partner_registration_batch_id = b.id "
        "JOIN partner_registration r ON r.id = rel.partner_registration_id "
        "JOIN res_partner p ON p.id = r.partner_id"
    )
    assert batches == [(9001, 2, "Padrón pendiente")]
    decided = stage.sql("SELECT answer_id FROM l10n_ar_padron_decision")
    assert (9002,) in decided
    assert stage.sql(
        "SELECT interval_number FROM ir_cron JOIN ir_model_data d "
        "ON d.res_id = ir_cron.id AND d.module = 'partner_registry' "
        "AND d.name = 'ir_cron_look_up'"
    ) == [(7,)]


def test_the_certificate_changes_hands(stage: Stage, upgraded: Upgraded) -> None:
    """Key, ticket, and what a person changed of the scheduled action and the rule."""
    assert stage.sql(
        "SELECT c.id, c.private_key, c.request, c.constancia_url, c.a13_url, t.token "
        "FROM l10n_ar_arca_certificate c "
        "JOIN l10n_ar_arca_ticket t ON t.fingerprint = c.fingerprint"
    ) == [
        (
            9001,
            "KEY",
            "REQUEST",
            "https://proxy.example.com/a5",
            "https://proxy.example.com/a13",
            "TOKEN",
        )
    ]
    owners = "SELECT res_id FROM ir_model_data WHERE module = %s AND name = %s"
    assert stage.sql(
        f"SELECT active, interval_number FROM ir_cron WHERE id = ({owners})",
        "l10n_ar_arca",
        "ir_cron_check_expiry",
    ) == [(False, 3)]
    rule = stage.value(
        f"SELECT domain_force FROM ir_rule WHERE id = ({owners})",
        "l10n_ar_arca",
        "arca_certificate_company_rule",
    )
    assert "(1, '=', 1)" in rule
    assert not stage.sql(
        "SELECT name FROM ir_model_data WHERE module = 'l10n_ar_padron' "
        "AND model IN ('ir.cron', 'ir.rule') "
        "AND name ~ 'check_expiry|certificate|refresh|batch'"
    )


def test_the_menu_of_others_is_there_again(stage: Stage, upgraded: Upgraded) -> None:
    assert stage.value(
        "SELECT active FROM ir_ui_menu JOIN ir_model_data AS data "
        "ON data.res_id = ir_ui_menu.id AND data.module = 'sale_channel' "
        "AND data.name = 'menuitem_sale_channels'"
    )


def test_nothing_is_imported_again(stage: Stage, upgraded: Upgraded) -> None:
    assert_nothing_is_imported_again(stage, upgraded.shop)
