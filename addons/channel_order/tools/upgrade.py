"""What databases of before need; every function may run again."""

from odoo.tools.sql import column_exists

# Proposals of before that are one piece of work now.
CANCELLATIONS = ("cancel_return", "cancel_credit_note", "cancel_order")


def split_proposals(env):
    """Make steps of what proposals had as their only action.

    What is open is looked at anew: a cancellation is one proposal, of all that is left
    to do. The columns ``action`` and ``result_ref`` are gone after the upgrade.
    """
    if not column_exists(env.cr, "sale_channel_order_proposal", "action"):
        return
    env.cr.execute(
        """
        INSERT INTO sale_channel_order_proposal_step
                    (proposal_id, kind, sequence, done, result_ref,
                     create_uid, create_date, write_uid, write_date)
             SELECT id, action, 0, TRUE, result_ref,
                    create_uid, create_date, write_uid, write_date
               FROM sale_channel_order_proposal
              WHERE action <> 'none' AND state <> 'open'
        ON CONFLICT DO NOTHING
        """
    )
    proposals = env["sale.channel.order.proposal"].search([("state", "=", "open")])
    for row in proposals.order_id:
        theirs = proposals.filtered(lambda p, row=row: p.order_id == row)
        asked = theirs.filtered(lambda p: p.code in CANCELLATIONS)
        asked[1:].state = "withdrawn"
        asked[:1].code = "cancel_order"
        kept = theirs - asked[1:]
        kept._renew()
        kept.filtered(lambda p: p.code in ("cancel_order", "review_fraud")).holds = True
    env.flush_all()


def hold_cancelled(env):
    """Hold what the channel cancelled and what is still to be delivered here."""
    orders = env["sale.order"].search(
        [
            ("state", "=", "sale"),
            ("channel_order_ids.state", "=", "cancelled"),
            ("channel_hold", "=", False),
        ]
    )
    env.add_to_compute(env["sale.order"]._fields["channel_hold"], orders)
    env.flush_all()


def update_twins(env):
    """Let price-included twins catch up with the taxes that they stand for."""
    taxes = env["account.tax"].with_context(active_test=False)
    taxes.search([("included_twin_id", "!=", False)])._update_included_twins()
    env.flush_all()
