from collections import namedtuple

from odoo import api, models
from odoo.tools import float_round

from ..lib.plan import Row, make_plan
from ..lib.rates import distinguishes_contributors, find_rate

# Kinds of rows in the order in which they are made
KINDS = ("group", "pricelist", "rule", "contract")
MODELS = {
    "group": "pricing.channel.group",
    "pricelist": "product.pricelist",
    "rule": "product.pricelist.item",
    "contract": "pricing.contract",
}
RULE_FIELDS = (
    "applied_on",
    "product_tmpl_id",
    "categ_id",
    "pricing_brand_id",
    "compute_price",
    "base",
    "base_pricelist_id",
    "price_discount",
    "price_round",
    "date_start",
    "date_end",
    "pricing_rate_id",
    "pricing_gross_up",
    "pricing_rate_contained",
    "pricing_rate",
)
# A channel group: scenario, state or None, use; ids
GroupKey = namedtuple("GroupKey", "scenario state use")
ListKey = namedtuple("ListKey", "group origin")
RuleKey = namedtuple("RuleKey", "list rule imported")
# Plans, ids of stored rows and wanted values, each by kind
Generation = namedtuple("Generation", "plans ids wanted")


class PricingGenerator(models.AbstractModel):
    """Makes channel groups, pricelists, rules and contracts of scenarios.

    What is wanted and what is stored are compared in memory, by keys that exist before
    the rows do, so that a plan can be shown before anything is written.

    With ``sudo``: what is generated is the same, whoever generates.
    """

    _name = "pricing.generator"
    _description = "Generator of Pricelists"

    @api.model
    def _plan(self, scenarios):
        """What generating would change.

        :return: ``Generation``: ``lib.plan.Plan``, ids and wanted values by kind
        """
        scenarios = scenarios.sudo()
        wanted = self._get_wanted(scenarios)
        present = self._get_present(scenarios)
        # An archived list keeps its rules.
        present["rule"] = {
            key: row
            for key, row in present["rule"].items()
            if key.list in wanted["pricelist"]
        }
        return Generation(
            {kind: make_plan(wanted[kind], present[kind]) for kind in KINDS},
            {kind: {k: row.id for k, row in present[kind].items()} for kind in KINDS},
            wanted,
        )

    @api.model
    def _get_wanted(self, scenarios):
        wanted = {kind: {} for kind in KINDS}
        tables = {}
        for scenario in scenarios.filtered("active"):
            origins = scenario._get_origins()
            for company in origins.company_id:
                if company not in tables:
                    rates = self.env["pricing.interstate.rate"]
                    tables[company] = rates._get_table(company)
            targets = self._get_rule_targets(scenario)
            for state in scenario._get_destinations():
                for use in self._get_uses(state, origins, tables):
                    key = GroupKey(scenario.id, state.id or None, use)
                    wanted["group"][key] = {}
                    for origin in origins:
                        table = tables[origin.company_id]
                        self._want_list(wanted, key, scenario, origin, table, targets)
        return wanted

    @api.model
    def _get_uses(self, state, origins, tables):
        """Whether contributors have a channel group of their own in a state."""
        differs = state and any(
            distinguishes_contributors(
                tables[origin.company_id], [origin.state_id.id], state.id
            )
            for origin in origins
        )
        return ("contributor", "not_contributor") if differs else ("any",)

    @api.model
    def _want_list(self, wanted, group, scenario, origin, table, targets):
        key = ListKey(group, origin.id)
        wanted["pricelist"][key] = {
            "company_id": origin.company_id.id,
            "currency_id": origin.company_id.currency_id.id,
        }
        wanted["contract"][key] = {"pricelist": key}
        for imported, tax in self._get_tax_values(scenario, group, origin, table):
            for rule, target in targets.items():
                wanted["rule"][RuleKey(key, rule, imported)] = {**target, **tax}

    @api.model
    def _get_tax_values(self, scenario, group, origin, table):
        """Values of the tax inside; two of them where imported goods have another."""
        found = [
            find_rate(
                table,
                origin.state_id.id,
                group.state,
                contributor=group.use == "contributor",
                imported=imported,
            )
            for imported in (False, True)
        ]
        kinds = ("any",) if found[0] == found[1] else ("no", "yes")
        for kind, rate in zip(kinds, found, strict=False):
            yield (
                kind,
                {
                    "pricing_rate_id": rate.id if rate else False,
                    "pricing_gross_up": bool(rate),
                    "pricing_rate_contained": scenario.rate_contained if rate else 0.0,
                    "pricing_rate": float(rate.percent) if rate else 0.0,
                },
            )

    @api.model
    def _get_rule_targets(self, scenario):
        """Values of the rules of each list, without taxes, by id of the adjustment."""
        digits = self.env["decimal.precision"].precision_get("Product Price")
        common = {
            "compute_price": "formula",
            "base": scenario.base,
            "base_pricelist_id": scenario.base == "pricelist"
            and scenario.base_pricelist_id.id,
            "price_round": float_round(10**-digits, precision_digits=digits),
        }
        base = {
            **common,
            "applied_on": "3_global",
            "product_tmpl_id": False,
            "categ_id": False,
            "pricing_brand_id": False,
            "price_discount": 0.0,
            "date_start": False,
            "date_end": False,
        }
        targets = {0: base}
        for rule in scenario.rule_ids:
            product, brand = rule.product_tmpl_id.id, rule.brand_id.id
            level = rule.applied_on
            targets[rule.id] = {
                **common,
                "applied_on": level,
                "product_tmpl_id": level == "1_product" and product,
                "categ_id": level == "2_product_category" and rule.categ_id.id,
                "pricing_brand_id": level == "2_brand" and brand,
                "price_discount": -rule.adjustment or 0.0,
                "date_start": rule.date_start,
                "date_end": rule.date_end,
            }
        return targets

    @api.model
    def _get_present(self, scenarios):
        """Stored rows by kind and key; contracts made by hand are not looked at."""
        groups = self._read("group", [("scenario_id", "in", scenarios.ids)])
        group_keys = {
            row["id"]: GroupKey(row["scenario_id"], row["state_id"] or None, row["use"])
            for row in groups
        }
        lists = self._read("pricelist", [("pricing_group_id", "in", list(group_keys))])
        list_keys = {
            # Lists of deleted origins must not hide each other.
            row["id"]: ListKey(
                group_keys[row["pricing_group_id"]],
                row["pricing_origin_id"] or -row["id"],
            )
            for row in lists
        }
        return {
            "group": {
                group_keys[row["id"]]: Row(row["id"], row["active"], {})
                for row in groups
            },
            "pricelist": {
                list_keys[row["id"]]: Row(row["id"], row["active"], row)
                for row in lists
            },
            "rule": self._get_present_rules(list_keys),
            "contract": self._get_present_contracts(group_keys, list_keys),
        }

    @api.model
    def _get_present_rules(self, list_keys):
        rows = self._read(
            "rule",
            [("pricelist_id", "in", list(list_keys)), ("pricing_generated", "=", True)],
        )
        present = {}
        for row in rows:
            key = RuleKey(
                list_keys[row["pricelist_id"]],
                row["pricing_rule_key"],
                row["pricing_imported"],
            )
            present[key] = Row(row["id"], True, row)
        return present

    @api.model
    def _get_present_contracts(self, group_keys, list_keys):
        rows = self._read("contract", [("group_id", "in", list(group_keys))])
        present = {}
        for row in rows:
            key = ListKey(group_keys[row["group_id"]], row["origin_id"])
            # A person's contract is right as it is, also an archived one.
            pricelist = key if row["manual"] else list_keys.get(row["pricelist_id"])
            active = row["active"] or row["manual"]
            present[key] = Row(row["id"], active, {"pricelist": pricelist})
        return present

    @api.model
    def _read(self, kind, domain):
        names = {
            "group": ("active", "scenario_id", "state_id", "use"),
            "pricelist": (
                "active",
                "company_id",
                "currency_id",
                "pricing_group_id",
                "pricing_origin_id",
            ),
            "rule": (
                *RULE_FIELDS,
                "pricelist_id",
                "pricing_rule_key",
                "pricing_imported",
            ),
            "contract": ("active", "group_id", "origin_id", "pricelist_id", "manual"),
        }
        return self._get_model(kind).search_read(domain, names[kind], load=None)

    @api.model
    def _get_model(self, kind):
        # Thousands of rows at once: no message about each of them
        return (
            self.env[MODELS[kind]]
            .sudo()
            .with_context(
                active_test=False,
                lang=None,
                mail_create_nolog=True,
                mail_create_nosubscribe=True,
                pricing_generating=True,
                tracking_disable=True,
            )
        )

    @api.model
    def _apply(self, generation):
        """Write what was planned; without differences nothing is written."""
        ids = {kind: {**known} for kind, known in generation.ids.items()}
        for kind in KINDS:
            plan = generation.plans[kind]
            model = self._get_model(kind)
            self._apply_active(kind, plan)
            self._apply_changes(kind, plan, ids)
            created = model.create(
                [
                    self._get_new_values(kind, key, values, ids)
                    for key, values in plan.create.items()
                ]
            )
            ids[kind].update(zip(plan.create, created.ids, strict=True))

    @api.model
    def _apply_active(self, kind, plan):
        model = self._get_model(kind)
        if plan.archive and kind == "rule":
            model.browse(plan.archive.values()).unlink()
        elif plan.archive:
            model.browse(plan.archive.values()).write({"active": False})
        if plan.revive:
            model.browse(plan.revive.values()).write({"active": True})

    @api.model
    def _apply_changes(self, kind, plan, ids):
        """One write for all rows that change to the same values."""
        by_values = {}
        for row, changed in plan.change.values():
            values = self._get_stored(changed, ids)
            by_values.setdefault(tuple(sorted(values.items())), []).append(row)
        for values, rows in by_values.items():
            self._get_model(kind).browse(rows).write(dict(values))

    @api.model
    def _get_stored(self, values, ids):
        """Values with the id of the pricelist instead of its key."""
        if "pricelist" not in values:
            return values
        return {"pricelist_id": ids["pricelist"][values["pricelist"]]}

    @api.model
    def _get_new_values(self, kind, key, values, ids):
        if kind == "group":
            return {
                "scenario_id": key.scenario,
                "state_id": key.state,
                "use": key.use,
            }
        values = self._get_stored(values, ids)
        if kind == "rule":
            return {
                **values,
                "pricelist_id": ids["pricelist"][key.list],
                "pricing_rule_id": key.rule,
                "pricing_rule_key": key.rule,
                "pricing_imported": key.imported,
                "pricing_generated": True,
            }
        group = ids["group"][key.group]
        if kind == "contract":
            return {**values, "group_id": group, "origin_id": key.origin}
        return {
            **values,
            "name": self._get_list_name(key, ids),
            "pricing_group_id": group,
            "pricing_origin_id": key.origin,
        }

    @api.model
    def _get_list_name(self, key, ids):
        """``Scenario / State ← Origin``."""
        group = self.env["pricing.channel.group"].sudo().browse(ids["group"][key.group])
        origin = self.env["pricing.origin"].sudo().browse(key.origin)
        return f"{group.name} ← {origin.name}"
