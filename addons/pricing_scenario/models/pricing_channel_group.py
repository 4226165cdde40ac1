from odoo import api, fields, models


class PricingChannelGroup(models.Model):
    """The customers of a scenario in one state, or in all of them.

    With ``sudo``: what was generated is found, whoever generates.
    """

    _name = "pricing.channel.group"
    _inherit = "field.guard.mixin"
    _description = "Channel Group"
    _order = "scenario_id, state_id, use"

    name = fields.Char(compute="_compute_name", store=True)
    active = fields.Boolean(default=True)
    scenario_id = fields.Many2one(
        "pricing.scenario", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="scenario_id.company_id", store=True, guard="server"
    )
    state_id = fields.Many2one("res.country.state", help="Empty: the whole country.")
    use = fields.Selection(
        [
            ("any", "Any Customer"),
            ("contributor", "Contributor"),
            ("not_contributor", "Not Contributor"),
        ],
        string="Customers",
        required=True,
        default="any",
    )
    contract_ids = fields.One2many("pricing.contract", "group_id", "Contracts")

    _key_unique = models.UniqueIndex(
        "(scenario_id, COALESCE(state_id, 0), use)",
        "The scenario has this channel group.",
    )

    @api.depends("scenario_id.name", "state_id.code", "use", "scenario_id.country_id")
    def _compute_name(self):
        for group in self:
            country = group.scenario_id.country_id.code
            parts = [group.scenario_id.name, group.state_id.code or country or "*"]
            if group.use != "any":
                labels = dict(self._fields["use"]._description_selection(self.env))
                parts.append(labels[group.use])
            group.name = " / ".join(parts)

    def unlink(self):
        self._retire_lists()
        return super().unlink()

    def _retire_lists(self):
        """Quotations may name the lists: they stay, but not for anybody by default."""
        lists = self.env["product.pricelist"].sudo()
        lists.search([("pricing_group_id", "in", self.ids)]).active = False

    @api.model
    def _get_map(self, scenarios):
        """What ``lib.groups`` needs to know about scenarios.

        :param scenarios: ids
        :return: country by scenario, and group by (scenario, state, use), all as ids
        """
        records = self.env["pricing.scenario"].sudo().browse(scenarios)
        countries = {s.id: s.country_id.id or None for s in records}
        rows = (
            self.sudo().search_read(
                [("scenario_id", "in", list(scenarios))],
                ["scenario_id", "state_id", "use"],
                load=None,
            )
            if scenarios
            else []
        )
        groups = {
            (row["scenario_id"], row["state_id"] or None, row["use"]): row["id"]
            for row in rows
        }
        return countries, groups
