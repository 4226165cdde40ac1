from markupsafe import Markup

from odoo import api, fields, models

# "dropship" comes with Odoo's addon of that name.
LEAVING = ("outgoing", "dropship")
# Odoo's note about what a delivery was made for
ORIGIN_VIEW = "mail.message_origin_link"
# In ``cr.precommit.data``: list of (deliveries, values to render)
NOTED = "channel_order.origins"


class StockPicking(models.Model):
    """With ``sudo``: the channel's order follows what people do with a delivery; they
    need not see it."""

    _inherit = "stock.picking"

    # Who may not read the sale order may not read its deliveries either.
    channel_hold = fields.Selection(related="sale_id.channel_hold", groups=None)

    def action_cancel(self):
        """Undoing a sale (``channel_undoing``) does not stop what comes back."""
        if self.env.context.get("channel_undoing"):
            self = self.filtered(lambda picking: not picking.return_id)
        return super().action_cancel()

    def message_post_with_source(self, source_ref, **kwargs):
        """Write what deliveries were made for at the next flush, all notes at once,
        when many orders are confirmed (``channel_defer_notes``).

        Nobody is notified of a note; Odoo looks for recipients all the same.
        """
        deferred = self.env.context.get("channel_defer_notes")
        if not deferred or source_ref != ORIGIN_VIEW:
            return super().message_post_with_source(source_ref, **kwargs)
        precommit = self.env.cr.precommit
        if NOTED not in precommit.data:
            precommit.data[NOTED] = []
            precommit.add(self.browse()._note_origins)
        precommit.data[NOTED].append((self, kwargs["render_values"]))
        return self.env["mail.message"]

    @api.model
    def _note_origins(self):
        """Write the notes that were deferred."""
        bodies = {}
        for pickings, values in self.env.cr.precommit.data.pop(NOTED, ()):
            rendered = self.env["mail.render.mixin"]._render_template_qweb_view(
                ORIGIN_VIEW, self._name, pickings.ids, add_context=values
            )
            for picking_id, body in rendered.items():
                bodies[picking_id] = bodies.get(picking_id, Markup()) + body
        self.browse(bodies)._message_log_batch(bodies)

    def write(self, vals):
        result = super().write(vals)
        if vals.get("carrier_tracking_ref"):
            self.env["sale.channel.order.invoicing"]._wake(self.sudo().sale_id)
        return result

    def _action_done(self):
        """Channels that want to know are told of what has left."""
        result = super()._action_done()
        # Who ships need not be allowed to read the sale order.
        left = self.sudo().filtered(
            lambda picking: (
                picking.picking_type_id.code in LEAVING
                and picking.state == "done"
                and picking.sale_id
            )
        )
        self.env["sale.channel.order.answer"].sudo()._queue_deliveries(left)
        return result

    def _get_delivery_progress(self):
        """A :data:`..lib.invoicing.Delivery`: how far the delivery has come."""
        self.ensure_one()
        if self.state in ("done", "cancel"):
            return "done" if self.state == "done" else "cancelled"
        ready = self.state == "assigned" or self.carrier_tracking_ref
        return "ready" if ready else "open"
