from odoo import fields, models


class SaleChannelQuota(models.Model):
    """How often an account may be called now: one row that all processes share.

    Only ``tools.quota`` writes it, in short transactions of its own.
    """

    _name = "sale.channel.quota"
    _description = "Quota of an Account"
    _rec_name = "environment"
    _log_access = False

    channel_id = fields.Many2one(
        "sale.channel", required=True, readonly=True, ondelete="cascade"
    )
    environment = fields.Selection(
        [("production", "Production"), ("test", "Test")], required=True, readonly=True
    )
    maximum = fields.Float("Calls a Minute Allowed", required=True, readonly=True)
    rate = fields.Float(
        "Calls a Minute Now",
        required=True,
        readonly=True,
        help="Half as many after each refusal for too many calls; each call that is "
        "accepted gives some back.",
    )
    tokens = fields.Float(
        required=True,
        readonly=True,
        help="Calls that may be made at once; below zero, how many are promised.",
    )
    counted_at = fields.Datetime(required=True, readonly=True)
    blocked_until = fields.Datetime(
        readonly=True, help="The service asked not to be called before."
    )

    _account_uniq = models.Constraint(
        "UNIQUE (channel_id, environment)",
        "The channel already has a quota for this environment.",
    )
