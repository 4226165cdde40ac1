from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.cascade import Settings, resolve

SETTINGS = (
    "pricing_scenario_id",
    "pricing_group_id",
    "pricing_size_id",
    "pricing_use_type",
)


class PricingResolver(models.AbstractModel):
    """Applies the cascade to customers, many at a time.

    Reads regardless of the user's rights: which price a customer pays does not depend
    on who asks.
    """

    _name = "pricing.resolver"
    _description = "Cascade of Scenarios"

    @api.model
    def _get_problems(self, company, date=None):
        """Why scenarios cannot be used by a company on a day; usable ones are absent.

        :return: ``lib.cascade.Problem`` by id of the scenario
        """
        date = date or fields.Date.context_today(self)
        owners = [False, *company.sudo().parent_ids.ids]
        reasons = {
            "archived": Domain("active", "=", False),
            "other_company": Domain("company_id", "not in", owners),
            "not_yet_valid": Domain("date_start", ">", date),
            "expired": Domain("date_end", "<", date),
        }
        known = self.env["pricing.scenario"].sudo().with_context(active_test=False)
        problems = {}
        for scenario in known.search(Domain.OR(reasons.values())):
            problems[scenario.id] = next(
                reason
                for reason, domain in reasons.items()
                if scenario.filtered_domain(domain)
            )
        return problems

    @api.model
    def _get_configs(self, company):
        """Mode and id of the scenario, by use type, of a company's configurations."""
        configs = self.env["pricing.advanced.config"].sudo()
        return {
            config.use_type: (config.mode, config.pricing_scenario_id.id)
            for config in configs.search(
                [("company_id", "=", company.id), ("pricing_scenario_id", "!=", False)]
            )
        }

    @api.model
    def _resolve(self, partners, company, *, date=None, use_type=None):
        """What the cascade says about each customer.

        :param partners: contacts count as their commercial customer
        :param use_type: a use type to suppose instead of the customers' own
        :return: ``lib.cascade.Outcome`` by id of the partner
        """
        partners = partners.sudo()
        partners.fetch(["commercial_partner_id"])
        roots = partners.commercial_partner_id
        roots.fetch(SETTINGS)
        problems = self._get_problems(company, date)
        configs = self._get_configs(company)
        known = {}
        outcomes = {}
        for root in roots:
            key = (
                root.pricing_scenario_id.id,
                root.pricing_group_id.id,
                root.pricing_size_id.id,
                use_type or root.pricing_use_type,
            )
            outcome = known.get(key)
            if outcome is None:
                settings = self._get_settings(root, key[-1], configs)
                outcome = known[key] = resolve(settings, problems)
            outcomes[root.id] = outcome
        return {
            partner.id: outcomes.get(partner.commercial_partner_id.id)
            or resolve(Settings(), problems)
            for partner in partners
        }

    @api.model
    def _get_settings(self, partner, use_type, configs):
        """The settings of one customer, for ``lib.cascade``."""
        group, size = partner.pricing_group_id, partner.pricing_size_id
        mode, advanced = configs.get(use_type, (None, None))
        return Settings(
            own=partner.pricing_scenario_id.id or None,
            has_group=bool(group),
            group=group.pricing_scenario_id.id or None,
            has_size=bool(size),
            size=size.pricing_scenario_id.id or None,
            has_use_type=bool(use_type),
            mode=mode,
            advanced=advanced,
        )

    @api.model
    def _get_level_domains(self, company, configs=None):
        """What leads to a usable scenario, level by level, as the cascade looks at it.

        :return: for each level a dict of domains on ``res.partner`` by scenario id
        """
        problems = self._get_problems(company)
        scenarios = self.env["pricing.scenario"].sudo()
        usable = scenarios.search([("id", "not in", list(problems))]).ids
        if configs is None:
            configs = self._get_configs(company)
        advanced = {"override": {}, "fallback": {}}
        for use_type, (mode, scenario) in configs.items():
            if scenario in usable:
                domain = Domain("pricing_use_type", "=", use_type)
                before = advanced[mode].get(scenario, Domain.FALSE)
                advanced[mode][scenario] = before | domain
        return [
            advanced["override"],
            {id_: Domain("pricing_scenario_id", "=", id_) for id_ in usable},
            self._get_holder_domains(
                "pricing.customer.group", "pricing_group_id", usable
            ),
            self._get_holder_domains("pricing.company.size", "pricing_size_id", usable),
            advanced["fallback"],
        ]

    @api.model
    def _get_holder_domains(self, model, field, usable):
        holders = self.env[model].sudo().with_context(active_test=False)
        groups = holders._read_group(
            [("pricing_scenario_id", "in", usable)],
            ["pricing_scenario_id"],
            ["id:array_agg"],
        )
        return {scenario.id: Domain(field, "in", ids) for scenario, ids in groups}

    @api.model
    def _get_nothing_domain(self, levels):
        """Customers whom none of the levels gives a scenario."""
        return ~Domain.OR(domain for level in levels for domain in level.values())

    @api.model
    def _get_scenario_domain(self, levels, scenarios):
        """Customers whose first level with a usable scenario names one of these."""
        found = Domain.FALSE
        for index, level in enumerate(levels):
            wanted = Domain.OR(level[id_] for id_ in level.keys() & scenarios)
            found |= wanted & self._get_nothing_domain(levels[:index])
        return found
