"""What databases need that had an outbox for prices alone."""

from odoo.tools import SQL
from odoo.tools.sql import column_exists, table_exists

from odoo.addons.channel_outgoing.lib.part import COMPARE

from ..lib.family import KINDS

SCOPES = {
    "structure": "pricing.structure",
    "buyer": "sale.channel.partner",
    "customer_group": "pricing.customer.group",
    "size": "pricing.company.size",
    "use_type": "pricing.use_type",
    "scenario": "pricing.scenario",
}


def remove_rules(cr):
    """Rules that no update would remove, of models that are not there any more."""
    cr.execute(
        """
        WITH gone AS (
            DELETE FROM ir_model_data
             WHERE module = 'channel_pricing_scenario' AND model = 'ir.rule'
               AND name IN ('sale_channel_pricing_difference_rule_company',
                            'sale_channel_pricing_mark_rule_company')
         RETURNING res_id)
        DELETE FROM ir_rule WHERE id IN (SELECT res_id FROM gone)
        """
    )


def move_outgoing(env):
    """Marks, differences and the confirmation belong to every family now."""
    _move_confirmation(env.cr)
    _move_marks(env.cr)
    _move_differences(env.cr)
    _rename_reasons(env.cr)
    _restart_comparing(env)
    # Odoo leaves the tables of models whose code is gone.
    env.cr.execute(
        """
        DROP TABLE IF EXISTS sale_channel_pricing_mark, sale_channel_pricing_difference,
                             sale_channel_pricing_preview_line,
                             sale_channel_pricing_preview;
        DROP INDEX IF EXISTS sale_channel_pricing_item__sync_state_index,
                             sale_channel_pricing_item__channel_id_index;
        ALTER TABLE sale_channel_pricing_item
         DROP CONSTRAINT IF EXISTS sale_channel_pricing_item_reference_uniq
        """
    )
    env.invalidate_all(flush=False)
    env.registry.clear_cache()


def _move_confirmation(cr):
    if not column_exists(cr, "sale_channel", "pricing_confirmed"):
        return
    cr.execute(
        """
        UPDATE sale_channel_flow AS flow SET confirmed = true
          FROM sale_channel AS channel
         WHERE channel.id = flow.channel_id AND flow.kind = 'pricing_out'
           AND channel.pricing_confirmed
        """
    )
    cr.execute("ALTER TABLE sale_channel DROP COLUMN pricing_confirmed")


def _move_marks(cr):
    if not table_exists(cr, "sale_channel_pricing_mark"):
        return
    cr.execute(
        SQL(
            """
            WITH old AS (DELETE FROM sale_channel_pricing_mark RETURNING *)
            INSERT INTO sale_channel_change_mark (flow_id, scope, res_id, value)
            SELECT flow.id, scopes.new,
                   CASE WHEN old.value ~ '^[0-9]{1,9}$' THEN old.value::integer END,
                   CASE WHEN old.scope = 'use_type' THEN old.value END
              FROM old
              JOIN sale_channel_flow AS flow
                ON flow.channel_id = old.channel_id AND flow.kind = 'pricing_out'
              JOIN unnest(%s::varchar[], %s::varchar[]) AS scopes (old, new)
                ON scopes.old = old.scope
             ORDER BY old.id
            """,
            list(SCOPES),
            list(SCOPES.values()),
        )
    )


def _move_differences(cr):
    if not table_exists(cr, "sale_channel_pricing_difference"):
        return
    cr.execute(
        """
        WITH old AS (DELETE FROM sale_channel_pricing_difference RETURNING *)
        INSERT INTO sale_channel_difference (
            res_model, res_id, channel_id, company_id, kind, name, run_id, found_at,
            before, after, create_uid, create_date, write_uid, write_date)
        SELECT 'sale.channel.pricing.item', item.id, item.channel_id, item.company_id,
               item.kind, item.name, old.run_id, old.found_at, old.before, old.after,
               old.create_uid, old.create_date, old.write_uid, old.write_date
          FROM old
          JOIN sale_channel_pricing_item AS item ON item.id = old.item_id
         ORDER BY old.id
        """
    )


def _rename_reasons(cr):
    cr.execute(
        """
        UPDATE sale_channel_pricing_item
           SET error_code = 'outgoing_' || substr(error_code, 9)
         WHERE error_code IN ('pricing_awaits', 'pricing_unanswered')
        """
    )


def _restart_comparing(env):
    """Runs under way compare a kind from its first record on: their position was that
    of a row, and is that of a record now."""
    states = env["sale.channel.flow.state"].search(
        [("flow_id.kind", "=", "pricing_out"), ("cursor", "!=", False)]
    )
    for state in states:
        if state.cursor.get("phase") in KINDS:
            phase = f"{COMPARE}{state.cursor['phase']}"
            state.cursor = {**state.cursor, "phase": phase, "id": 0}
    env.flush_all()
