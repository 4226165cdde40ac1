from decimal import Decimal

from odoo import api, fields, models

from ..lib.rates import gross_up_factor


class ProductPricelistItem(models.Model):
    _name = "product.pricelist.item"
    _inherit = ["product.pricelist.item", "field.guard.mixin"]

    applied_on = fields.Selection(
        selection_add=[("2_brand", "Brand")], ondelete={"2_brand": "cascade"}
    )
    pricing_brand_id = fields.Many2one("product.brand", "Brand", ondelete="cascade")
    pricing_generated = fields.Boolean(
        "Generated", readonly=True, copy=False, guard="server"
    )
    pricing_rule_id = fields.Many2one(
        "pricing.scenario.rule",
        "Adjustment of the Scenario",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        guard="server",
    )
    # The price stays when its adjustment is deleted, until the scenario is generated.
    pricing_rule_key = fields.Integer(
        readonly=True,
        copy=False,
        help="Id of the adjustment, also of a deleted one; 0 for the base price.",
        guard="server",
    )
    pricing_imported = fields.Selection(
        [("any", "All Goods"), ("yes", "Imported"), ("no", "Not Imported")],
        "Goods",
        required=True,
        default="any",
    )
    pricing_rate_id = fields.Many2one(
        "pricing.interstate.rate",
        "Interstate Rate",
        readonly=True,
        copy=False,
        ondelete="set null",
        guard="server",
    )
    pricing_gross_up = fields.Boolean(
        "Change Tax Inside",
        help="The base price contains one rate of tax, the price another.",
    )
    pricing_rate_contained = fields.Float("Tax Inside the Base (%)", digits=(16, 4))
    pricing_rate = fields.Float("Tax Inside the Price (%)", digits=(16, 4))

    def _get_pricing_rank(self):
        """Rules of people first, then adjustments, then the scenario's base."""
        self.ensure_one()
        if not self.pricing_generated:
            return 0
        return 1 if self.pricing_rule_key else 2

    @api.depends("pricing_brand_id")
    def _compute_name(self):
        brands = self.filtered(lambda item: item.applied_on == "2_brand")
        for item in brands:
            item.name = self.env._(
                "Brand: %(brand)s", brand=item.pricing_brand_id.display_name
            )
        return super(ProductPricelistItem, self - brands)._compute_name()

    def _get_pricing_base_name(self):
        """What the rule, or no rule at all, starts from, without the tax inside."""
        if self.base == "pricelist":
            return self.base_pricelist_id.display_name
        names = dict(self._fields["base"]._description_selection(self.env))
        return names[self.base or "list_price"]

    def _get_price_label_base_str(self):
        label = super()._get_price_label_base_str()
        if not self.pricing_gross_up:
            return label
        return self.env._(
            "%(base)s with %(rate)s %% of tax inside",
            base=label,
            rate=f"{self.pricing_rate:g}",
        )

    def _is_applicable_for(self, product, qty_in_product_uom):
        self.ensure_one()
        if self.applied_on == "2_brand":
            if product.product_brand_id != self.pricing_brand_id:
                return False
        if self.pricing_imported != "any":
            if product.pricing_imported != (self.pricing_imported == "yes"):
                return False
        return super()._is_applicable_for(product, qty_in_product_uom)

    def _get_pricing_factor(self):
        """What the base price is multiplied with, 1 where no tax inside changes."""
        if not self.pricing_gross_up:
            return Decimal(1)
        contained = Decimal(str(self.pricing_rate_contained))
        return gross_up_factor(contained, Decimal(str(self.pricing_rate)))

    def _compute_base_price(self, product, quantity, uom, date, currency, **kwargs):
        price = super()._compute_base_price(
            product, quantity, uom, date, currency, **kwargs
        )
        # Most rules change no tax inside: spare them the arithmetic.
        if not self.pricing_gross_up:
            return price
        return price * float(self._get_pricing_factor())
