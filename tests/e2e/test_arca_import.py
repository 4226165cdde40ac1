"""The demo's orders come in while ARCA is down, and settle when it is back."""

from collections.abc import Callable
from typing import Any

import pytest
from e2e.stage import Arca, Marketplace, Shop, Stage, wait_until

PAST = "now() AT TIME ZONE 'UTC' - interval '1 second'"
ANY = "LoginCms|personaService"
LOOK_UPS = "partner_registry.ir_cron_look_up"
BATCH = 25  # PROCESS_LIMIT of the flow
# Profile → letter of an invoice of a company that is registered for IVA; the registry
# decides nothing about the others.
LETTERS = {
    "company": "A",
    "registered": "A",
    "monotributo": "A",
    "monotributo_left": "A",
    "exempt": "B",
    "not_reached": "B",
}


@pytest.fixture(scope="module")
def arca(stage: Stage) -> Arca:
    return stage.arca("demo")


@pytest.fixture(scope="module")
def marketplace(stage: Stage) -> Marketplace:
    return stage.sandbox(300, "demo", days=60)


@pytest.fixture(scope="module")
def shop(stage: Stage, arca: Arca, marketplace: Marketplace) -> Shop:
    """A channel that invoices by itself, of a company that asks ARCA; ARCA is down."""
    stage.worker.call(
        "install_certificate", sandbox_url=arca.url, identity=arca.identity()
    )
    shop = stage.channel(marketplace)
    stage.worker.call("switch_invoicing_on", channel_id=shop.channel)
    arca.fault(ANY, "drop")
    stage.serve()
    shop.run(180)
    return shop


def customers(shop: Shop) -> list[tuple]:
    """CUIT, state and responsibility of the channel's customers who have one."""
    return shop.stage.sql(
        """
        SELECT DISTINCT p.vat, a.state, r.code, p.l10n_ar_fiscal_pending
          FROM sale_channel_identity i JOIN res_partner p ON p.id = i.partner_id
          JOIN l10n_latam_identification_type t
            ON t.id = p.l10n_latam_identification_type_id AND t.l10n_ar_afip_code = '80'
          LEFT JOIN partner_registration a ON a.id = p.l10n_ar_registration_id
          LEFT JOIN l10n_ar_afip_responsibility_type r
            ON r.id = p.l10n_ar_afip_responsibility_type_id
         WHERE i.channel_id = %s ORDER BY 1
        """,
        shop.channel,
    )


def letters(shop: Shop) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shop.stage.worker.call(
        "invoice_letters", channel_id=shop.channel
    )
    return found


def advance(stage: Stage) -> None:
    """Let every pause and backoff about ARCA be over."""
    stage.sql(
        f"UPDATE l10n_ar_arca_ticket SET retry_at = {PAST} WHERE retry_at IS NOT NULL"
    )
    stage.sql("DELETE FROM partner_registration_pause")
    make_due(stage, "due_at IS NOT NULL")


def make_due(stage: Stage, condition: str) -> None:
    stage.sql(f"UPDATE partner_registration SET due_at = {PAST} WHERE {condition}")
    stage.trigger(LOOK_UPS)


def wait_settled(shop: Shop, done: Callable[[], Any], what: str) -> None:
    wait_until(done, what, 90)
    shop.wait_idle()


def due(stage: Stage) -> int:
    """How many would be looked up now; nobody, while ARCA is left alone."""
    found: int = stage.value(
        "SELECT count(*) FROM partner_registration "
        "WHERE due_at <= now() AT TIME ZONE 'UTC' AND NOT EXISTS ("
        "SELECT FROM partner_registration_pause "
        "WHERE until > now() AT TIME ZONE 'UTC')"
    )
    return found


# While ARCA is down


def test_no_order_is_lost(shop: Shop, marketplace: Marketplace) -> None:
    """What is not imported waits for a reason that has nothing to do with ARCA."""
    truth = marketplace.truth()
    assert len(truth) > 100
    found = shop.summary()
    assert set(found) == set(truth)
    states = {row["error_code"] for row in found.values() if row["state"] != "imported"}
    imported = [row for row in found.values() if row["state"] == "imported"]
    assert len(imported) > 90
    assert not states & {"fiscal_pending", "unexpected"}, states


def test_customers_are_pending(shop: Shop) -> None:
    found = customers(shop)
    assert len(found) > 20
    assert {row[1] for row in found} == {"pending"}
    assert all(row[3] for row in found)


def test_import_waits_for_arca_once(shop: Shop, arca: Arca) -> None:
    """One login for the whole import; the scheduled look-ups wait as long."""
    assert shop.count() > 4 * BATCH
    assert arca.calls() == {"logins": 1, "questions": 0}


def test_invoices_are_held(stage: Stage, shop: Shop) -> None:
    """Automatic ones wait, those made by hand are refused; consumers get theirs."""
    pending = {row[0] for row in customers(shop)}
    rows = letters(shop)
    assert not [row for row in rows if row["number"] in pending and row["letters"]]
    held = stage.value(
        "SELECT count(*) FROM sale_channel_order_invoicing "
        "WHERE sync_state = 'held' AND error_code = 'fiscal_pending'"
    )
    assert held > 10
    assert stage.worker.call("post_invoices", channel_id=shop.channel) >= held
    posted = [row for row in rows if row["letters"]]
    assert len(posted) > 20
    assert {tuple(row["letters"]) for row in posted} == {("B",)}


