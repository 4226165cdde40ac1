from functools import partial

from odoo import api, fields, models, tools
from odoo.tools import SQL

from odoo.addons.channel_base.tools.conflicts import retry_conflicts

from ..tools.vacuum import vacuum_early

# Changes handed over in one transaction
DRAIN_LIMIT = 20000
BUFFER = "sale.channel.change"


class SaleChannelChange(models.Model):
    """Something changed that may have to go out.

    Whoever saves only inserts, once for all that a flush changes. No row of anybody
    else is read, locked or woken: whom it concerns is found when the changes are handed
    to the flows that listen. There is no key to a record: it may be gone by then.

    With ``sudo``: a change is noted, whoever makes it.
    """

    _name = "sale.channel.change"
    _description = "Change That May Concern Channels"
    _log_access = False
    _order = "id"
    _rec_name = "scope"

    scope = fields.Char(
        required=True, help="A model, or another thing that flows listen for."
    )
    res_id = fields.Integer("Record ID")
    value = fields.Char(help="What changed, if it is no record.")

    def init(self):
        # Rows live for a minute.
        vacuum_early(self.env.cr, self._table)

    @api.model
    def _add(self, changes):
        """Note changes with the next flush; a rollback before it forgets them.

        :param changes: pairs of a scope and an id, a text or False
        """
        listened = self._get_listened()
        changes = [change for change in changes if change[0] in listened]
        if not changes:
            return
        precommit = self.env.cr.precommit
        if BUFFER not in precommit.data:
            precommit.data[BUFFER] = {}
            precommit.add(partial(self._insert, precommit.data[BUFFER]))
        precommit.data[BUFFER].update(dict.fromkeys(changes))

    @api.model
    def _insert(self, changes):
        """Keep buffered changes in one statement."""
        # What is added from now on belongs to the next flush.
        self.env.cr.precommit.data.pop(BUFFER, None)
        scopes, ids, values = [], [], []
        for scope, key in changes:
            scopes.append(scope)
            ids.append(key if isinstance(key, int) and key else None)
            values.append(key if isinstance(key, str) else None)
        self.env.cr.execute(
            SQL(
                "INSERT INTO sale_channel_change (scope, res_id, value)"
                " SELECT * FROM unnest(%s::varchar[], %s::integer[], %s::varchar[])",
                scopes,
                ids,
                values,
            )
        )

    @api.model
    @tools.ormcache()
    def _get_listened(self):
        """The scopes of the families that some channel has a flow of, enabled or not.

        Whether one listens at the moment is for who hands over: a process that does not
        know yet of a flow that was enabled would lose what changes. Flows forget this
        cache when they are made and deleted.
        """
        outgoing = self.env["sale.channel.outgoing"]
        families = [self.env[name] for name in outgoing._get_families()]
        flows = self.env["sale.channel.flow"].sudo()
        kinds = [rows._outgoing_flow for rows in families]
        groups = flows._read_group([("kind", "in", kinds)], ["kind"])
        made = {kind for (kind,) in groups}
        return frozenset(
            scope
            for rows in families
            if rows._outgoing_flow in made
            for scope in self.env[rows._outgoing_planner]._outgoing_scopes
        )

    @api.model
    def _get_listeners(self):
        """Who listens now: list of pairs of the id of a flow and a scope."""
        flows = self.env["sale.channel.flow"].sudo()
        flows = flows.search(
            [
                ("enabled", "=", True),
                ("confirmed", "=", True),
                ("channel_id.active", "=", True),
            ]
        )
        return [
            (flow.id, scope)
            for flow in flows
            if (planner := flow._get_planner()) is not None
            for scope in sorted(planner._outgoing_scopes)
        ]

    @api.model
    def _drain(self):
        """Hand the oldest changes to the flows that listen, in one statement.

        Changes are deleted where their marks are inserted, so each flow has each one
        exactly once, whoever drains and whenever it is killed. Nothing is said by the
        order of ids: a change that is committed later is handed over later.

        :return: how many there were, and the flows that were given some
        """
        listeners = self._get_listeners()
        self.env.cr.execute(
            SQL(
                """
                WITH taken AS (
                    DELETE FROM sale_channel_change
                     WHERE id = ANY(ARRAY(
                               SELECT id FROM sale_channel_change
                                ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED))
                 RETURNING scope, res_id, value
                ), given AS (
                    INSERT INTO sale_channel_change_mark (flow_id, scope, res_id, value)
                    SELECT DISTINCT flow_id, scope, res_id, value
                      FROM taken
                      JOIN unnest(%(flows)s::integer[], %(scopes)s::varchar[])
                           AS listener (flow_id, scope) USING (scope)
                 RETURNING flow_id
                )
                SELECT (SELECT count(*) FROM taken),
                       ARRAY(SELECT DISTINCT flow_id FROM given)
                """,
                limit=DRAIN_LIMIT,
                flows=[flow for flow, _scope in listeners],
                scopes=[scope for _flow, scope in listeners],
            ),
            # Who was faster is no news.
            log_exceptions=False,
        )
        count, ids = self.env.cr.fetchone()
        self.invalidate_model(flush=False)
        return count, self.env["sale.channel.flow"].browse(ids)

    @api.model
    def _hand_over(self, running=None):
        """Hand over the oldest changes, and wake whom they concern.

        :param running: a flow that needs no waking, because it looks by itself
        :return: how many there were
        """
        count, flows = self._drain()
        (flows - running if running else flows)._wake()
        return count

    @api.model
    def _cron_drain(self):
        """Hand over what changed since the last minute."""
        count = DRAIN_LIMIT
        while count == DRAIN_LIMIT:
            count = retry_conflicts(self.env, self._hand_over)
            self.env["ir.cron"]._commit_progress(count)
