from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class PricingScenarioRule(models.Model):
    """How the prices of some products differ from the scenario's base price."""

    _name = "pricing.scenario.rule"
    _description = "Adjustment of a Scenario"
    _inherit = ["pricing.source.mixin"]
    _order = "scenario_id, applied_on, id"

    _pricing_source_fields = frozenset(
        {
            "adjustment",
            "applied_on",
            "brand_id",
            "categ_id",
            "date_end",
            "date_start",
            "product_tmpl_id",
            "scenario_id",
        }
    )

    scenario_id = fields.Many2one(
        "pricing.scenario", required=True, index=True, ondelete="cascade"
    )
    applied_on = fields.Selection(
        [
            ("1_product", "Product"),
            ("2_brand", "Brand"),
            ("2_product_category", "Category"),
            ("3_global", "All Products"),
        ],
        required=True,
        default="3_global",
        help="The most specific adjustment counts: product, brand, category, all.",
    )
    product_tmpl_id = fields.Many2one(
        "product.template", "Product", ondelete="cascade", index="btree_not_null"
    )
    brand_id = fields.Many2one("product.brand", ondelete="cascade")
    categ_id = fields.Many2one("product.category", "Category", ondelete="cascade")
    adjustment = fields.Float(
        "Adjustment (%)",
        digits=(16, 2),
        help="Added to the price; negative for a discount.",
    )
    date_start = fields.Datetime("Valid From")
    date_end = fields.Datetime("Valid Until")

    _adjustment_range = models.Constraint(
        "CHECK (adjustment >= -100)", "A discount is at most 100 %."
    )
    _dates_in_order = models.Constraint(
        "CHECK (date_start IS NULL OR date_end IS NULL OR date_start < date_end)",
        "An adjustment ends after it starts.",
    )

    @api.depends("applied_on", "product_tmpl_id", "brand_id", "categ_id", "adjustment")
    def _compute_display_name(self):
        for rule in self:
            target = rule._get_target()
            name = target.display_name if target else self.env._("All Products")
            rule.display_name = f"{name}: {rule.adjustment:+g} %"

    def _get_target(self):
        """The product, brand or category; nothing for all products."""
        self.ensure_one()
        if self.applied_on == "1_product":
            return self.product_tmpl_id
        if self.applied_on == "2_brand":
            return self.brand_id
        if self.applied_on == "2_product_category":
            return self.categ_id
        return None

    @api.constrains("applied_on", "product_tmpl_id", "brand_id", "categ_id")
    def _check_target(self):
        for rule in self:
            target = rule._get_target()
            if target is not None and not target:
                raise ValidationError(
                    self.env._("Choose what the adjustment is applied on.")
                )

    @api.constrains(
        "scenario_id",
        "applied_on",
        "product_tmpl_id",
        "brand_id",
        "categ_id",
        "date_start",
        "date_end",
    )
    def _check_overlap(self):
        for rule in self:
            if self.search_count(rule._get_overlap_domain(), limit=1):
                raise ValidationError(
                    self.env._(
                        "Scenario %(scenario)s has two adjustments of the same "
                        "products at the same time: %(rule)s.",
                        scenario=rule.scenario_id.name,
                        rule=rule.display_name,
                    )
                )

    def _get_overlap_domain(self):
        self.ensure_one()
        domain = Domain("scenario_id", "=", self.scenario_id.id)
        domain &= Domain("id", "!=", self.id)
        domain &= Domain("applied_on", "=", self.applied_on)
        fields_of = {
            "1_product": "product_tmpl_id",
            "2_brand": "brand_id",
            "2_product_category": "categ_id",
        }
        if name := fields_of.get(self.applied_on):
            domain &= Domain(name, "=", self[name].id)
        if self.date_end:
            domain &= Domain("date_start", "=", False) | Domain(
                "date_start", "<", self.date_end
            )
        if self.date_start:
            domain &= Domain("date_end", "=", False) | Domain(
                "date_end", ">", self.date_start
            )
        return domain

    def _get_pricing_source(self):
        target = self._get_target()
        return (
            self.scenario_id.id,
            self.applied_on,
            target and target.id,
            self.adjustment,
            self.date_start,
            self.date_end,
        )

    def _get_source_scenarios(self):
        return self.scenario_id.filtered("active")
