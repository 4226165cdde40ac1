from collections import namedtuple

from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.cascade import Settings, Validity, find_problem, resolve

SETTINGS = (
    "pricing_scenario_id",
    "pricing_group_id",
    "pricing_size_id",
    "pricing_use_type",
)
VALIDITY = ("active", "company_id", "date_start", "date_end")
# What of a customer decides: ids, False where there is none, and the use type
Key = namedtuple("Key", "scenario group size use_type")


class PricingResolver(models.AbstractModel):
    """Applies the cascade to customers, many at a time.

    Reads regardless of the user's rights: which price a customer pays does not depend
    on who asks.

    With ``sudo``: the outcome is the same whoever asks, whatever they may see of its
    parts.
    """

    _name = "pricing.resolver"
    _description = "Cascade of Scenarios"

    @api.model
    def _get_problems(self, company, date=None, scenarios=None):
        """Why scenarios cannot be used by a company on a day; usable ones are absent.

        :param scenarios: which ones to look at; all of them if left out
        :return: ``lib.cascade.Problem`` by id of the scenario
        """
        day = date or fields.Date.context_today(self)
        # Reading it, or who is active, would fetch all fields of the companies.
        company = company.sudo().with_context(active_test=False)
        company.fetch(["parent_path"])
        owners = company.parent_ids.ids
        if scenarios is None:
            known = self.env["pricing.scenario"].sudo().with_context(active_test=False)
            scenarios = known.search_fetch(Domain.TRUE, VALIDITY, order="id")
        else:
            scenarios.fetch(VALIDITY)
        problems = {
            scenario.id: find_problem(
                Validity(
                    active=scenario.active,
                    owner=scenario.company_id.id or None,
                    start=scenario.date_start or None,
                    end=scenario.date_end or None,
                ),
                owners,
                day,
            )
            for scenario in scenarios
        }
        return {id_: problem for id_, problem in problems.items() if problem}

    @api.model
    def _get_configs(self, company):
        """Mode and id of the scenario, by use type, of a company's configurations."""
        configs = self.env["pricing.advanced.config"].sudo()
        return {
            config.use_type: (config.mode, config.pricing_scenario_id.id)
            for config in configs.search_fetch(
                [("company_id", "=", company.id), ("pricing_scenario_id", "!=", False)],
                ["use_type", "mode", "pricing_scenario_id"],
                order="id",
            )
        }

    @api.model
    def _get_level_texts(self):
        """Name of each level of the cascade in the reader's language."""
        return {
            "override": self.env._("Advanced configuration, instead of all others"),
            "own": self.env._("Customer's own scenario"),
            "group": self.env._("Customer group"),
            "size": self.env._("Company size"),
            "fallback": self.env._("Advanced configuration, if nothing else"),
        }

    @api.model
    def _resolve(self, partners, company, *, date=None, use_type=None):
        """What the cascade says about each customer.

        :param partners: contacts count as their commercial customer
        :param use_type: a use type to suppose instead of the customers' own
        :return: ``lib.cascade.Outcome`` by id of the partner
        """
        partners = partners.sudo()
        partners.fetch(["commercial_partner_id", *SETTINGS])
        roots = partners.commercial_partner_id
        roots.fetch(SETTINGS)
        keys = {
            root.id: Key(
                root.pricing_scenario_id.id,
                root.pricing_group_id.id,
                root.pricing_size_id.id,
                use_type or root.pricing_use_type,
            )
            for root in roots
        }
        settings = self._get_settings(set(keys.values()), self._get_configs(company))
        named = {id_ for found in settings.values() for id_ in found.get_scenarios()}
        scenarios = self.env["pricing.scenario"].sudo().browse(named)
        problems = self._get_problems(company, date, scenarios)
        outcomes = {key: resolve(found, problems) for key, found in settings.items()}
        nothing = resolve(Settings(), problems)
        return {
            partner.id: outcomes.get(
                keys.get(partner.commercial_partner_id.id), nothing
            )
            for partner in partners
        }

    @api.model
    def _get_settings(self, keys, configs):
        """The settings of customers, for ``lib.cascade``, by ``Key``."""
        groups = self._get_named("pricing.customer.group", {key.group for key in keys})
        sizes = self._get_named("pricing.company.size", {key.size for key in keys})
        settings = {}
        for key in keys:
            mode, advanced = configs.get(key.use_type, (None, None))
            settings[key] = Settings(
                own=key.scenario or None,
                has_group=bool(key.group),
                group=groups.get(key.group),
                has_size=bool(key.size),
                size=sizes.get(key.size),
                has_use_type=bool(key.use_type),
                mode=mode,
                advanced=advanced,
            )
        return settings

    @api.model
    def _get_named(self, model, ids):
        """Ids of the scenarios that groups or sizes name, by their ids."""
        holders = self.env[model].sudo().browse(ids - {False})
        holders.fetch(["pricing_scenario_id"])
        return {holder.id: holder.pricing_scenario_id.id or None for holder in holders}

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
