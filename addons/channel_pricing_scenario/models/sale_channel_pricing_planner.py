from datetime import datetime
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.pricing_scenario.lib.groups import Buyer, choose_group

from ..lib.content import Noted, Translator, Wanted, find_changes
from ..lib.writer import KINDS

# Customers whose scenarios are found at once; keeps the cache small
CUSTOMER_CHUNK = 5000
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
    """

    _name = "sale.channel.pricing.planner"
    _description = "Plan of Prices for a Channel"

    @api.model
    def _plan(self, channel, *, structure=True, buyers=None):
        """What differs between Odoo and what the channel was told.

        :param structure: whether groups, lists and contracts are looked at
        :param buyers: the buyers whose groups are looked at; all of them if None
        :return: list of ``lib.content.Change``
        """
        planner = self.sudo().with_company(channel.company_id)
        groups = planner._get_groups(channel)
        wanted = {}
        if structure:
            for group in groups:
                wanted["group", group.id] = Wanted(group.name, {"name": group.name})
            wanted.update(planner._get_contracts(channel, groups))
        wanted.update(planner._get_customers(channel, groups, buyers))
        noted = planner._get_noted(channel, structure, buyers)
        external_ids = self.env["sale.channel.pricing.item"]._get_external_ids(channel)
        return list(find_changes(wanted, noted, Translator(external_ids)))

    @api.model
    def _get_today(self, channel):
        """The day on the channel."""
        return datetime.now(ZoneInfo(channel.tz)).date()

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
    def _get_customers(self, channel, groups, buyers):
        """The wanted groups of buyers whose customer has one."""
        domain = Domain("channel_id", "=", channel.id)
        domain &= Domain("partner_id", "!=", False)
        if buyers is not None:
            domain &= Domain("id", "in", buyers.ids)
        rows = self.env["sale.channel.partner"].search_fetch(
            domain, ["external_id", "nickname", "partner_id"], order="id"
        )
        allowed = set(groups.ids)
        today, wanted = self._get_today(channel), {}
        for start in range(0, len(rows), CUSTOMER_CHUNK):
            chunk = rows[start : start + CUSTOMER_CHUNK]
            chosen = self._choose_groups(chunk.partner_id, channel, today)
            for row in chunk:
                group = chosen[row.partner_id.id]
                if group in allowed:
                    wanted["customer", row.id] = Wanted(
                        row.nickname or row.external_id,
                        {"group": group},
                        row.external_id,
                    )
        return wanted

    @api.model
    def _choose_groups(self, partners, channel, today):
        """The channel group of each customer, by the customer's id."""
        resolver = self.env["pricing.resolver"]
        outcomes = resolver._resolve(partners, channel.company_id, date=today)
        partners.fetch(["country_id", "state_id"])
        scenarios = {outcome.scenario for outcome in outcomes.values()} - {None}
        countries, groups = self.env["pricing.channel.group"]._get_map(scenarios)
        known, chosen = {}, {}
        for partner in partners:
            buyer = Buyer(
                outcomes[partner.id].scenario,
                partner.country_id.id or None,
                partner.state_id.id or None,
                partner.commercial_partner_id.pricing_contributor,
            )
            if buyer not in known:
                country = countries.get(buyer.scenario)
                known[buyer] = choose_group(buyer, country, groups).group
            chosen[partner.id] = known[buyer]
        return chosen

    @api.model
    def _get_noted(self, channel, structure, buyers):
        """The channel's rows that are looked at, by kind and id of the record."""
        items = self.env["sale.channel.pricing.item"]
        items.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT kind, res_id, operation, wanted_hash, content_hash,
                       sync_state = 'done', name
                  FROM sale_channel_pricing_item
                 WHERE channel_id = %(channel)s AND kind = ANY(%(kinds)s)
                   AND (kind <> 'customer' OR %(everybody)s OR res_id = ANY(%(ids)s))
                """,
                channel=channel.id,
                kinds=list(KINDS if structure else KINDS[-1:]),
                everybody=buyers is None,
                ids=[] if buyers is None else buyers.ids,
            )
        )
        return {(row[0], row[1]): Noted(*row[2:]) for row in rows}