def test_registry_down_alone(stage: Stage, shop: Shop, arca: Arca) -> None:
    """Logging in works: still neither the import nor the look-ups knock every time."""
    arca.heal()
    arca.fault("personaService", "drop")
    advance(stage)
    wait_settled(shop, lambda: arca.calls()["questions"], "the registry is asked")
    stage.sql("DELETE FROM partner_registration_pause")
    arca.reset_stats()
    before = shop.count()
    for _turn in range(3 * BATCH):
        order_of(shop, arca.post("taxpayers", profile="company")["number"])
    shop.run()
    assert shop.count() == before + 3 * BATCH
    wait_until(lambda: not due(stage), "everybody was tried", 60)
    # The second one finds out whether it is one of the numbers.
    assert arca.calls() == {"logins": 0, "questions": 2}


# When it is back


def test_all_settle(shop: Shop, arca: Arca) -> None:
    """Everybody at once, with the ticket that is there."""
    known = arca.profiles()
    arca.heal()
    arca.reset_stats()
    advance(shop.stage)
    wait_settled(
        shop,
        lambda: "pending" not in {row[1] for row in customers(shop)},
        "everybody is looked up",
    )
    assert arca.calls() == {"logins": 0, "questions": 1}
    for number, state, _code, pending in customers(shop):
        decided = known.get(number, "unlisted") in LETTERS
        assert (state == "determined") is decided, number
        assert pending is not decided


def test_invoices_get_their_letter(stage: Stage, shop: Shop, arca: Arca) -> None:
    known = arca.profiles()
    waiting = (
        "SELECT count(*) FROM sale_channel_order_invoicing "
        "WHERE sync_state = 'pending' AND channel_id = %s"
    )
    wait_until(lambda: not stage.value(waiting, shop.channel), "invoices are made", 90)
    rows = letters(shop)
    for row in rows:
        if row["number"]:
            expected = LETTERS.get(known.get(row["number"], "unlisted"))
            assert row["letters"] in ([], [expected]), row
    companies = [row for row in rows if row["letters"] == ["A"]]
    assert len(companies) > 5
    held = "SELECT count(*) FROM sale_channel_order_invoicing WHERE sync_state = 'held'"
    open_data = [r for r in rows if r["number"] and r["state"] != "determined"]
    assert stage.value(held + " AND error_code = 'fiscal_pending'") <= len(open_data)


# From then on


def test_grown_answers_decide_the_same(stage: Stage, shop: Shop, arca: Arca) -> None:
    before = customers(shop)
    answers = "SELECT id, content_hash, is_current FROM partner_registration_finding"
    kept = stage.sql(answers)
    arca.set(drift=True)
    arca.reset_stats()
    make_due(stage, "state IS NOT NULL")
    wait_settled(shop, lambda: not due(stage), "everybody is asked about again")
    assert arca.calls() == {"logins": 0, "questions": 1}
    arca.set(drift=False)
    assert customers(shop) == before
    assert sorted(stage.sql(answers)) == sorted(kept)


def test_again_asks_nothing(shop: Shop, arca: Arca) -> None:
    arca.reset_stats()
    shop.run()
    assert arca.calls() == {"logins": 0, "questions": 0}


def order_of(shop: Shop, number: str) -> str:
    """A new buyer's order, bought in the name of a CUIT; the cart."""
    document = {"type": "CUIT", "number": number}
    billing = {"buyer": {"billing_info": {"identification": document}}}
    rows = shop.remote.post(
        "orders",
        seller_id=shop.remote.seller["id"],
        identity="company",
        billing=billing,
    )
    return str(rows[0]["pack_id"] or rows[0]["order_id"])


def test_second_buyer_with_the_same_number(shop: Shop, arca: Arca) -> None:
    known = arca.profiles()
    number = next(row[0] for row in customers(shop) if known.get(row[0]) == "company")
    arca.reset_stats()
    cart = order_of(shop, number)
    shop.run()
    assert shop.summary()[cart]["state"] == "imported"
    assert arca.calls() == {"logins": 0, "questions": 0}


def test_kill_in_the_middle_of_a_look_up(stage: Stage, shop: Shop, arca: Arca) -> None:
    """Nothing is lost, and the ticket that the killed process had is used again."""
    numbers = [arca.post("taxpayers", profile="company")["number"] for _n in range(3)]
    stage.sql("DELETE FROM l10n_ar_arca_ticket")
    arca.set(retention_seconds=0)
    arca.reset_stats()
    arca.fault("personaService", "delay", seconds=8)
    carts = [order_of(shop, number) for number in numbers]
    shop.request_run()
    wait_until(arca.fired, "the registry is asked", 60)
    stage.servers[0].kill()
    arca.heal()
    shop.end_leases()
    stage.serve()
    shop.run()
    found = shop.summary()
    assert {found[cart]["state"] for cart in carts} == {"imported"}
    by_number = {row[0]: row for row in customers(shop)}
    assert {by_number[n][1:3] for n in numbers} == {("determined", "1")}
    assert arca.calls()["logins"] == 1
