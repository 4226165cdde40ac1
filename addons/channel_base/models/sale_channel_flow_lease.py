from odoo import fields, models


class SaleChannelFlowLease(models.AbstractModel):
    """Flows that one after the other work on what the channel keeps."""

    _name = "sale.channel.flow.lease"
    _description = "Flows: lease"

    def _needs_lease(self):
        """Whether its calls change what the channel keeps of its goods, and another
        flow's do as well. Addons that add such a kind override it, guarded by ``kind``.
        """
        return False

    def _lease(self):
        """Take the channel's lease, if the flow needs one, for a batch of calls.

        Nothing may be pending; the caller commits before it calls.

        :return: whether the flow may go on; else it is woken when the lease is over
        """
        if not self._needs_lease():
            return True
        leases = self.env["sale.channel.lease"]
        return self._retry_conflicts(leases._take, self)

    def _keep_lease(self):
        """Prolong the lease before a call that builds on others.

        Nothing may be pending; the caller commits before it calls.

        :return: whether no other flow has had it since it was taken
        """
        if not self._needs_lease():
            return True
        return self._retry_conflicts(self.env["sale.channel.lease"]._keep, self)

    def _end_lease(self):
        """Let the channel's other flows have the lease; the caller commits."""
        if not self._needs_lease():
            return
        self.env["sale.channel.lease"]._release(self)
        now = fields.Datetime.now()
        for flow in self.channel_id.flow_ids - self:
            if flow.enabled and flow._needs_lease():
                if any(moment <= now for moment in flow._get_rows_due()):
                    flow._wake()
