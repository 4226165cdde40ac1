from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.vacuum import vacuum_early

# Marks taken in one transaction
MARK_LIMIT = 5000
# Of one flow; with more it had better look at everything.
MARK_CAP = 100_000


class SaleChannelChangeMark(models.Model):
    """A change that one flow has still to plan.

    Two marks of the same thing both stay: who takes the older one may not see yet what
    the newer one tells of.

    With ``sudo``: a change is noted, whoever makes it.
    """

    _name = "sale.channel.change.mark"
    _description = "Change That a Flow Has to Plan"
    _log_access = False
    _order = "id"
    _rec_name = "scope"

    flow_id = fields.Many2one(
        "sale.channel.flow", required=True, index=True, ondelete="cascade"
    )
    scope = fields.Char(required=True)
    res_id = fields.Integer("Record ID")
    value = fields.Char()

    def init(self):
        vacuum_early(self.env.cr, self._table)

    @api.model
    def _take(self, flow):
        """Take the oldest marks of a flow out of the table.

        :return: dict scope → set of ids, texts or False
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM sale_channel_change_mark
                 WHERE id = ANY(ARRAY(
                           SELECT id FROM sale_channel_change_mark
                            WHERE flow_id = %(flow)s
                            ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED))
             RETURNING scope, res_id, value
                """,
                flow=flow.id,
                limit=MARK_LIMIT,
            )
        )
        self.invalidate_model(flush=False)
        taken = {}
        for scope, res_id, value in self.env.cr.fetchall():
            taken.setdefault(scope, set()).add(res_id or value or False)
        return taken

    @api.model
    def _spread(self, flow, scope, records, domain):
        """Mark each record of a domain for a flow, in one statement.

        :param records: a model; its ids are the marks' record ids
        """
        query = records.sudo().with_context(active_test=False)._search(domain)
        self.env.cr.execute(
            SQL(
                "INSERT INTO sale_channel_change_mark (flow_id, scope, res_id) %s",
                query.select(
                    SQL("%s", flow.id),
                    SQL("%s", scope),
                    SQL("%s.id", SQL.identifier(records._table)),
                ),
            )
        )
        self.invalidate_model(flush=False)

    @api.autovacuum
    def _gc_marks(self):
        """Let no table grow, least of all for flows that do not get on.

        What nobody listens for any more is forgotten. A flow that is off looks at
        everything when it is enabled, that of an archived channel when it is taken
        back, and one with very many marks at once, or when it goes on.
        """
        count = self.env["sale.channel.change"]._hand_over()
        for flow, marks in self._read_group([], ["flow_id"], ["__count"]):
            if flow.enabled and flow.channel_id.active:
                if marks <= MARK_CAP:
                    continue
                flow._request_run()
            self.env.cr.execute(
                SQL("DELETE FROM sale_channel_change_mark WHERE flow_id = %s", flow.id)
            )
        self.invalidate_model(flush=False)
        return count, count
