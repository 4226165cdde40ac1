from odoo.tools.sql import column_exists


def migrate(cr, version):
    """Requests to run at once are counted; those that no run has seen still stand."""
    if not column_exists(cr, "sale_channel_flow", "run_requested_at"):
        return
    cr.execute(
        """
        UPDATE sale_channel_flow flow
           SET run_requests = COALESCE(state.requests_seen, 0) + 1
          FROM sale_channel_flow_state state
         WHERE state.flow_id = flow.id
           AND flow.run_requested_at IS NOT NULL
           AND flow.run_requested_at IS DISTINCT FROM state.request_seen_at
        """
    )
