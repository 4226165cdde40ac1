from collections import defaultdict

from odoo import Command, api, fields, models

NAME_LIMIT = 20


class SaleChannelPricingPreview(models.TransientModel):
    """Shows what would be sent to a channel, and lets it go out."""

    _name = "sale.channel.pricing.preview"
    _description = "Preview of Prices for a Channel"

    channel_id = fields.Many2one(
        "sale.channel", required=True, readonly=True, ondelete="cascade"
    )
    confirmed = fields.Boolean(related="channel_id.pricing_confirmed")
    line_ids = fields.One2many(
        "sale.channel.pricing.preview.line", "preview_id", "Changes", readonly=True
    )

    @api.model
    def _open(self, channel):
        """Plan and show it; nothing is sent.

        :raises AccessError: the user may not change the channel
        """
        channel.check_access("write")
        names = defaultdict(list)
        for change in self.env["sale.channel.pricing.planner"]._plan(channel):
            names[change.kind, change.operation].append(change.name or "")
        preview = self.create(
            {
                "channel_id": channel.id,
                "line_ids": [
                    Command.create(
                        {
                            "kind": kind,
                            "operation": operation,
                            "count": len(found),
                            "names": self._join(found),
                        }
                    )
                    for (kind, operation), found in names.items()
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview of Prices"),
            "res_model": self._name,
            "res_id": preview.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _join(self, names):
        more = ["…"] if len(names) > NAME_LIMIT else []
        return ", ".join(names[:NAME_LIMIT] + more)

    def action_send(self):
        """Let the channel's prices go out, now and whenever they change.

        :raises AccessError: the user may not change the channel
        """
        self.ensure_one()
        channel = self.channel_id
        channel.check_access("write")
        channel.sudo().pricing_confirmed = True
        flow = channel.flow_ids.filtered(lambda flow: flow.kind == "pricing_out")
        if flow.enabled:
            flow._request_run()
        else:
            flow.enabled = True
        return {"type": "ir.actions.act_window_close"}
