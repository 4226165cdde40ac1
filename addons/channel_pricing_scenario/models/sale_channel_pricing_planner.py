from odoo import api, models
from odoo.fields import Domain

from odoo.addons.channel_outgoing.lib.content import Wanted
from odoo.addons.channel_outgoing.lib.part import Part
from odoo.addons.pricing_scenario.lib.groups import Situation, choose_group

from ..lib.family import KINDS

# Buyers that are planned in one transaction, which takes less than a second
BUYER_LIMIT = 5000
# Changes of what decides which group many customers have
SETTINGS = frozenset(
    {
        "pricing.company.size",
        "pricing.customer.group",
        "pricing.scenario",
        "pricing.use_type",
    }
)
TARGETS = {
    "3_global": "all",
    "2_product_category": "category",
    "2_brand": "brand",
    "1_product": "product",
    "0_product_variant": "variant",
}
NUMBERS = {
    "price": "fixed_price",
    "percent": "percent_price",
    "discount": "price_discount",
    "surcharge": "price_surcharge",
    "round": "price_round",
    "margin_min": "price_min_margin",
    "margin_max": "price_max_margin",
    "quantity": "min_quantity",
}


class SaleChannelPricingPlanner(models.AbstractModel):
    """Finds what a channel has to be told; writes nothing.

    A channel has the groups of the scenarios that its company may use on the day, and
    lists and contracts of the origins in its de-para.

    With ``sudo``: the plan is the same whoever made the change.
    """

    _name = "sale.channel.pricing.planner"
    _inherit = "sale.channel.outgoing.planner"
    _description = "Plan of Prices for a Channel"

    _outgoing_model = "sale.channel.pricing.item"
    _outgoing_scopes = SETTINGS | {
        "pricing.structure",
        "product.pricelist",
        "res.partner",
        "sale.channel.partner",
    }

    @api.model
    def _get_parts(self):
        return (
            Part("structure", KINDS[:-1]),
            Part("buyers", KINDS[-1:], page=BUYER_LIMIT),
        )

    @api.model
    def _get_wanted(self, channel, part, ids):
        if part.page:
            return self._get_customers(channel, ids)
        groups = self._get_groups(channel)
        wanted = {
            ("group", group.id): Wanted(group.name, {"name": group.name})
            for group in groups
        }
        return {**wanted, **self._get_contracts(channel, groups)}

    @api.model
    def _get_ids(self, channel, part, last):
        buyers = self.env["sale.channel.partner"].search(
            [("channel_id", "=", channel.id), ("id", ">", last)],
            order="id",
            limit=part.page,
        )
        return buyers.ids

    @api.model
    def _count_records(self, channel, part):
        buyers = self.env["sale.channel.partner"]
        return buyers.search_count([("channel_id", "=", channel.id)])

    @api.model
    def _expand(self, channel, taken):
        concerned = {}
        if "pricing.structure" in taken or self._names_lists(
            channel, taken.get("product.pricelist")
        ):
            concerned["structure"] = None
        if "sale.channel.partner" in taken:
            concerned["buyers"] = taken["sale.channel.partner"]
        return concerned

    @api.model
    def _get_tried(self, channel, kind, ids, products):
        """Lists all of whose rules are of the products, and the contracts of these."""
        if kind == "contract":
            contracts = self.env["pricing.contract"].with_context(active_test=False)
            contracts = contracts.browse(ids).exists()
            lists = contracts.pricelist_id.ids
            lists = self._get_tried(channel, "list", lists, products)
            return {one.id for one in contracts if one.pricelist_id.id in lists}
        if kind != "list":
            return super()._get_tried(channel, kind, ids, products)
        rules = self.env["product.pricelist.item"].search(
            [("pricelist_id", "in", list(ids))]
        )
        return {
            pricelist.id
            for pricelist, found in rules.grouped("pricelist_id").items()
            if all(self._is_tried(rule, products) for rule in found)
        }

    @api.model
    def _is_tried(self, rule, products):
        """Whether a rule of a list concerns no other products."""
        if rule.applied_on == "0_product_variant":
            return rule.product_id in products
        variants = rule.product_tmpl_id.product_variant_ids
        return rule.applied_on == "1_product" and variants <= products

    @api.model
    def _names_lists(self, channel, ids):
        """Whether a contract names one of the pricelists, or the channel has it."""
        if not ids:
            return False
        contracts = self.env["pricing.contract"].sudo()
        contracts = contracts.with_context(active_test=False)
        of_channel = Domain("channel_id", "=", channel.id) & Domain("kind", "=", "list")
        return bool(
            contracts.search_count([("pricelist_id", "in", ids)], limit=1)
            or self._get_rows().search_count(
                of_channel & Domain("res_id", "in", ids), limit=1
            )
        )

    @api.model
    def _spread(self, flow, taken):
        """Mark each buyer whom changed customers or settings concern."""
        customers = self._get_concerned(taken)
        if customers is None:
            return
        buyers = self.env["sale.channel.partner"]
        self.env["sale.channel.change.mark"]._spread(
            flow,
            buyers._name,
            buyers,
            Domain("channel_id", "=", flow.channel_id.id)
            & Domain("partner_id", "any!", customers),
        )

    @api.model
    def _get_concerned(self, taken):
        """A domain of customers, None if changes concern no customer of a setting."""
        if not taken.keys() & (SETTINGS | {"res.partner"}):
            return None
        scenarios = list(taken.get("pricing.scenario", ()))
        configs = self.env["pricing.advanced.config"].sudo()
        configs = configs.search([("pricing_scenario_id", "in", scenarios)])
        uses = taken.get("pricing.use_type", set()) | set(configs.mapped("use_type"))
        groups = list(taken.get("pricing.customer.group", ()))
        sizes = list(taken.get("pricing.company.size", ()))
        companies = Domain.OR(
            [
                Domain("pricing_group_id", "in", groups),
                Domain("pricing_size_id", "in", sizes),
                Domain("pricing_use_type", "in", list(uses)),
                Domain("pricing_scenario_id", "in", scenarios),
                Domain("pricing_group_id.pricing_scenario_id", "in", scenarios),
                Domain("pricing_size_id.pricing_scenario_id", "in", scenarios),
            ]
        )
        # Whose company another one is by now is below it as well.
        changed = list(taken.get("res.partner", ()))
        return Domain("id", "child_of", changed) | Domain(
            "commercial_partner_id", "any!", companies
        )

    @api.model
    def _get_groups(self, channel):
        company = channel.company_id
        resolver = self.env["pricing.resolver"]
        problems = resolver._get_problems(company, self._get_today(channel))
        return self.env["pricing.channel.group"].search(
            [("scenario_id", "not in", list(problems))]
        )

    @api.model
    def _get_origins(self, channel):
        """The channel's ids of the origins that it has, by id of the origin."""
        rows = self.env["sale.channel.mapping"].search_fetch(
            [
                ("channel_id", "=", channel.id),
                ("kind_id.code", "=", "pricing_origin"),
                ("is_mapped", "=", True),
            ],
            ["res_id", "external_value"],
            order="id desc",
        )
        found = {row.res_id: row.external_value for row in rows}
        alive = self.env["pricing.origin"].search([("id", "in", list(found))])
        return {origin: found[origin] for origin in alive.ids}

    @api.model
    def _get_contracts(self, channel, groups):
        """The wanted contracts and the lists that they name."""
        origins = self._get_origins(channel)
        contracts = self.env["pricing.contract"].search(
            [
                ("group_id", "in", groups.ids),
                ("origin_id", "in", list(origins)),
                ("pricelist_id.active", "=", True),
            ]
        )
        wanted = self._get_lists(contracts.pricelist_id, origins)
        for contract in contracts:
            content = {
                "group": contract.group_id.id,
                "origin": origins[contract.origin_id.id],
                "list": contract.pricelist_id.id,
            }
            name = contract.display_name
            wanted["contract", contract.id] = Wanted(name, content)
        return wanted

    @api.model
    def _get_lists(self, pricelists, origins):
        items = self.env["product.pricelist.item"].search(
            [("pricelist_id", "in", pricelists.ids)]
        )
        by_list = items.grouped("pricelist_id")
        wanted = {}
        for pricelist in pricelists:
            rules = by_list.get(pricelist, items.browse()).sorted(
                lambda item: (
                    item.applied_on,
                    -item.min_quantity,
                    item._get_pricing_rank(),
                    item.id,
                )
            )
            content = {
                "name": pricelist.name,
                "currency": pricelist.currency_id.name,
                "origin": origins.get(pricelist.pricing_origin_id.id),
                "items": [self._get_item(rule) for rule in rules],
            }
            wanted["list", pricelist.id] = Wanted(pricelist.name, content)
        return wanted

    @api.model
    def _get_item(self, rule):
        """A rule of a list in the words of ``lib.writer``."""
        values = {
            "1_product": rule.product_tmpl_id.default_code,
            "0_product_variant": rule.product_id.default_code,
            "2_product_category": rule.categ_id.complete_name,
            "2_brand": rule.pricing_brand_id.name,
        }
        dates = (rule.date_start, rule.date_end)
        return {
            "target": TARGETS[rule.applied_on],
            "value": values.get(rule.applied_on) or "",
            "goods": rule.pricing_imported,
            "compute": rule.compute_price,
            "base": rule.base,
            "base_list": rule.base_pricelist_id.name or "",
            "dates": [day and day.isoformat() or None for day in dates],
            "factor": str(rule._get_pricing_factor()),
            **{name: f"{rule[field]:g}" for name, field in NUMBERS.items()},
        }

    @api.model
    def _get_customers(self, channel, buyers):
        """The wanted groups of buyers whose customer has one."""
        rows = self.env["sale.channel.partner"].search_fetch(
            [
                ("channel_id", "=", channel.id),
                ("partner_id", "!=", False),
                ("id", "in", buyers),
            ],
            ["external_id", "nickname", "partner_id"],
            order="id",
        )
        allowed = set(self._get_groups(channel).ids)
        chosen = self._choose_groups(rows.partner_id, channel)
        return {
            ("customer", row.id): Wanted(
                row.nickname or row.external_id,
                {"group": chosen[row.partner_id.id]},
                row.external_id,
            )
            for row in rows
            if chosen[row.partner_id.id] in allowed
        }

    @api.model
    def _choose_groups(self, partners, channel):
        """The channel group of each customer, by the customer's id.

        A contact, such as a delivery address, counts as its commercial customer.
        """
        customers = partners.commercial_partner_id
        outcomes = self.env["pricing.resolver"]._resolve(
            customers, channel.company_id, date=self._get_today(channel)
        )
        customers.fetch(["country_id", "state_id", "pricing_contributor"])
        scenarios = {outcome.scenario for outcome in outcomes.values()} - {None}
        countries, groups = self.env["pricing.channel.group"]._get_map(scenarios)
        known, chosen = {}, {}
        for customer in customers:
            situation = Situation(
                outcomes[customer.id].scenario,
                customer.country_id.id or None,
                customer.state_id.id or None,
                customer.pricing_contributor,
            )
            if situation not in known:
                country = countries.get(situation.scenario)
                known[situation] = choose_group(situation, country, groups).group
            chosen[customer.id] = known[situation]
        return {p.id: chosen[p.commercial_partner_id.id] for p in partners}
