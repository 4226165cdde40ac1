import json
import uuid

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL, groupby

from odoo.addons.channel_base.lib.errors import reason

from .sale_channel_outgoing_planner import GUILTY_LIMIT

NOTE_LIMIT = 20000
# What a row keeps when a change of it is noted; the reference is the first one's.
UPSERT = """
    INSERT INTO %(table)s AS noted (
        channel_id, company_id, kind, res_id, operation, name, wanted, wanted_hash,
        external_id, sync_state, error_code, error_params, reference, attempts,
        next_attempt_at, waiting_since, create_uid, create_date, write_uid,
        write_date%(names)s)
    SELECT %(channel)s, %(company)s, kind, res_id, operation, name, wanted, wanted_hash,
           external_id, sync_state, error_code, error_params, gen_random_uuid()::text,
           0, %(now)s, %(now)s, %(user)s, %(now)s, %(user)s, %(now)s%(names)s
      FROM jsonb_to_recordset(%(rows)s::jsonb) AS new (
           kind text, res_id integer, operation text, name text, wanted jsonb,
           wanted_hash text, external_id text, sync_state text, error_code text,
           error_params jsonb%(types)s)
    ON CONFLICT (channel_id, kind, res_id) DO UPDATE
       SET operation = EXCLUDED.operation, name = EXCLUDED.name,
           wanted = EXCLUDED.wanted, wanted_hash = EXCLUDED.wanted_hash,
           external_id = COALESCE(EXCLUDED.external_id, noted.external_id),
           sync_state = EXCLUDED.sync_state,
           attempts = CASE WHEN EXCLUDED.wanted_hash IS NULL THEN noted.attempts
                           ELSE 0 END,
           next_attempt_at = EXCLUDED.next_attempt_at,
           waiting_since = CASE WHEN noted.sync_state = 'pending'
                                  OR noted.error_code = 'attempts_exhausted'
                                THEN noted.waiting_since
                                ELSE EXCLUDED.waiting_since END,
           error_code = EXCLUDED.error_code, error_params = EXCLUDED.error_params,
           error_detail = NULL%(updates)s
"""


class SaleChannelOutgoingNoter(models.AbstractModel):
    """Keeps the intent of changes in the rows of a family.

    Methods take rows of the family, maybe none, as ``rows``.

    With ``sudo``: flows are the server's to wake, whoever made the change.
    """

    _name = "sale.channel.outgoing.noter"
    _description = "Notes What Shall Go Out"

    @api.model
    def _note(self, rows, channel, changes):
        """Keep the intent of changes, in one statement; forget what is left as it is.

        :param changes: list of ``lib.content.Change``, at most ``NOTE_LIMIT``
        """
        left = [change for change in changes if change.operation == "forget"]
        self._forget_left(rows, channel, left)
        changes = [change for change in changes if change.operation != "forget"]
        if not changes:
            return
        rows.flush_model()
        columns = self._get_columns(rows)
        names = [SQL.identifier(name) for name in columns]
        types = [SQL("%s %s", SQL.identifier(n), SQL(t)) for n, t in columns.items()]
        updates = [SQL("%s = EXCLUDED.%s", name, name) for name in names]

        def more(parts):
            return SQL("").join(SQL(", %s", part) for part in parts)

        rows.env.cr.execute(
            SQL(
                UPSERT,
                table=SQL.identifier(rows._table),
                names=more(names),
                types=more(types),
                updates=more(updates),
                channel=channel.id,
                company=channel.company_id.id or None,
                now=fields.Datetime.now(),
                user=rows.env.uid,
                rows=json.dumps(self._prepare_notes(rows, channel, changes)),
            )
        )
        rows.invalidate_model(flush=False)

    @api.model
    def _forget_left(self, rows, channel, changes):
        """Delete the rows of records that the channel keeps as they are."""
        for kind, records in groupby(changes, lambda change: change.kind):
            rows.search(
                [
                    ("channel_id", "=", channel.id),
                    ("kind", "=", kind),
                    ("res_id", "in", [change.record for change in records]),
                ]
            ).unlink()

    @api.model
    def _get_columns(self, rows):
        """The columns that hold contents: name → type in the database."""
        names = {name: None for kind in rows._outgoing_family for name in kind.columns}
        return {name: rows._fields[name].column_type[1] for name in names}

    @api.model
    def _prepare_notes(self, rows, channel, changes):
        services = rows._get_services(channel)
        return [
            {
                "kind": change.kind,
                "res_id": change.record,
                "name": change.name,
                "external_id": change.external_id,
                **self._prepare_intent(rows, change, services),
            }
            # In the order of the index, whose pages are then read once
            for change in sorted(changes, key=lambda c: (c.kind, c.record))
        ]

    @api.model
    def _prepare_intent(self, rows, change, services):
        """What shall happen to a record; of one that is refused why nothing does."""
        if change.refused:
            return {
                "operation": "put",
                "sync_state": "error",
                "error_code": change.refused.code,
                "error_params": dict(change.refused.params),
            }
        kind = rows._outgoing_family[change.kind]
        return {
            "operation": change.operation,
            "wanted_hash": change.wanted_hash,
            "sync_state": "pending" if change.kind in services else "by_hand",
            **self._prepare_content(rows, kind, change.content),
        }

    @api.model
    def _prepare_content(self, rows, kind, content):
        content = kind.normalise(content)
        if not kind.columns:
            return {"wanted": content}
        return {
            name: None
            if value is False and rows._fields[name].type != "boolean"
            else value
            for name, value in content.items()
        }

    @api.model
    def _note_unplanned(self, rows, channel, part, record, error):
        """Show that a record cannot be planned. It is planned anew whenever it changes
        and by each full run, and what was noted before waits until then.

        :param part: the :class:`..lib.part.Part` that it belongs to
        :param error: why
        """
        rows = rows.search(
            [
                ("channel_id", "=", channel.id),
                ("kind", "in", part.kinds),
                ("res_id", "=", record),
            ]
        )
        if not rows and part.kinds:
            family = rows._outgoing_family[part.kinds[0]]
            rows = rows.create(
                {
                    "channel_id": channel.id,
                    "kind": family.code,
                    "res_id": record,
                    "name": f"{family.model},{record}",
                    "reference": str(uuid.uuid4()),
                    "operation": "put",
                }
            )
        # A removal that is under way goes on.
        rows = rows.filtered(
            lambda row: row.operation == "put" or row.sync_state == "done"
        )
        code, params = reason(error)
        rows.write(
            {
                "operation": "put",
                "wanted_hash": False,
                "sync_state": "error",
                "error_code": code,
                "error_params": params,
                "error_detail": str(error)[:500],
                "blocked_mapping_id": False,
            }
        )

    @api.model
    def _plan_anew(self, rows, channel):
        """Plan a channel's records again. What is not wanted any more is forgotten; of
        very many the next full run does it."""
        if len(rows) > GUILTY_LIMIT:
            channel._wake_flows(rows._get_flow_kinds())
            return
        # In nobody's language, like a run
        env = rows.env(user=SUPERUSER_ID, context={})
        flows = channel.sudo().flow_ids.filtered(
            lambda flow: flow.kind in rows._get_flow_kinds()
        )
        for flow in flows.with_env(env).with_company(channel.company_id):
            concerned = {}
            for part in flow._get_planner()._get_parts():
                planned = rows.filtered(lambda row, part=part: row.kind in part.kinds)
                if planned:
                    concerned[part.name] = planned.mapped("res_id")
            flow._plan_concerned(concerned)
            flow._wake()
