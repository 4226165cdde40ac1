from collections import namedtuple
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import float_compare, format_amount

from ..lib.groups import Buyer
from ..lib.rates import compute_price
from ..models.pricing_contract import Request

# ``state``: ok, problem or info; ``lines``: texts
Section = namedtuple("Section", "title state lines")
# What the chain led to; without a price where the product is not sold
Found = namedtuple("Found", "outcome decision pricelist rule price")


class PricingExplanation(models.TransientModel):
    """Says which price a customer pays and why, or why there is none."""

    _name = "pricing.explanation"
    _description = "Why This Price?"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one("res.partner", "Customer", required=True)
    product_id = fields.Many2one("product.product")
    quantity = fields.Float(default=1.0, digits="Product Unit")
    uom_id = fields.Many2one("uom.uom", "Unit")
    origin_id = fields.Many2one(
        "pricing.origin",
        compute="_compute_origin_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    state_id = fields.Many2one(
        "res.country.state",
        "Destination State",
        compute="_compute_state_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    use_type = fields.Selection(
        selection=lambda self: (
            self.env["res.partner"]._fields["pricing_use_type"].selection
        ),
        compute="_compute_use_type",
        store=True,
        readonly=False,
        precompute=True,
    )
    order_line_id = fields.Many2one("sale.order.line", readonly=True)
    verdict = fields.Char(compute="_compute_explanation")
    found = fields.Boolean(compute="_compute_explanation")
    explanation = fields.Html(compute="_compute_explanation", sanitize=False)

    @api.depends("partner_id", "company_id")
    def _compute_origin_id(self):
        for wizard in self:
            order = self.env["sale.order"].new(
                {"partner_id": wizard.partner_id.id, "company_id": wizard.company_id.id}
            )
            wizard.origin_id = order.pricing_origin_id._origin

    @api.depends("partner_id")
    def _compute_state_id(self):
        for wizard in self:
            address = wizard.partner_id.address_get(["delivery"])["delivery"]
            partner = self.env["res.partner"].browse(address)
            wizard.state_id = partner.state_id

    @api.depends("partner_id")
    def _compute_use_type(self):
        for wizard in self:
            customer = wizard.partner_id.commercial_partner_id
            wizard.use_type = customer.pricing_use_type

    @api.model
    def _open(self, values):
        """Show the explanation; what is left out is taken from the customer."""
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Why This Price?"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
        }
        if not values.get("partner_id"):
            defaults = {f"default_{name}": value for name, value in values.items()}
            return {**action, "context": defaults}
        return {**action, "res_id": self.create(values).id}

    def action_print(self):
        """The explanation as a PDF."""
        self.ensure_one()
        report = self.env.ref("pricing_scenario.pricing_explanation_report")
        return report.report_action(self)

    @api.depends(
        "company_id",
        "partner_id",
        "product_id",
        "quantity",
        "uom_id",
        "origin_id",
        "state_id",
        "use_type",
    )
    def _compute_explanation(self):
        for wizard in self:
            if not wizard.partner_id:
                wizard.verdict = self.env._("Choose a customer.")
                wizard.found = False
                wizard.explanation = False
                continue
            found = wizard._find()
            wizard.found = bool(found.decision.contract) and (
                not wizard.product_id or found.price is not None
            )
            wizard.verdict = wizard._get_verdict(found)
            wizard.explanation = self.env["ir.qweb"]._render(
                "pricing_scenario.explanation_body",
                {"sections": wizard._get_sections(found)},
            )

    def _find(self):
        """Walk the chain with what the form says."""
        self.ensure_one()
        company, partner = self.company_id, self.partner_id._origin
        outcome = self.env["pricing.resolver"]._resolve(
            partner, company, use_type=self.use_type
        )[partner.id]
        country = self.state_id.country_id or partner.country_id
        buyer = Buyer(
            scenario=outcome.scenario,
            country=country.id or None,
            state=self.state_id.id or None,
            contributor=partner.commercial_partner_id.pricing_contributor,
        )
        request = Request(buyer, self.origin_id.id or None)
        decision = self.env["pricing.contract"]._decide({0: request})[0]
        pricelist = self._get_pricelist(partner, decision)
        rule, price = self._get_price(pricelist)
        return Found(outcome, decision, pricelist, rule, price)

    def _get_contract(self, decision):
        return self.env["pricing.contract"].sudo().browse(decision.contract or ())

    def _get_pricelist(self, partner, decision):
        order = self.order_line_id.order_id
        if order.pricing_list_manual:
            return order.pricelist_id
        own = self._get_contract(decision).pricelist_id
        return own or partner.with_company(self.company_id).property_product_pricelist

    def _get_obstacles(self):
        """Why the product is not sold at all."""
        product = self.product_id
        obstacles = []
        if not product.active:
            obstacles.append(self.env._("The product is archived."))
        if not product.sale_ok:
            obstacles.append(self.env._("The product is not for sale."))
        owner = product.company_id
        if owner and owner not in self.company_id.sudo().parent_ids:
            obstacles.append(
                self.env._(
                    "The product belongs to %(company)s alone.", company=owner.name
                )
            )
        return obstacles

    def _get_price(self, pricelist):
        """The rule and the price; no price where the product is not sold."""
        rules = self.env["product.pricelist.item"]
        if not self.product_id or self._get_obstacles():
            return rules, None
        pricelist = pricelist.sudo().with_company(self.company_id)
        price, rule = pricelist._get_product_price_rule(
            self.product_id.with_company(self.company_id),
            self.quantity or 1.0,
            uom=self._get_uom(),
            currency=self._get_currency(pricelist),
            date=self._get_date(),
        )
        return rules.sudo().browse(rule or ()), price

    def _get_uom(self):
        return self.uom_id or self.product_id.uom_id

    def _get_currency(self, pricelist):
        return pricelist.currency_id or self.company_id.currency_id

    def _get_date(self):
        return self.order_line_id.order_id.date_order or fields.Datetime.now()

    def _get_verdict(self, found):
        if found.price is not None:
            return self.env._(
                "%(customer)s pays %(price)s.",
                customer=self.partner_id.display_name,
                price=self._format(found, found.price),
            )
        if self.product_id:
            return self.env._(
                "%(customer)s sees no price: %(reason)s",
                customer=self.partner_id.display_name,
                reason=self._get_obstacles()[0],
            )
        contracts = self.env["pricing.contract"]
        reason = contracts._get_problem_text(found.decision.problem)
        return reason or self.env._(
            "%(customer)s buys from pricelist %(pricelist)s.",
            customer=self.partner_id.display_name,
            pricelist=found.pricelist.name,
        )

    def _get_sections(self, found):
        """The chain from the cascade to the price."""
        sections = [
            self._explain_scenario(found.outcome),
            self._explain_group(found.decision),
            self._explain_contract(found),
        ]
        if self.product_id:
            sections.append(self._explain_rule(found))
            if found.price is not None and found.rule.pricing_generated:
                sections.append(self._explain_arithmetic(found))
        if self.order_line_id and found.price is not None:
            sections.append(self._explain_line(found))
        return sections

    def _explain_scenario(self, outcome):
        levels = self.env["pricing.resolver"]._get_level_texts()
        problems = {
            "no_use_type": self.env._("the customer has no use type"),
            "no_config": self.env._("not configured for the use type"),
            "no_group": self.env._("the customer is in no group"),
            "no_size": self.env._("the customer has no company size"),
            "not_set": self.env._("names no scenario"),
            "archived": self.env._("the scenario is archived"),
            "other_company": self.env._("the scenario belongs to another company"),
            "not_yet_valid": self.env._("the scenario is not valid yet"),
            "expired": self.env._("the scenario is no longer valid"),
        }
        lines = []
        for step in outcome.steps:
            scenario = self.env["pricing.scenario"].sudo().browse(step.scenario or ())
            parts = [levels[step.level]]
            parts += [scenario.name] if scenario else []
            parts += [problems[step.problem]] if step.problem else []
            lines.append(": ".join(parts))
        state = "ok" if outcome.scenario else "problem"
        return Section(self.env._("Scenario"), state, lines)

    def _explain_group(self, decision):
        title = self.env._("Channel group")
        if not decision.group:
            contracts = self.env["pricing.contract"]
            reason = contracts._get_problem_text(decision.problem)
            return Section(title, "problem", [reason])
        group = self.env["pricing.channel.group"].sudo().browse(decision.group)
        lines = [group.name]
        if not group.state_id:
            lines.append(self.env._("One group for the whole country."))
        return Section(title, "ok", lines)

    def _explain_contract(self, found):
        title = self.env._("Contract")
        contract = self._get_contract(found.decision)
        lines = []
        if contract:
            lines.append(contract.display_name)
        elif found.decision.group:
            contracts = self.env["pricing.contract"]
            lines.append(contracts._get_problem_text(found.decision.problem))
        if contract.manual:
            lines.append(self.env._("The contract was made or changed by hand."))
        if self.order_line_id.order_id.pricing_list_manual:
            lines.append(self.env._("The order's pricelist was chosen by hand."))
        elif not contract:
            lines.append(self.env._("Without a contract Odoo's own pricelist counts."))
        lines.append(
            self.env._(
                "Pricelist: %(pricelist)s",
                pricelist=found.pricelist.name or self.env._("none"),
            )
        )
        if found.pricelist.sudo().pricing_group_id.scenario_id.to_generate:
            lines.append(
                self.env._(
                    "The scenario was changed since the pricelist was generated."
                )
            )
        return Section(title, "ok" if contract else "problem", lines)

    def _explain_rule(self, found):
        title = self.env._("Pricelist rule")
        if obstacles := self._get_obstacles():
            return Section(title, "problem", obstacles)
        rule = found.rule
        if not rule:
            text = self.env._("No rule is about the product: its sales price counts.")
            return Section(title, "info", [text])
        lines = [f"{rule.name}: {rule.price}"]
        if rule.pricing_rule_id:
            lines.append(
                self.env._(
                    "Adjustment of the scenario: %(rule)s",
                    rule=rule.pricing_rule_id.display_name,
                )
            )
        elif rule.pricing_rule_key:
            lines.append(self.env._("The adjustment has been deleted."))
        elif not rule.pricing_generated:
            lines.append(self.env._("A person made this rule."))
        return Section(title, "ok", lines)

    def _explain_arithmetic(self, found):
        rule, uom = found.rule, self._get_uom()
        currency = self._get_currency(found.pricelist)
        base = rule._compute_base_price(
            self.product_id.with_company(self.company_id),
            self.quantity or 1.0,
            uom,
            self._get_date(),
            currency,
        ) / float(rule._get_pricing_factor())
        # Binary fractions leave traces far behind the digits of a price.
        amounts = compute_price(
            Decimal(str(round(base, 6))),
            Decimal(str(rule.pricing_rate_contained)),
            Decimal(str(rule.pricing_rate)) if rule.pricing_gross_up else None,
            Decimal(str(round(-rule.price_discount, 2))),
            Decimal(str(rule.price_round or 0.01)),
        )
        return Section(
            self.env._("Arithmetic"), "info", self._get_steps(found, amounts)
        )

    def _get_steps(self, found, amounts):
        """The amounts of ``lib.rates.Arithmetic`` as sentences."""
        base = found.rule._get_pricing_base_name()
        lines = [
            self.env._(
                "Base (%(base)s): %(amount)s",
                base=base,
                amount=self._format(found, amounts.base),
            )
        ]
        if amounts.percent is None:
            lines.append(self.env._("No interstate rate: the tax inside stays."))
        else:
            lines += self._get_tax_steps(found, amounts)
        if amounts.adjustment:
            lines.append(
                self.env._(
                    "Adjustment: %(percent)s %%",
                    percent=f"{float(amounts.adjustment):+g}",
                )
            )
        lines.append(
            self.env._("Price: %(amount)s", amount=self._format(found, amounts.price))
        )
        return lines

    def _get_tax_steps(self, found, amounts):
        rate = found.rule.pricing_rate_id.name
        return [
            self.env._(
                "Net of %(percent)s %%: × (1 − %(share)s) = %(amount)s",
                percent=f"{float(amounts.contained):g}",
                share=f"{float(amounts.contained / 100):g}",
                amount=self._format(found, amounts.net),
            ),
            self.env._(
                "With %(percent)s %% inside (%(rate)s): ÷ (1 − %(share)s) = %(amount)s",
                percent=f"{float(amounts.percent):g}",
                rate=rate or self.env._("rate no longer in the table"),
                share=f"{float(amounts.percent / 100):g}",
                amount=self._format(found, amounts.gross),
            ),
        ]

    def _explain_line(self, found):
        line = self.order_line_id
        digits = self.env["decimal.precision"].precision_get("Product Price")
        text = self.env._(
            "The line has %(price)s.", price=self._format(found, line.price_unit)
        )
        lines = [text]
        if float_compare(line.price_unit, found.price, precision_digits=digits):
            lines.append(
                self.env._(
                    "That is not this price: it was changed by hand, or the prices "
                    "were not updated since something changed."
                )
            )
        return Section(self.env._("Order line"), "info", lines)

    def _format(self, found, amount):
        currency = self._get_currency(found.pricelist)
        return format_amount(self.env, float(amount), currency)
