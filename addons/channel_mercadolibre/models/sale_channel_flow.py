from odoo import fields, models

from odoo.addons.channel_base.lib.steps import Step

from ..lib import notifications


class SaleChannelFlow(models.Model):
    _inherit = "sale.channel.flow"

    kind = fields.Selection(
        selection_add=[("missed_feeds", "Missed Notifications")],
        ondelete={"missed_feeds": "cascade"},
    )

    def _run_steps(self, run):
        """Ask for the notifications that did not arrive, and keep them as hints."""
        if self.kind != "missed_feeds":
            yield from super()._run_steps(run)
            return
        channel = self.channel_id
        credential = channel._get_credential()
        client = channel._get_provider()._get_client(channel)
        application, account = credential.client_id, credential.account_id
        known = set((self._get_state().cursor or {}).get("ids", []))
        # No transaction is open while the network is awaited.
        yield Step.COMMIT
        found, ids = notifications.read_missed(client, application, account, known)
        hints = self.env["sale.channel.hint"]
        kept = [hints._record(channel.id, hint, source="missed") for hint in found]
        self._get_state().cursor = {"ids": ids}
        run._count(received=len(found), processed=sum(kept), call=client.take_calls())
        yield Step.BATCH_END
