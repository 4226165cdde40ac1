from collections import namedtuple

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import float_compare, format_amount

from ..lib.groups import Situation
from ..models.pricing_contract import Request
from ..models.sale_order import OPEN_STATES

# ``state``: ok, problem or info; ``lines``: texts
Section = namedtuple("Section", "title state lines")
# What the chain led to; ``priced`` is None where there is no product to sell
Found = namedtuple("Found", "outcome decision pricelist priced")


class PricingExplanation(models.TransientModel):
    """Says which price a customer pays and why, or why there is none.

    With ``sudo``: who may ask why a price is what it is need not see all that it is
    made of.
    """

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
    order_id = fields.Many2one("sale.order", readonly=True)
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
        "order_id",
        "order_line_id",
    )
    def _compute_explanation(self):
        for wizard in self:
            if not wizard.partner_id:
                wizard.verdict = self.env._("Choose a customer.")
                wizard.found = False
                wizard.explanation = False
                continue
            found = wizard._find()
            wizard.found = (
                bool(found.decision.contract)
                and bool(found.priced or not wizard.product_id)
                and not wizard._is_outdated(found)
            )
            wizard.verdict = wizard._get_verdict(found)
            wizard.explanation = self.env["ir.qweb"]._render(
                "pricing_scenario.explanation_body",
                {"sections": wizard._get_sections(found)},
            )

    def _find(self):
        """Walk the chain with what the form says.

        :raises AccessError: of a company that is not the reader's
        """
        self.ensure_one()
        if self.company_id not in self.env.user.company_ids and not self.env.su:
            raise AccessError(self.env._("Prices of other companies are not yours."))
        company, partner = self.company_id, self.partner_id._origin
        outcome = self.env["pricing.resolver"]._resolve(
            partner, company, use_type=self.use_type
        )[partner.id]
        country = self.state_id.country_id or partner.country_id
        situation = Situation(
            scenario=outcome.scenario,
            country=country.id or None,
            state=self.state_id.id or None,
            contributor=partner.commercial_partner_id.pricing_contributor,
        )
        request = Request(situation, self.origin_id.id or None)
        decision = self.env["pricing.contract"]._decide({0: request})[0]
        pricelist = self._get_pricelist(partner, decision)
        return Found(outcome, decision, pricelist, self._get_priced(pricelist))

    def _get_contract(self, decision):
        return self.env["pricing.contract"].sudo().browse(decision.contract or ())

    def _get_pricelist(self, partner, decision):
        order = self.order_id
        if order and not order._uses_pricing_contract():
            return order.pricelist_id
        own = self._get_contract(decision).pricelist_id
        return own or partner.with_company(self.company_id).property_product_pricelist

    def _is_outdated(self, found):
        """Whether the order has something else than it would get now."""
        order = self.order_id
        if not order or not order._uses_pricing_contract():
            return False
        contract = self._get_contract(found.decision)
        return order.pricing_contract_id != contract or (
            order.pricelist_id != found.pricelist
        )

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

    def _get_priced(self, pricelist):
        """Rule, steps and price under a list; None where the product is not sold."""
        if not self.product_id or self._get_obstacles():
            return None
        arithmetic = self.env["pricing.arithmetic"]
        case = self._get_case()._replace(currency=self._get_currency(pricelist))
        return arithmetic._price(case, pricelist)

    def _get_case(self):
        """What is sold: what the line says, with the product and quantity above."""
        arithmetic = self.env["pricing.arithmetic"]
        product = self.product_id
        if line := self._get_line():
            case = arithmetic._get_line_case(line)
            return case._replace(quantity=self.quantity or 1.0)
        return arithmetic._get_case(
            product, self.quantity, self.uom_id, None, self.company_id
        )

    def _get_line(self):
        """The order's line, as long as the form is about its product."""
        line = self.order_line_id
        return line if line.product_id == self.product_id else line.browse()

    def _get_currency(self, pricelist):
        return pricelist.currency_id or self.company_id.currency_id

    def _get_verdict(self, found):
        customer = self.partner_id.display_name
        line = self._get_line()
        if found.priced and line and self._is_outdated(found):
            return self.env._(
                "The order has %(price)s; decided anew it would have %(new_price)s.",
                price=format_amount(self.env, line.price_unit, line.currency_id),
                new_price=self._format(found.pricelist, found.priced.price),
            )
        if found.priced:
            return self.env._(
                "%(customer)s pays %(price)s.",
                customer=customer,
                price=self._format(found.pricelist, found.priced.price),
            )
        if self.product_id:
            return self.env._(
                "%(customer)s sees no price: %(reason)s",
                customer=customer,
                reason=self._get_obstacles()[0],
            )
        if self._is_outdated(found):
            return self.env._(
                "The order has pricelist %(pricelist)s; decided anew it would have "
                "%(new_pricelist)s.",
                pricelist=self.order_id.pricelist_id.name or self.env._("none"),
                new_pricelist=found.pricelist.name or self.env._("none"),
            )
        contracts = self.env["pricing.contract"]
        reason = contracts._get_problem_text(found.decision.problem)
        return reason or self.env._(
            "%(customer)s buys from pricelist %(pricelist)s.",
            customer=customer,
            pricelist=found.pricelist.name,
        )

    def _get_sections(self, found):
        """The chain from the cascade to the price, after what an old order has."""
        outdated = self._is_outdated(found)
        sections = self._explain_order(found) if outdated else []
        sections += [
            self._explain_scenario(found.outcome),
            self._explain_group(found.decision),
            self._explain_contract(found),
        ]
        if self.product_id:
            sections += self._explain_price(found.pricelist, found.priced)
        if self._get_line() and found.priced and not outdated:
            sections.append(self._explain_line(found.pricelist, found.priced.price))
        return sections

    def _explain_order(self, found):
        """What the order has, where it would get something else now."""
        order = self.order_id
        none = self.env._("none")
        lines = [
            self.env._(
                "Contract: %(contract)s",
                contract=order.pricing_contract_id.sudo().display_name or none,
            ),
            self.env._(
                "Pricelist: %(pricelist)s", pricelist=order.pricelist_id.name or none
            ),
        ]
        sections = [Section(self.env._("What the order has"), "info", lines)]
        if self._get_line() and found.priced:
            pricelist = order.pricelist_id
            priced = self._get_priced(pricelist)
            sections += self._explain_price(pricelist, priced)
            sections.append(self._explain_line(pricelist, priced.price))
        text = (
            self.env._("“Update Prices” takes it.")
            if order.state in OPEN_STATES
            else self.env._("The order keeps what it has.")
        )
        title = self.env._("What it would have, decided anew")
        return [*sections, Section(title, "problem", [text])]

    def _explain_price(self, pricelist, priced):
        """Rule and calculation under a pricelist."""
        if not priced:
            title = self.env._("Pricelist rule")
            return [Section(title, "problem", self._get_obstacles())]
        sections = [
            self._explain_rule(priced),
            self._get_steps_section(pricelist, priced),
        ]
        if warning := self._get_tax_warning(priced.rule):
            sections.append(Section(self.env._("Taxes"), "problem", [warning]))
        return sections

    def _get_tax_warning(self, rule):
        """That a tax inside the price is perhaps added on top, too."""
        inside = rule.pricing_rate or rule.pricing_rate_contained
        if not rule.pricing_gross_up or not inside:
            return False
        products = self.env["product.template"]
        if line := self._get_line():
            taxes = line.sudo().tax_ids
            taxes = taxes.filtered_domain(products._get_on_top_domain(line.company_id))
        else:
            taxes = self.product_id.product_tmpl_id._get_taxes_on_top(self.company_id)
        return products._get_tax_warning(taxes)

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
        order = self.order_id
        if order.pricing_list_manual:
            lines.append(self.env._("The order's pricelist was chosen by hand."))
        elif order and not order._uses_pricing_contract():
            lines.append(self.env._("No contract decides about the order's prices."))
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

    def _explain_rule(self, priced):
        title = self.env._("Pricelist rule")
        rule = priced.rule
        if not rule:
            text = self.env._("No rule is about the product: its sales price counts.")
            return Section(title, "info", [text])
        lines = [f"{rule.name}: {rule.price}"]
        if rule.min_quantity:
            lines.append(
                self.env._(
                    "The rule counts from %(quantity)s %(unit)s.",
                    quantity=f"{rule.min_quantity:g}",
                    unit=self.product_id.uom_id.name,
                )
            )
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

    def _get_steps_section(self, pricelist, priced):
        """The calculation; its last line is the price."""
        lines = [step.text for step in priced.walk.steps]
        price = self._format(pricelist, priced.price)
        lines.append(self.env._("Price: %(amount)s", amount=price))
        return Section(self.env._("Arithmetic"), "info", lines)

    def _explain_line(self, pricelist, price):
        """Whether the line has the price that its list gives."""
        line = self.order_line_id
        digits = self.env["decimal.precision"].precision_get("Product Price")
        text = self.env._(
            "The line has %(price)s.",
            price=format_amount(self.env, line.price_unit, line.currency_id),
        )
        lines = [text]
        if float_compare(line.price_unit, price, precision_digits=digits):
            lines.append(
                self.env._(
                    "That is not this price: it was changed by hand, or the prices "
                    "were not updated since something changed."
                )
            )
        return Section(self.env._("Order line"), "info", lines)

    def _format(self, pricelist, amount):
        return format_amount(self.env, amount, self._get_currency(pricelist))
