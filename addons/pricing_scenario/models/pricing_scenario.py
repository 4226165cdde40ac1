from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache


class PricingScenario(models.Model):
    """A way to sell: base price, adjustments and the places it is for.

    With ``sudo``: what uses a scenario, and what is still to generate, counts for all
    users.
    """

    _name = "pricing.scenario"
    _description = "Sales Scenario"
    _inherit = ["mail.thread", "pricing.cascade.mixin", "pricing.source.mixin"]
    _order = "sequence, name, id"
    _check_company_auto = True

    _pricing_source_fields = frozenset(
        {
            "active",
            "base",
            "base_pricelist_id",
            "company_id",
            "country_id",
            "national",
            "rate_contained",
            "state_ids",
        }
    )

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        help="Empty: a scenario of all companies.",
    )
    country_id = fields.Many2one(
        "res.country",
        default=lambda self: self.env.company.country_id,
        help="Customers in other countries have no price by state in it.",
    )
    national = fields.Boolean(
        compute="_compute_national",
        store=True,
        readonly=False,
        precompute=True,
        help="One channel group for all states, where tax does not differ by state.",
    )
    state_ids = fields.Many2many(
        "res.country.state",
        string="States",
        domain="[('country_id', '=', country_id)]",
        help="Empty: all states of the country.",
    )
    base = fields.Selection(
        [
            ("list_price", "Sales Price"),
            ("standard_price", "Cost"),
            ("pricelist", "Other Pricelist"),
        ],
        string="Base Price",
        required=True,
        default="list_price",
        tracking=True,
    )
    base_pricelist_id = fields.Many2one(
        "product.pricelist", tracking=True, ondelete="restrict"
    )
    rate_contained = fields.Float(
        "Tax Inside the Base Price (%)",
        digits=(16, 4),
        tracking=True,
        help="Rate of the interstate tax that the base price already contains; 0 for a "
        "net price.",
    )
    date_start = fields.Date("Valid From")
    date_end = fields.Date("Valid Until", help="The last day.")
    rule_ids = fields.One2many(
        "pricing.scenario.rule", "scenario_id", "Adjustments", copy=True
    )
    to_generate = fields.Boolean(
        readonly=True,
        copy=False,
        help="What the generated lists come from was changed since. Prices stay as "
        "they are until the scenario is generated.",
    )
    channel_group_ids = fields.One2many("pricing.channel.group", "scenario_id")
    channel_group_count = fields.Integer(compute="_compute_counts")
    contract_count = fields.Integer(compute="_compute_counts")
    gap_count = fields.Integer(compute="_compute_counts")
    usage = fields.Char("Used By", compute="_compute_usage")
    tax_on_top_count = fields.Integer(
        "Products With Tax on Top",
        compute="_compute_tax_on_top_count",
        help="The price has tax inside: customers may pay it twice.",
    )

    _rate_contained_range = models.Constraint(
        "CHECK (rate_contained >= 0 AND rate_contained < 100)",
        "The tax inside the base price is from 0 to less than 100 %.",
    )
    _dates_in_order = models.Constraint(
        "CHECK (date_start IS NULL OR date_end IS NULL OR date_start <= date_end)",
        "A scenario ends on the day it starts, or later.",
    )

    @api.depends("country_id")
    def _compute_national(self):
        # Brazil's ICMS differs by state; elsewhere one group is enough.
        for scenario in self:
            scenario.national = scenario.country_id.code != "BR"

    def _compute_counts(self):
        counts = {}
        for model, field in (
            ("pricing.channel.group", "scenario_id"),
            ("pricing.contract", "scenario_id"),
            ("pricing.gap", "scenario_id"),
        ):
            groups = self.env[model]._read_group(
                [(field, "in", self.ids)], [field], ["__count"]
            )
            counts[model] = {scenario.id: count for scenario, count in groups}
        for scenario in self:
            key = scenario._origin.id
            scenario.channel_group_count = counts["pricing.channel.group"].get(key, 0)
            scenario.contract_count = counts["pricing.contract"].get(key, 0)
            scenario.gap_count = counts["pricing.gap"].get(key, 0)

    def _compute_tax_on_top_count(self):
        inside = self._origin.filtered(lambda scenario: scenario._contains_tax())
        same = inside.grouped(lambda scenario: scenario._get_origins().company_id)
        counts = {}
        for scenarios in same.values():
            domain = scenarios[0]._get_tax_on_top_domain()
            count = self.env["product.template"].search_count(domain)
            counts |= dict.fromkeys(scenarios.ids, count)
        for scenario in self:
            scenario.tax_on_top_count = counts.get(scenario._origin.id, 0)

    def _get_tax_on_top_domain(self):
        """Products that have a tax which is added to the scenario's price."""
        self.ensure_one()
        companies = self._origin._get_origins().company_id
        on_top = self.env["product.template"]._get_on_top_domain(companies)
        return Domain("sale_ok", "=", True) & Domain("taxes_id", "any", on_top)

    def _contains_tax(self):
        """Whether prices of one of the scenarios have tax inside."""
        if any(self.mapped("rate_contained")):
            return True
        items = self.env["product.pricelist.item"].sudo()
        rated = Domain("pricing_generated", "=", True) & Domain("pricing_rate", ">", 0)
        ours = Domain("pricelist_id.pricing_group_id.scenario_id", "in", self.ids)
        return bool(items.search(rated & ours, limit=1))

    @api.model
    def _has_tax_inside(self, companies):
        """Whether one of the companies sells at prices with tax inside."""
        return self._search_active(self._get_seller_domain(companies))._contains_tax()

    def action_view_tax_on_top(self):
        """The products that may be charged a tax twice."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Products With Tax on Top"),
            "res_model": "product.template",
            "view_mode": "list,form",
            "domain": list(self._get_tax_on_top_domain()),
        }

    def _compute_usage(self):
        users = {scenario.id: [] for scenario in self._origin}
        for model, text in self._get_users().items():
            domain = Domain("pricing_scenario_id", "in", self.ids)
            if model == "res.partner":
                domain &= self.env[model]._get_pricing_customer_domain()
            groups = (
                self.env[model]
                .sudo()
                ._read_group(domain, ["pricing_scenario_id"], ["__count"])
            )
            for scenario, count in groups:
                users[scenario.id].append(f"{text}: {count}")
        for scenario in self:
            scenario.usage = ", ".join(users.get(scenario._origin.id, ())) or False

    def _get_users(self):
        """Models with a ``pricing_scenario_id`` and how people call their records."""
        return {
            "res.partner": self.env._("customers"),
            "pricing.customer.group": self.env._("customer groups"),
            "pricing.company.size": self.env._("company sizes"),
            "pricing.advanced.config": self.env._("advanced configurations"),
        }

    @api.constrains("state_ids", "country_id")
    def _check_states(self):
        for scenario in self:
            foreign = scenario.state_ids.filtered(
                lambda state, country=scenario.country_id: state.country_id != country
            )
            if foreign:
                raise ValidationError(
                    self.env._(
                        "These states are not in the scenario's country: %(states)s.",
                        states=", ".join(foreign.mapped("name")),
                    )
                )

    @api.constrains("base", "base_pricelist_id", "company_id")
    def _check_base_pricelist(self):
        for scenario in self.filtered(lambda s: s.base == "pricelist"):
            if not scenario.base_pricelist_id:
                raise ValidationError(
                    self.env._("Choose the pricelist that the scenario is based on.")
                )
            owner = scenario.base_pricelist_id.company_id
            if owner and owner != scenario.company_id:
                raise ValidationError(
                    self.env._(
                        "The base pricelist belongs to %(company)s alone. Choose one "
                        "of all companies, or one of the scenario's company.",
                        company=owner.name,
                    )
                )
            scenario._check_cycle()

    def _check_cycle(self):
        """Follow the base pricelists.

        :raises ValidationError: one of them is a list of this scenario
        """
        self.ensure_one()
        seen = self.env["product.pricelist"]
        todo = self.base_pricelist_id
        while todo:
            found = todo.filtered(lambda li: li.pricing_group_id.scenario_id == self)
            if found:
                raise ValidationError(
                    self.env._(
                        "Scenario %(scenario)s would be based on its own prices: "
                        "pricelist %(pricelist)s is one of its lists.",
                        scenario=self.name,
                        pricelist=found[0].name,
                    )
                )
            seen |= todo
            items = todo.item_ids.filtered(lambda item: item.base == "pricelist")
            todo = items.base_pricelist_id - seen

    @api.model_create_multi
    def create(self, vals_list):
        scenarios = super().create(vals_list)
        self.env.registry.clear_cache()
        scenarios._generate()
        return scenarios

    def copy_data(self, default=None):
        return [
            {**vals, "name": self.env._("%(name)s (copy)", name=scenario.name)}
            for scenario, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def write(self, vals):
        if vals.get("active") is False:
            self._check_unused()
        result = super().write(vals)
        if not vals.keys().isdisjoint({"active", "company_id"}):
            self.env.registry.clear_cache()
        return result

    def _check_unused(self):
        """:raises UserError: customers, groups, sizes or configurations use it"""
        for scenario in self.filtered("active"):
            if scenario.usage:
                raise UserError(
                    self.env._(
                        "Scenario %(scenario)s is in use (%(usage)s). Give them "
                        "another scenario before you archive it.",
                        scenario=scenario.name,
                        usage=scenario.usage,
                    )
                )

    @api.model
    def _get_holders(self):
        return dict.fromkeys(self._get_users(), "pricing_scenario_id")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_unused()
        self._check_not_held()

    def unlink(self):
        groups = self.env["pricing.channel.group"].with_context(active_test=False)
        groups.search([("scenario_id", "in", self.ids)])._retire_lists()
        self.env.registry.clear_cache()
        return super().unlink()

    def _get_origins(self):
        """Origins that sell in the scenario: of its company and branches, or all."""
        self.ensure_one()
        domain = (
            [("company_id", "child_of", self.company_id.id)] if self.company_id else []
        )
        # Every origin, also those of companies that the user has not switched on
        return self.env["pricing.origin"].sudo().search(domain)

    def _get_destinations(self):
        """States that have a channel group; an empty record stands for all of them."""
        self.ensure_one()
        empty = self.env["res.country.state"]
        if self.national:
            return [empty]
        return list(self.state_ids or self.country_id.state_ids) or [empty]

    @api.model
    def _get_seller_domain(self, companies):
        """Scenarios in which origins of one of the companies sell."""
        if not companies:
            return Domain.FALSE
        owners = companies.sudo().parent_ids.ids
        return Domain("company_id", "in", [False, *owners])

    @api.model
    def _search_active(self, domain):
        """Scenarios that lists are generated for, regardless of the user's rights."""
        return self.sudo().search(Domain("active", "=", True) & domain)

    @api.model
    @ormcache("company_id")
    def _is_used_by(self, company_id):
        """Whether there is a scenario in which a company sells."""
        company = self.env["res.company"].browse(company_id)
        return bool(self._search_active(self._get_seller_domain(company)))

    @api.model
    @ormcache()
    def _is_used(self):
        """Whether there is any scenario."""
        return bool(self._search_active(Domain.TRUE))

    def _get_pricing_source(self):
        if not self.active:
            return None
        places = self.env["res.country.state"].concat(*self._get_destinations())
        return (
            self.company_id.id,
            frozenset(places.ids),
            self.base,
            self.base == "pricelist" and self.base_pricelist_id.id,
            self.rate_contained,
        )

    def _get_source_scenarios(self):
        return self

    def _mark_to_generate(self):
        """Note that generating the scenarios may change their lists."""
        unmarked = self.sudo().filtered(lambda scenario: not scenario.to_generate)
        unmarked.write({"to_generate": True})

    def _mark_generated(self):
        """Note that generating the scenarios would change nothing."""
        self.sudo().filtered("to_generate").write({"to_generate": False})

    def _generate(self):
        """Make channel groups, pricelists and contracts what the scenarios say."""
        generator = self.env["pricing.generator"]
        generator._apply(generator._plan(self))
        self._mark_generated()

    def action_generate(self):
        """Open the preview of what generating would change."""
        return self.env["pricing.generation"]._open(self)

    def action_view_channel_groups(self):
        """The scenario's channel groups."""
        return self._get_action("pricing_scenario.pricing_channel_group_action")

    def action_view_contracts(self):
        """The scenario's contracts."""
        return self._get_action("pricing_scenario.pricing_contract_action")

    def action_view_gaps(self):
        """What the scenario has no contract for."""
        return self._get_action("pricing_scenario.pricing_gap_action")

    def _get_action(self, xmlid):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return {**action, "domain": [("scenario_id", "in", self.ids)]}
