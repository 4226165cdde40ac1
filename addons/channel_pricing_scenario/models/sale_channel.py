from odoo import api, fields, models

from odoo.addons.channel_base.lib.spec import FlowSpec

ROWS = "sale.channel.pricing.item"


class SaleChannel(models.Model):
    _name = "sale.channel"
    _inherit = ["sale.channel", "pricing.visible.mixin"]

    pricing_kinds = fields.Char(
        compute="_compute_pricing_kinds",
        help="What the provider has services for; empty if it has no prices by group.",
    )
    pricing_flow_id = fields.Many2one(
        "sale.channel.flow", compute="_compute_pricing_flow_id", compute_sudo=True
    )
    pricing_confirmed = fields.Boolean(
        "Sending Confirmed",
        compute="_compute_pricing_flow_id",
        compute_sudo=True,
        help="A person looked at the dry run and let the prices go out.",
    )
    pricing_difference_count = fields.Integer(
        "Differences Found",
        compute="_compute_pricing_difference_count",
        groups="channel_base.group_channel_user",
    )

    @api.depends("channel_type")
    def _compute_pricing_kinds(self):
        for channel in self:
            kinds = channel._get_provider()._get_pricing_kinds(channel)
            channel.pricing_kinds = ",".join(kinds)

    @api.depends("flow_ids.kind", "flow_ids.confirmed")
    def _compute_pricing_flow_id(self):
        for channel in self:
            flow = channel.flow_ids.filtered(lambda flow: flow.kind == "pricing_out")
            channel.pricing_flow_id = flow
            channel.pricing_confirmed = flow.confirmed

    @api.depends("company_id")
    def _compute_pricing_in_use(self):
        return super()._compute_pricing_in_use()

    def _get_pricing_companies(self):
        return self.company_id or super()._get_pricing_companies()

    def _compute_pricing_difference_count(self):
        groups = self.env["sale.channel.difference"]._read_group(
            [("channel_id", "in", self.ids), ("res_model", "=", ROWS)],
            ["channel_id"],
            ["__count"],
        )
        counts = {channel.id: count for channel, count in groups}
        for channel in self:
            channel.pricing_difference_count = counts.get(channel.id, 0)

    def _get_flow_specs(self):
        specs = super()._get_flow_specs()
        if not self._get_provider()._get_pricing_kinds(self):
            return specs
        # Changes wake the flow; every day it compares everything.
        spec = FlowSpec(interval=24 * 60, batch=100, stale=60)
        return {**specs, "pricing_out": spec}

    def action_load_pricing_origins(self):
        """Ask the channel for its origins and offer them in the de-para."""
        self.ensure_one()
        self.check_access("write")
        provider = self._get_provider()
        for external_id, name in provider._fetch_pricing_origins(self):
            row = self.env["sale.channel.mapping"]._ensure(
                self, "pricing_origin", external_id, name
            )
            row.direction = "both"
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_base.sale_channel_mapping_action"
        )
        action["domain"] = [
            ("channel_id", "=", self.id),
            ("kind_id.code", "=", "pricing_origin"),
        ]
        return action

    def action_dry_run_pricing(self):
        """Show what would be sent."""
        self.ensure_one()
        return self.pricing_flow_id.action_dry_run()

    def action_open_pricing_items(self):
        """Open what was sent to the channel, and what waits."""
        return self._get_pricing_action(
            "channel_pricing_scenario.sale_channel_pricing_item_action"
        )

    def action_open_pricing_differences(self):
        """Open what was overwritten on the channel."""
        action = self._get_pricing_action(
            "channel_outgoing.sale_channel_difference_action"
        )
        return {**action, "domain": [*action["domain"], ("res_model", "=", ROWS)]}

    def _get_pricing_action(self, name):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(name)
        return {**action, "domain": [("channel_id", "=", self.id)]}
