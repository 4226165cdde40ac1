from collections import namedtuple
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import float_round, format_amount

from ..lib.rates import compute_price
from ..lib.steps import Walk, share

# What is sold: ``values`` are attribute values that make no variant, ``combo`` the
# chosen item of a combo with the case of the combo itself, or None
Case = namedtuple(
    "Case", "product quantity uom currency company date values position combo"
)
Priced = namedtuple("Priced", "rule walk price")


class PricingArithmetic(models.AbstractModel):
    """Says step by step how a price comes about; the steps add up to the price.

    With ``sudo``: the outcome is the same whoever asks, whatever they may see of its
    parts.
    """

    _name = "pricing.arithmetic"
    _description = "Steps of a Price"

    @api.model
    def _get_case(self, product, quantity, uom, currency, company, date=None):
        """A product that no order line is about."""
        return Case(
            self._get_sold(product, company),
            quantity or 1.0,
            uom or product.uom_id,
            currency,
            company,
            date or fields.Datetime.now(),
            self.env["product.template.attribute.value"],
            self.env["account.fiscal.position"],
            None,
        )

    @api.model
    def _get_line_case(self, line):
        """What a line of an order sells."""
        company = line.company_id
        combo = None
        if line.combo_item_id:
            whole = self._get_line_case(line._get_linked_line())
            combo = (line.combo_item_id.sudo(), whole)
        return Case(
            self._get_sold(line.product_id, company),
            line.product_uom_qty or 1.0,
            line.product_uom_id or line.product_id.uom_id,
            line.currency_id,
            company,
            line._get_order_date() or fields.Datetime.now(),
            line.product_no_variant_attribute_value_ids.sudo(),
            line.order_id.fiscal_position_id,
            combo,
        )

    @api.model
    def _get_sold(self, product, company):
        """What is priced, with ``sudo``: whoever may ask for the price need not see all
        that it is made of."""
        return product.sudo().with_company(company)

    @api.model
    def _price(self, case, pricelist):
        """The price under a pricelist.

        :return: ``Priced``: rule (sudoed, empty if none), ``lib.steps.Walk``, price
        """
        walk = Walk()
        if case.combo:
            rule = self._walk_combo(walk, case, pricelist)
        elif case.product.type == "combo":
            rule = self._get_rule(case, pricelist)
            walk.reach(0.0, self.env._("The price of a combo is on its choices."))
        else:
            rule = self._walk_list(walk, case, pricelist)
        self._walk_taxes(walk, case)
        return Priced(rule, walk, walk.total)

    @api.model
    def _get_rule(self, case, pricelist):
        pricelist = pricelist.sudo().with_company(case.company)
        rule = pricelist._get_product_rule(
            case.product, quantity=case.quantity, uom=case.uom, date=case.date
        )
        items = self.env["product.pricelist.item"].sudo().with_company(case.company)
        return items.browse(rule or ())

    @api.model
    def _walk_list(self, walk, case, pricelist):
        """From the base price to what the line shows, before taxes."""
        rule = self._get_rule(case, pricelist)
        product = self._get_product(case)
        values = (product, case.quantity, case.uom, case.date, case.currency)
        if rule.compute_price == "fixed":
            self._walk_fixed(walk, case, rule)
        else:
            self._walk_base(walk, case, rule)
            self._walk_rule(walk, case, rule)
        price = rule._compute_price(*values)
        self._walk_rest(walk, case, price)
        if rule._show_discount():
            shown = max(rule._compute_price_before_discount(*values), price)
            if case.currency.compare_amounts(shown, price):
                walk.reach(shown, self.env._("The line shows the discount apart."))
        return rule

    @api.model
    def _get_product(self, case):
        """The product as price computation sees it."""
        product = case.product
        return product.with_context(**product._get_product_price_context(case.values))

    @api.model
    def _walk_fixed(self, walk, case, rule):
        walk.reach(
            rule.fixed_price,
            self.env._(
                "Fixed price of the rule: %(amount)s",
                amount=self._format(case, rule.fixed_price),
            ),
        )
        self._walk_uom(walk, case)

    @api.model
    def _walk_base(self, walk, case, rule):
        """The base price, extra prices of attribute values and the unit."""
        product, base = case.product, rule.base or "list_price"
        name = rule._get_pricing_base_name()
        if base == "pricelist" and rule.base_pricelist_id:
            # The other list has its own rules about extras and units.
            amount = rule._compute_base_price(
                self._get_product(case),
                case.quantity,
                case.uom,
                case.date,
                case.currency,
            ) / float(rule._get_pricing_factor())
            self._add_amount(walk, case, amount, case.currency, name)
            return
        if base == "standard_price":
            amount = product.standard_price
            self._add_amount(walk, case, amount, product.cost_currency_id, name)
        else:
            currency = product.currency_id
            self._add_amount(walk, case, product.list_price, currency, name)
            self._walk_extras(walk, case)
        self._walk_uom(walk, case)

    @api.model
    def _add_amount(self, walk, case, amount, currency, name):
        added, told = self._convert(case, amount, currency)
        text = self.env._("Base (%(base)s): %(amount)s", base=name, amount=told)
        walk.add(added, text)

    @api.model
    def _convert(self, case, amount, currency):
        """An amount in the currency of the price, as a number and as text."""
        converted = currency._convert(
            amount, case.currency, case.company, case.date, round=False
        )
        text = self._format(case, converted)
        if currency == case.currency:
            return converted, text
        before = format_amount(self.env, amount, currency)
        text = self.env._("%(amount)s (from %(before)s)", amount=text, before=before)
        return converted, text

    @api.model
    def _walk_extras(self, walk, case):
        """What the variant's attribute values cost more, and those of the line."""
        own = case.product.product_template_attribute_value_ids
        template = case.product.product_tmpl_id
        others = case.values.filtered(lambda v: v.product_tmpl_id == template)
        currency = case.product.currency_id
        for value in own | others:
            self._add_extra(walk, case, value.price_extra, currency, value.display_name)

    @api.model
    def _add_extra(self, walk, case, amount, currency, name):
        if amount:
            added, told = self._convert(case, amount, currency)
            text = self.env._(
                "Extra price of %(value)s: %(amount)s", value=name, amount=told
            )
            walk.add(added, text)

    @api.model
    def _walk_uom(self, walk, case):
        unit = case.product.uom_id
        if unit == case.uom:
            return
        total = unit._compute_price(walk.total, case.uom)
        text = self.env._(
            "For 1 %(unit)s instead of 1 %(product_unit)s: %(amount)s",
            unit=case.uom.name,
            product_unit=unit.name,
            amount=self._format(case, total),
        )
        walk.reach(total, text)

    @api.model
    def _walk_rule(self, walk, case, rule):
        """What the rule makes of the base price."""
        if rule.pricing_gross_up:
            self._walk_tax(walk, case, rule)
        elif rule.pricing_generated:
            text = self.env._("No interstate rate: the tax inside stays.")
            walk.add(0.0, text)
        if rule.compute_price == "percentage":
            self._walk_percent(walk, -rule.percent_price)
        elif rule.compute_price == "formula":
            self._walk_formula(walk, case, rule)

    @api.model
    def _walk_tax(self, walk, case, rule):
        """Another rate of tax inside (``lib.rates.compute_price``)."""
        contained, percent = rule.pricing_rate_contained, rule.pricing_rate
        amounts = compute_price(
            # Binary fractions leave traces far behind the digits of a price.
            Decimal(str(round(walk.total, 6))),
            Decimal(str(contained)),
            Decimal(str(percent)),
            Decimal(0),
            Decimal("0.000001"),
        )
        walk.reach(
            float(amounts.net),
            self.env._(
                "Net of %(percent)s %%: × (1 − %(share)s) = %(amount)s",
                percent=f"{contained:g}",
                share=f"{float(amounts.contained / 100):g}",
                amount=self._format(case, amounts.net),
            ),
        )
        rate = rule.pricing_rate_id.name or self.env._("rate no longer in the table")
        walk.reach(
            float(amounts.gross),
            self.env._(
                "With %(percent)s %% inside (%(rate)s): ÷ (1 − %(share)s) = %(amount)s",
                percent=f"{percent:g}",
                rate=rate,
                share=f"{float(amounts.percent / 100):g}",
                amount=self._format(case, amounts.gross),
            ),
        )

    @api.model
    def _walk_percent(self, walk, percent):
        if percent:
            text = self.env._("Adjustment: %(percent)s %%", percent=f"{percent:+g}")
            walk.add(walk.total * percent / 100, text)

    @api.model
    def _walk_formula(self, walk, case, rule):
        """Adjustment, rounding, surcharge and margins of a rule, as in Odoo."""
        base = walk.total
        by_cost = rule.base == "standard_price"
        percent = rule.price_markup if by_cost else -rule.price_discount
        self._walk_percent(walk, round(percent, 2))
        if rule.price_round:
            self._walk_rounding(walk, rule.price_round)
        unit = case.product.uom_id
        if rule.price_surcharge:
            amount = unit._compute_price(rule.price_surcharge, case.uom)
            text = self.env._(
                "Extra fee of the rule: %(amount)s", amount=self._format(case, amount)
            )
            walk.add(amount, text)
        low = base + unit._compute_price(rule.price_min_margin, case.uom)
        if rule.price_min_margin and walk.total < low:
            walk.reach(low, self.env._("The rule's smallest margin counts."))
        high = base + unit._compute_price(rule.price_max_margin, case.uom)
        if rule.price_max_margin and walk.total > high:
            walk.reach(high, self.env._("The rule's largest margin counts."))

    @api.model
    def _walk_rounding(self, walk, step):
        rounded = float_round(walk.total, precision_rounding=step)
        if rounded != walk.total:
            walk.reach(rounded, self.env._("Rounded to %(step)s", step=f"{step:g}"))

    @api.model
    def _walk_rest(self, walk, case, price):
        """What other addons make of a price, so that the steps still add up."""
        if abs(walk.total - price) > 1e-6:
            walk.reach(price, self.env._("Something else changes the price."))

    @api.model
    def _walk_combo(self, walk, case, pricelist):
        """A choice's share of the price of its combo, as Odoo divides it."""
        item, whole = case.combo
        whole = whole._replace(currency=case.currency)
        rule = self._walk_list(walk, whole, pricelist)
        bases = {
            combo: combo.currency_id._convert(
                combo.base_price, case.currency, case.company, case.date
            )
            for combo in whole.product.product_tmpl_id.combo_ids
        }
        part = share(walk.total, bases, case.currency.round)[item.combo_id]
        text = self.env._(
            "Share of “%(combo)s” in %(product)s: %(amount)s",
            combo=item.combo_id.name,
            product=whole.product.display_name,
            amount=self._format(case, part),
        )
        walk.reach(part, text)
        # Odoo adds both as they are, whatever the currency.
        name = item.product_id.display_name
        self._add_extra(walk, case, item.extra_price, case.currency, name)
        template = case.product.product_tmpl_id
        for value in case.values:
            if value.product_tmpl_id == template:
                name = value.display_name
                self._add_extra(walk, case, value.price_extra, case.currency, name)
        return rule

    @api.model
    def _walk_taxes(self, walk, case):
        """Taxes inside of the price that a fiscal position exchanges."""
        if not case.position:
            return
        product = case.product
        price = product._get_tax_included_unit_price_from_price(
            walk.total,
            product_taxes=product.taxes_id._filter_taxes_by_company(case.company),
            fiscal_position=case.position,
        )
        if abs(price - walk.total) > 1e-6:
            text = self.env._(
                "Fiscal position %(position)s exchanges the tax inside: %(amount)s",
                position=case.position.name,
                amount=self._format(case, price),
            )
            walk.reach(price, text)

    @api.model
    def _format(self, case, amount):
        return format_amount(self.env, float(amount), case.currency)
