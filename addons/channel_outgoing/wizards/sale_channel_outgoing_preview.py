import time

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

NAME_LIMIT = 20
# Somebody waits, and a request has its limit; sending does not depend on it.
PREVIEW_SECONDS = 20.0


class SaleChannelOutgoingPreview(models.TransientModel):
    """Shows what a flow would send to its channel, and lets it go out."""

    _name = "sale.channel.outgoing.preview"
    _description = "Preview of What Goes Out"

    flow_id = fields.Many2one(
        "sale.channel.flow", required=True, readonly=True, ondelete="cascade"
    )
    channel_id = fields.Many2one(related="flow_id.channel_id")
    confirmed = fields.Boolean(related="flow_id.confirmed")
    partial = fields.Boolean(
        "At Least",
        readonly=True,
        help="There was not time enough to look at everything.",
    )
    line_ids = fields.One2many(
        "sale.channel.outgoing.preview.line", "preview_id", "Changes", readonly=True
    )

    @api.model
    def _open(self, flow):
        """Plan and show it; nothing is sent or noted.

        :raises AccessError: the user may not change the channel
        :raises UserError: the flow sends nothing
        """
        flow.channel_id.check_access("write")
        planner = flow._get_planner()
        if planner is None:
            raise UserError(self.env._("This flow has nothing to preview."))
        lines, partial = self._prepare_lines(planner._plan_pages(flow.channel_id))
        preview = self.create(
            {
                "flow_id": flow.id,
                "partial": partial,
                "line_ids": [Command.create(values) for values in lines],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview of %(flow)s", flow=flow.display_name),
            "res_model": self._name,
            "res_id": preview.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _prepare_lines(self, pages):
        """Values of a line for each kind and operation of some changes.

        :param pages: lists of changes
        :return: the values, and whether the time was over before the last page
        """
        counts, names, partial = {}, {}, False
        until = time.monotonic() + PREVIEW_SECONDS
        for page in pages:
            for change in page:
                key = change.kind, change.operation
                counts[key] = counts.get(key, 0) + 1
                known = names.setdefault(key, [])
                if len(known) < NAME_LIMIT:
                    known.append(change.name or "")
            if partial := time.monotonic() >= until:
                break
        lines = []
        for (kind, operation), count in counts.items():
            shown = names[kind, operation]
            more = ["…"] if partial or count > len(shown) else []
            lines.append(
                {
                    "kind": kind,
                    "operation": operation,
                    "count": count,
                    "names": ", ".join(shown + more),
                }
            )
        return lines, partial

    def action_send(self):
        """Let what was shown go out, now and whenever it changes.

        :raises AccessError: the user may not change the channel
        """
        self.ensure_one()
        self.channel_id.check_access("write")
        self.flow_id._confirm()
        return {"type": "ir.actions.act_window_close"}
