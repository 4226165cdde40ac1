from odoo import models
from odoo.exceptions import AccessError


class SaleChannelOperatorMixin(models.AbstractModel):
    """Records that channel users work on through buttons only."""

    _name = "sale.channel.operator.mixin"
    _description = "Record that channel users work on"

    def _check_operator(self):
        """:raises AccessError: the user may not see them, or is no channel user"""
        self.check_access("read")
        user = self.env.user
        if not self.env.su and not user.has_group("channel_base.group_channel_user"):
            raise AccessError(self.env._("Only channel users may do this."))
