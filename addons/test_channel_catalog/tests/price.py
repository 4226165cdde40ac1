"""Pricelists of a channel, and listings that have a price there."""

from datetime import timedelta

from odoo import fields

from odoo.addons.channel_catalog.lib.price import Problem

from .common import CatalogCase

ITEMS = "product.pricelist.item"


class PriceCase(CatalogCase):
    """A channel with a pricelist, and a drill with a tax of 21 %."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.list = cls.make_list("Lista del canal")
        cls.channel.write({"pricelist_id": cls.list.id, "price_tax_mode": "included"})
        cls.drill = cls.make_item("T-1", taxes_id=cls.tax_21.ids)

    @classmethod
    def make_list(cls, name, currency="ARS", **values):
        money = cls.env["res.currency"].with_context(active_test=False)
        money = money.search([("name", "=", currency)])
        money.active = True
        return cls.env["product.pricelist"].create(
            {
                "name": name,
                "currency_id": money.id,
                "company_id": cls.company.id,
                **values,
            }
        )

    def rule(self, amount=None, target=None, pricelist=None, **values):
        """A rule of a pricelist: a fixed price of a product, else of all."""
        target = target if target is not None else self.env["product.product"]
        names = {
            "product.product": ("0_product_variant", "product_id"),
            "product.template": ("1_product", "product_tmpl_id"),
            "product.category": ("2_product_category", "categ_id"),
        }
        applied_on, field = names[target._name]
        return self.env[ITEMS].create(
            {
                "pricelist_id": (pricelist or self.list).id,
                "compute_price": "fixed",
                "fixed_price": amount or 0,
                "applied_on": applied_on if target else "3_global",
                **({field: target.id} if target else {}),
                **values,
            }
        )

    def offer(self, product, **values):
        """A listing of a product that the shop has."""
        return self.env["sale.channel.listing"].create(
            {
                "channel_id": self.channel.id,
                "product_id": product.id,
                "external_id": self.shop.add(sku=product.default_code),
                **values,
            }
        )

    def price(self, listing, **values):
        """What the service says: the amount as a text, or the code of the problem."""
        prices = self.env["sale.channel.price"]
        found = prices._get_prices(self.channel, listing, **values)[listing]
        return found.code if isinstance(found, Problem) else f"{found.amount:.2f}"

    def at_work(self):
        """The flow is on and has sent the prices there are."""
        self.start("price_out")
        self.run_out("price_out")
        self.shop.writes()

    def promote(self, amount, **values):
        if not self.channel.promotion_pricelist_id:
            self.channel.promotion_pricelist_id = self.make_list("Promociones")
        pricelist = self.channel.promotion_pricelist_id
        return self.rule(amount, self.drill, pricelist, **values)

    def at(self, rule, **dates):
        """Move a rule in time, and the moment until which prices were planned."""
        self.env.flush_all()
        for field, moment in dates.items():
            self.env.cr.execute(
                f"UPDATE product_pricelist_item SET {field} = %s WHERE id = %s",
                (moment, rule.id),
            )
        self.env.invalidate_all()
        state = self.flow("price_out")._get_state()
        state.price_moment = fields.Datetime.now() - timedelta(hours=1)
