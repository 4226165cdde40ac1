from datetime import datetime
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.pricing_scenario.lib.groups import Buyer, choose_group

from ..lib.content import Noted, Translator, Wanted, find_changes
from ..lib.writer import KINDS

# Buyers that are planned in one transaction, which takes less than a second
BUYER_LIMIT = 5000
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
    def _plan(self, channel):
        """All that differs between Odoo and what the channel was told.

        :return: list of ``lib.content.Change``
        """
        changes, last = self._plan_structure(channel), 0
        while buyers := self._get_page(channel, last):
            changes += self._plan_buyers(channel, buyers)
            last = buyers[-1]
        return changes

    @api.model
    def _plan_structure(self, channel):
        """What differs of groups, lists and contracts.

        :return: list of ``lib.content.Change``
        """
        planner = self.sudo().with_company(channel.company_id)
        groups = planner._get_groups(channel)
        wanted = {
            ("group", group.id): Wanted(group.name, {"name": group.name})
            for group in groups
        }
        wanted.update(planner._get_contracts(channel, groups))
        noted = planner._get_noted(Domain("kind", "in", KINDS[:-1]), channel)
        return planner._compare(channel, wanted, noted)

    @api.model
    def _plan_buyers(self, channel, buyers):
        """What differs of buyers' groups.

        :param buyers: ids of ``sale.channel.partner``, at most ``BUYER_LIMIT``; of
            those that are not there any more what the channel was told is taken back
        :return: list of ``lib.content.Change``
        """
        planner = self.sudo().with_company(channel.company_id)
        wanted = planner._get_customers(channel, buyers)
        noted = Domain("kind", "=", "customer") & Domain("res_id", "in", buyers)
        return planner._compare(channel, wanted, planner._get_noted(noted, channel))

    @api.model
    def _get_page(self, channel, last):
        """The next buyers that are there or that the channel was told a group of.

        :param last: the id that the page begins behind
        :return: ids of ``sale.channel.partner`` in order, at most ``BUYER_LIMIT``
        """
        planner, of_channel = self.sudo(), Domain("channel_id", "=", channel.id)
        buyers = planner.env["sale.channel.partner"].search(
            of_channel & Domain("id", ">", last), order="id", limit=BUYER_LIMIT
        )
        told = planner.env["sale.channel.pricing.item"].search_fetch(
            of_channel & Domain("kind", "=", "customer") & Domain("res_id", ">", last),
            ["res_id"],
            order="res_id",
            limit=BUYER_LIMIT,
        )
        return sorted({*buyers.ids, *told.mapped("res_id")})[:BUYER_LIMIT]

    @api.model
    def _compare(self, channel, wanted, noted):
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
            buyer = Buyer(
                outcomes[customer.id].scenario,
                customer.country_id.id or None,
                customer.state_id.id or None,
                customer.pricing_contributor,
            )
            if buyer not in known:
                country = countries.get(buyer.scenario)
                known[buyer] = choose_group(buyer, country, groups).group
            chosen[customer.id] = known[buyer]
        return {p.id: chosen[p.commercial_partner_id.id] for p in partners}

    @api.model
    def _get_noted(self, domain, channel):
        """The channel's rows of a domain, by kind and id of the record."""
        rows = self.env["sale.channel.pricing.item"].search_fetch(
            domain & Domain("channel_id", "=", channel.id),
            [
                "kind",
                "res_id",
                "operation",
                "wanted_hash",
                "content_hash",
                "sync_state",
                "name",
            ],
        )
        return {
            (row.kind, row.res_id): Noted(
                row.operation,
                row.wanted_hash,
                row.content_hash,
                row.sync_state == "done",
                row.name,
            )
            for row in rows
        }
