from collections import namedtuple
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_amount

# More would make the preview slow, and nobody reads them
PRODUCTS, LISTS, SAMPLES = 4, 4, 10
RECENT = timedelta(days=30)
# A price as text, None where the list has none; ``list`` is a ``ListKey``
Sample = namedtuple("Sample", "product list before after")


class PricingPreview(models.AbstractModel):
    """Prices before and after a generation that has not been applied.

    With ``sudo``: the outcome is the same whoever asks, whatever they may see of its
    parts.
    """

    _name = "pricing.preview"
    _description = "Preview of Generated Prices"

    @api.model
    def _get_samples(self, generation):
        """Examples: products of the adjustments that change, and those most sold.

        :param generation: ``Generation`` of ``pricing.generator``
        :return: list of ``Sample``, those that change first
        """
        lists = self._get_lists(generation)
        products = self._get_products(generation, lists)
        samples = [
            Sample(
                product,
                key,
                self._get_before(generation, key, product),
                self._get_after(generation, key, product),
            )
            for product in products
            for key in lists
        ]
        samples.sort(key=lambda sample: sample.before == sample.after)
        return samples[:SAMPLES]

    @api.model
    def _get_lists(self, generation):
        """Keys of a few lists that something changes on."""
        found = {}
        for kind in ("rule", "pricelist", "contract"):
            plan = generation.plans[kind]
            for key in (*plan.create, *plan.change, *plan.archive, *plan.revive):
                found[key.list if kind == "rule" else key] = None
        # Lists of origins that are deleted have nothing to compare.
        return [key for key in found if key.origin > 0][:LISTS]

    @api.model
    def _get_products(self, generation, lists):
        wanted, plan = generation.wanted["rule"], generation.plans["rule"]
        named = {
            wanted[key]["product_tmpl_id"]
            for key in (*plan.create, *plan.change)
            if wanted[key]["product_tmpl_id"]
        }
        templates = self.env["product.template"].browse(sorted(named)[:PRODUCTS])
        products = templates.product_variant_id
        origins = self.env["pricing.origin"].sudo().browse(k.origin for k in lists)
        products |= self._get_most_sold(origins.company_id)
        usual = [("sale_ok", "=", True), ("type", "!=", "combo")]
        if len(products) < PRODUCTS:
            products |= products.search(usual, limit=PRODUCTS, order="id")
        return products[:PRODUCTS]

    @api.model
    def _get_most_sold(self, companies):
        """What companies sold most of lately."""
        groups = (
            self.env["sale.order.line"]
            .sudo()
            ._read_group(
                [
                    ("state", "=", "sale"),
                    ("company_id", "in", companies.ids),
                    ("order_id.date_order", ">=", fields.Datetime.now() - RECENT),
                    ("product_id.sale_ok", "=", True),
                    ("product_id.active", "=", True),
                    ("product_id.type", "!=", "combo"),
                ],
                ["product_id"],
                order="product_uom_qty:sum desc",
                limit=PRODUCTS,
            )
        )
        return self.env["product.product"].browse(product.id for (product,) in groups)

    @api.model
    def _get_before(self, generation, key, product):
        """The price of the list as it is stored, if it is in use."""
        plan = generation.plans["pricelist"]
        stored = generation.ids["pricelist"].get(key)
        if not stored or key in plan.revive:
            return None
        pricelist = self.env["product.pricelist"].sudo().browse(stored)
        price = pricelist._get_product_price(product, 1.0)
        return format_amount(self.env, price, pricelist.currency_id)

    @api.model
    def _get_after(self, generation, key, product):
        """The price of the list as it would be, by rules that are not stored."""
        wanted = generation.wanted["pricelist"].get(key)
        if wanted is None:
            return None
        company = self.env["res.company"].browse(wanted["company_id"])
        product = product.sudo().with_company(company)
        now = fields.Datetime.now()
        rules = self._get_rules(generation, key).with_company(company)
        rule = next(
            (
                rule
                for rule in rules
                if (not rule.date_start or rule.date_start <= now)
                and (not rule.date_end or rule.date_end >= now)
                and rule._is_applicable_for(product, 1.0)
            ),
            rules.browse(),
        )
        currency = self.env["res.currency"].browse(wanted["currency_id"])
        price = rule._compute_price(product, 1.0, product.uom_id, now, currency)
        return format_amount(self.env, price, currency)

    @api.model
    def _get_rules(self, generation, key):
        """Rules of the list in the order in which they would count."""
        items = self.env["product.pricelist.item"].sudo()
        stored = generation.ids["pricelist"].get(key)
        rules = items.search(
            [("pricelist_id", "=", stored or 0), ("pricing_generated", "=", False)]
        )
        for rule, values in generation.wanted["rule"].items():
            if rule.list == key:
                rules += items.new(
                    {
                        **values,
                        "pricing_generated": True,
                        "pricing_rule_key": rule.rule,
                        "pricing_imported": rule.imported,
                    }
                )
        return rules.sorted(
            lambda rule: (
                rule.applied_on,
                -rule.min_quantity,
                rule._get_pricing_rank(),
                -rule.categ_id.id,
            )
        )
