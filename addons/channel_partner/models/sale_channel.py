from odoo import fields, models
from odoo.fields import Domain


class SaleChannel(models.Model):
    _inherit = "sale.channel"

    partner_category_ids = fields.Many2many(
        "res.partner.category",
        string="Customer Tags",
        help="Tags of the customers that the channel creates.",
    )
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        index="btree_not_null",
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
        help="Territory of the customers that the channel creates.",
    )
    country_id = fields.Many2one(
        "res.country",
        "Default Country",
        help="Country of buyers about whom the channel names none. Empty means the "
        "company's.",
    )
    comments_apart = fields.Boolean(
        "Delivery Comments Apart",
        help="What the buyer adds to the address goes into the address's notes "
        "instead of its first line.",
    )
    own_customers = fields.Boolean(
        "Customers of This Company Only",
        help="Customers that the channel creates belong to its company. Otherwise "
        "every company shares them, as Odoo does with contacts.",
    )
    customer_name = fields.Selection(
        [("nickname", "Name on the Channel"), ("legal", "Legal Name")],
        "Customers Are Called by",
        default="nickname",
        required=True,
        help="Name of the customers that the channel creates. Invoices print the legal "
        "name in any case, when the channel tells it.",
    )
    choice_count = fields.Integer(
        "Customers to Choose",
        compute="_compute_counts",
        groups="channel_base.group_channel_user",
    )
    buyer_ids = fields.One2many("sale.channel.partner", "channel_id")

    def _compute_counts(self):
        result = super()._compute_counts()
        counts = dict(
            self.env["sale.channel.identity"]._read_group(
                Domain("channel_id", "in", self.ids)
                & Domain("needs_choice", "=", True),
                ["channel_id"],
                ["__count"],
            )
        )
        for channel in self:
            channel.choice_count = counts.get(channel, 0)
        return result

    def action_open_choices(self):
        """Open the identities whose customer a person has to choose."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_partner.sale_channel_identity_action_choice"
        )
        action["domain"] = [("needs_choice", "=", True), ("channel_id", "=", self.id)]
        return action

    def _get_default_country(self):
        """Country of buyers about whom the channel names none."""
        self.ensure_one()
        provider = self._get_provider()
        return (
            self.country_id
            or provider._get_default_country(self)
            or self.company_id.country_id
        )
