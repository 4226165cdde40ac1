"""What databases of before need; every function may run again."""

from odoo.fields import Domain
from odoo.tools.sql import column_exists

from odoo.addons.channel_base.lib.errors import Unresolved

from ..lib.lifecycle import IMPORTED, PLEDGED
from ..models.sale_channel_order_lookup import PRODUCT_CODES

# Rows that are looked at together
PAGE_SIZE = 500
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


def repair_rows(env):
    """Bring rows of an earlier version up to date: rejected ones show what was bought,
    and wait for their SKU; those whose sale order was deleted ask."""
    orders = env["sale.channel.order"]
    lost = orders.search([("state", "in", IMPORTED), ("sale_order_id", "=", False)])
    for row in lost.filtered(lambda row: not row.proposal_ids):
        env["sale.channel.order.proposal"]._propose(row, "review_deleted")
    rows = orders.search(
        [("state", "=", "rejected"), ("sync_state", "!=", "done")], order="id"
    )
    env["sale.channel.order.line"]._keep(rows.filtered(lambda row: not row.line_ids))
    for row in rows.filtered(
        lambda row: (
            row.sync_state == "error"
            and row.error_code in PRODUCT_CODES
            and not row.blocked_mapping_id
        )
    ):
        _wait_for_product(row)


def _wait_for_product(row):
    """Have a rejected row wait for the first of its products that is not found."""
    order = row._read_if_readable()
    lookup = row.env["sale.channel.order.lookup"]
    batch = order and lookup._open(row.channel_id)
    for line in order.lines if order else ():
        try:
            lookup._find_components(batch, line)
        except Unresolved as error:
            row.blocked_mapping_id = row._ensure_mapping(error)
            break


def keep_pledges(env):
    """Have rows of an earlier version keep what they sell and Odoo does not count, page
    by page."""
    last = 0
    unsold = Domain("sale_order_id", "=", False)
    unsold |= Domain("sale_order_id.state", "!=", "sale")
    unsold &= Domain("state", "in", PLEDGED)
    while rows := env["sale.channel.order"].search(
        unsold & Domain("id", ">", last), order="id", limit=PAGE_SIZE
    ):
        env["sale.channel.order.line"]._renew(rows)
        env.flush_all()
        env.invalidate_all()
        last = rows[-1].id


def place_rows(env):
    """Give inbox rows of an earlier version their place in the life of an order, and
    their reasons columns of their own.

    ``needs_fetch`` is gone after the upgrade. Each statement finds its rows by an
    index, and none a second time.
    """
    cr = env.cr
    if column_exists(cr, "sale_channel_order", "needs_fetch"):
        # What could not be read is not what is stored.
        cr.execute(
            """
            UPDATE sale_channel_order SET content_hash = NULL
             WHERE needs_fetch AND sync_state IN ('error', 'blocked')
               AND content_hash IS NOT NULL
            """
        )
        cr.execute(
            """
            UPDATE sale_channel_order
               SET sync_state = CASE WHEN needs_fetch OR payload IS NULL
                                     THEN 'fetch' ELSE 'process' END
             WHERE sync_state = 'pending'
            """
        )
    _free_reasons(cr)
    _place_dismissed(cr)
    _place_rejected(cr)
    env.invalidate_all()


def _free_reasons(cr):
    """What was no error becomes an outcome, or a reason of its own."""
    cr.execute(
        """
        UPDATE sale_channel_order
           SET state = CASE WHEN state = 'ignored' AND sync_state = 'done'
                            THEN 'early' ELSE state END,
               ignored_code = CASE WHEN state = 'ignored' AND sync_state = 'done'
                                   THEN 'before_start' END,
               error_code = NULL, error_params = NULL, reason = NULL
         WHERE error_code = 'before_start'
        """
    )
    cr.execute(
        """
        UPDATE sale_channel_order
           SET awaits_data = sync_state = 'fetch', error_code = NULL,
               error_params = NULL, error_detail = NULL, reason = NULL
         WHERE error_code = 'incomplete'
        """
    )
    cr.execute(
        """
        UPDATE sale_channel_order
           SET ignored_code = 'ignore',
               ignored_params = jsonb_build_object(
                   'status', COALESCE(external_status, ''))
         WHERE state = 'ignored' AND ignored_code IS NULL
        """
    )


def _place_dismissed(cr):
    """What people dismissed is left alone, because of what they said."""
    cr.execute(
        """
        UPDATE sale_channel_order o
           SET state = CASE WHEN o.sale_order_id IS NULL
                            THEN 'ignored' ELSE 'cancelled' END,
               sync_state = CASE WHEN o.sync_state IN ('error', 'blocked')
                                 THEN 'done' ELSE o.sync_state END,
               ignored_code = CASE WHEN o.sale_order_id IS NULL
                                   THEN said.code END,
               ignored_params = CASE WHEN o.sale_order_id IS NULL
                                     THEN said.params END,
               error_code = NULL, error_params = NULL, error_detail = NULL,
               reason = NULL, blocked_mapping_id = NULL
          FROM (SELECT dismissed.id, COALESCE(told.code, 'deletion_accepted') AS code,
                       told.params
                  FROM sale_channel_order dismissed
                  LEFT JOIN LATERAL (
                       SELECT e.code, e.params FROM sale_channel_order_event e
                        WHERE e.order_id = dismissed.id AND e.code = 'dismissed'
                        ORDER BY e.id DESC LIMIT 1) told ON TRUE
                 WHERE dismissed.state = 'dismissed') said
         WHERE said.id = o.id
        """
    )


def _place_rejected(cr):
    """Rows with a sale order are never rejected: those were cancelled before their
    reading failed, and follow it again if it was read since. What failed without one
    is rejected."""
    cr.execute(
        """
        UPDATE sale_channel_order
           SET state = CASE WHEN sync_state = 'done' THEN 'imported'
                            ELSE 'cancelled' END
         WHERE state = 'rejected' AND sale_order_id IS NOT NULL
           AND (sync_state = 'done' OR EXISTS (
               SELECT FROM sale_order s
                WHERE s.id = sale_order_id AND s.state <> 'cancel'))
        """
    )
    cr.execute(
        """
        UPDATE sale_channel_order
           SET state = 'rejected', ignored_code = NULL, ignored_params = NULL
         WHERE sync_state IN ('error', 'blocked')
           AND state NOT IN ('rejected', 'imported', 'reserved', 'cancelled')
        """
    )
