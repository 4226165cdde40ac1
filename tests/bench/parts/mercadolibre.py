"""An account of MercadoLibre that sells 20,000 products, of which 1,000 change.

The sandbox is a process of its own, answers each call as late as the service does, and
refuses what is beyond the documented rate. Measured are the calls, and the time until
nothing waits, against what the rate limit alone would take.
"""

import random
import time

from bench.parts.listings import change, get_flow, make_listings, settle, told
from bench.support import SANDBOX, control, report
from e2e import odoo_side

from odoo import fields

LISTINGS = 20_000
CHANGED = 1000
# Calls a minute, "Rate limits"
RATE = 1500
# Seconds that the service takes for a call
DELAY = 0.08
# Changed before anything is measured, so that what a process reads once is read
WARMING = 60
MAX_READS = 0.05
MAX_RATIO = 1.1


def measure(env, products):
    """Tell the account of what changed."""
    dice = random.Random(LISTINGS)
    listed = products[:LISTINGS]
    changing = dice.sample(listed, min(CHANGED + WARMING, len(listed)))
    channel = make_channel(env, listed, changing)
    flow = get_flow(channel)
    run(env, flow, changing[:WARMING], dice)
    seconds = run(env, flow, changing[WARMING:], dice)
    check(env, flow, len(changing) - WARMING, seconds)


def make_channel(env, listed, changing):
    """The account; of its items the sandbox has those that will change."""
    seller = control("info")["sellers"][0]
    made = odoo_side.make_channel(env, "MercadoLibre", SANDBOX, seller)
    channel = env["sale.channel"].browse(made["channel"])
    stop_others(env, channel)
    # No order is older than this account.
    channel.orders_from = fields.Datetime.now()
    channel.catalog_show = True
    make_listings(env, channel, listed)
    make_items(env, channel, seller, changing)
    flow = get_flow(channel).sudo()
    flow.write({"confirmed": True, "enabled": True})
    plan_everything(env, flow)
    control("settings", {"rate_limit": RATE})
    control("faults", {"kind": "delay", "match": "", "seconds": DELAY})
    settle(env)
    return channel


def stop_others(env, channel):
    """Nobody else is told."""
    others = env["sale.channel.flow"].search([("channel_id", "!=", channel.id)])
    others.enabled = False


def make_items(env, channel, seller, changing):
    """Items of some products, and what their listings are called there."""
    listings = env["sale.channel.listing"].search(
        [("channel_id", "=", channel.id), ("product_id", "in", changing)]
    )
    for listing in listings:
        product = listing.product_id
        item = control(
            "items",
            {
                "seller_id": seller["id"],
                "title": product.name,
                "sku": product.default_code,
                "price": 1000,
                "quantity": 1,
            },
        )
        listing.external_id = item["id"]


def plan_everything(env, flow):
    """Note what the account has, as if it had been told all of it."""
    planner, rows = flow._get_planner(), flow._get_outgoing()
    for part in planner._get_parts():
        last = 0
        while ids := planner._get_page(flow.channel_id, part, last):
            changes = planner._plan_part(flow.channel_id, part, ids)
            env["sale.channel.outgoing.noter"]._note(rows, flow.channel_id, changes)
            last = ids[-1]
            env.cr.commit()
            env.invalidate_all()
    told(env, rows._name)
    flow._get_state().write(
        {"last_run_at": fields.Datetime.now(), "requests_seen": flow.run_requests}
    )
    env.cr.commit()


def run(env, flow, ids, dice):
    """Change some products and tell the account; seconds until nothing waits."""
    change(env, ids, dice)
    control("stats/reset", {})
    started = time.perf_counter()
    more = True
    while more:
        flow._cron_run(flow.id)
        state = flow._get_state()
        state.invalidate_recordset()
        if state.last_error_code:
            raise RuntimeError(f"the flow failed: {state.last_error_code}")
        more = bool(state.retry_at)
    return time.perf_counter() - started


def check(env, flow, count, seconds):
    """What it took to tell of so many changes."""
    rows = env["sale.channel.listing.stock"].search(
        [("channel_id", "=", flow.channel_id.id), ("sync_state", "!=", "done")]
    )
    assert not rows, rows.mapped("error_message")
    stats = control("stats")
    calls = stats["routes"]
    writes = sum(calls[name] for name in calls if name.startswith("PUT "))
    reads = sum(calls[name] for name in calls if name.startswith("GET "))
    # What the rate limit alone would take
    floor = count * 60 / RATE
    name = f"MercadoLibre, {count} of {LISTINGS}"
    report(f"{name}: writes each", writes / count, "calls", 1)
    report(f"{name}: reads each", reads / count, "calls", MAX_READS)
    report(f"{name}: until nothing waits", seconds, "s", floor)
    assert writes == count, calls
    assert reads <= MAX_READS * count, calls
    # Nothing was refused for the rate's sake.
    assert set(stats["statuses"]) <= {"200", "204"}, stats["statuses"]
    if count >= CHANGED:
        assert seconds <= MAX_RATIO * floor, (seconds, floor)
