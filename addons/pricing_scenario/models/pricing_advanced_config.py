from odoo import api, fields, models
from odoo.fields import Domain


class PricingAdvancedConfig(models.Model):
    """The scenario of a use type: above all other settings, or below them.

    With ``sudo``: customers of all salespeople count.
    """

    _name = "pricing.advanced.config"
    _description = "Advanced Configuration"
    _inherit = ["pricing.cascade.mixin"]
    _order = "company_id, use_type"
    _rec_name = "use_type"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    use_type = fields.Selection(
        selection=lambda self: (
            self.env["res.partner"]._fields["pricing_use_type"].selection
        ),
        required=True,
    )
    pricing_scenario_id = fields.Many2one(
        "pricing.scenario", "Scenario", ondelete="restrict", index="btree_not_null"
    )
    mode = fields.Selection(
        [
            ("override", "Instead of every other setting"),
            ("fallback", "Where nothing else names a scenario"),
        ],
        required=True,
        default="override",
    )
    affected_count = fields.Integer(
        "Affected Customers",
        compute="_compute_affected_count",
        help="Customers of the use type who get another scenario by this setting.",
    )

    _use_type_unique = models.Constraint(
        "UNIQUE (company_id, use_type)",
        "The company has a configuration of this use type.",
    )

    @api.depends("company_id", "use_type", "mode", "pricing_scenario_id")
    def _compute_affected_count(self):
        for config in self:
            config.affected_count = (
                config._count_affected() if config.pricing_scenario_id else 0
            )

    def _count_affected(self):
        """Customers whose scenario would be another one without this setting."""
        self.ensure_one()
        partners = self.env["res.partner"].with_company(self.company_id).sudo()
        other = Domain("pricing_use_type", "=", self.use_type)
        other &= partners._get_pricing_customer_domain()
        resolver = self.env["pricing.resolver"]
        without = {
            use_type: config
            for use_type, config in resolver._get_configs(self.company_id).items()
            if use_type != self.use_type
        }
        levels = resolver._get_level_domains(self.company_id, without)
        if self.mode == "override":
            scenario = self.pricing_scenario_id._origin.id
            same = resolver._get_scenario_domain(levels, {scenario})
            return partners.search_count(other & ~same)
        return partners.search_count(other & resolver._get_nothing_domain(levels))

    @api.onchange("company_id", "use_type", "mode", "pricing_scenario_id")
    def _onchange_affected(self):
        if not self.pricing_scenario_id or not self.use_type:
            return None
        return {
            "warning": {
                "title": self.env._("Prices of customers change"),
                "message": self.env._(
                    "%(count)s customers get scenario %(scenario)s by this setting "
                    "when it is saved.",
                    count=self.affected_count,
                    scenario=self.pricing_scenario_id.name,
                ),
            }
        }
