from odoo.fields import Command
from odoo.tests import TransactionCase

COMPANY = "Atacado Serra Azul"
STATES = ("rs", "sp", "mg", "ba")


class PricingCase(TransactionCase):
    """A Brazilian company in Rio Grande do Sul with a warehouse that is an origin."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.brazil = cls.env.ref("base.br")
        cls.rs, cls.sp, cls.mg, cls.ba = (
            cls.env.ref(f"base.state_br_{code}") for code in STATES
        )
        cls.company = cls.env["res.company"].search(
            [("name", "=", COMPANY)]
        ) or cls.make_company(COMPANY, cls.rs)
        cls.env.user.company_ids = [Command.link(cls.company.id)]
        cls.env.user.company_id = cls.company
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": [cls.company.id]}
        )
        cls.origin = cls.make_origin("RS", cls.company, cls.rs)
        cls.origin.is_default = True
        cls.product = cls.env["product.product"].create(
            {"name": "Kettle", "list_price": 100.0, "standard_price": 60.0}
        )

    @classmethod
    def prepare(cls, env):
        """Make the company in a database that many classes are tested in."""
        case = type("Prepared", (cls,), {"env": env})
        case.make_company(COMPANY, env.ref("base.state_br_rs"))

    @classmethod
    def make_company(cls, name, state, **values):
        return cls.env["res.company"].create(
            {
                "name": name,
                "country_id": state.country_id.id,
                "state_id": state.id,
                "currency_id": cls.env.ref("base.BRL").id,
                **values,
            }
        )

    @classmethod
    def make_origin(cls, name, company, state):
        """An origin with a warehouse of its own; the company's first one if unused."""
        warehouses = cls.env["stock.warehouse"].search(
            [("company_id", "=", company.id)]
        )
        used = cls.env["pricing.origin"].search([("company_id", "=", company.id)])
        warehouse = (warehouses - used.warehouse_id)[:1] or cls.env[
            "stock.warehouse"
        ].create({"name": name, "code": name[:5], "company_id": company.id})
        return cls.env["pricing.origin"].create(
            {"name": name, "warehouse_id": warehouse.id, "state_id": state.id}
        )

    @classmethod
    def make_scenario(cls, name="Resale", states=STATES, **values):
        refs = [cls.env.ref(f"base.state_br_{code}").id for code in states]
        return cls.env["pricing.scenario"].create(
            {
                "name": name,
                "company_id": cls.company.id,
                "country_id": cls.brazil.id,
                "state_ids": [Command.set(refs)],
                **values,
            }
        )

    @classmethod
    def make_customer(cls, name="Mercado Boa Vista", state=None, **values):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "country_id": state.country_id.id if state else False,
                "state_id": state.id if state else False,
                **values,
            }
        )

    def effective(self, partner, company=None):
        partner = partner.with_company(company or self.company)
        return partner.pricing_effective_scenario_id

    def make_order(self, partner, **values):
        return self.env["sale.order"].create({"partner_id": partner.id, **values})

    def get_list(self, scenario, state=None, origin=None):
        """The pricelist of the contract of a scenario's group."""
        contract = self.env["pricing.contract"].search(
            [
                ("scenario_id", "=", scenario.id),
                ("state_id", "=", state.id if state else False),
                ("origin_id", "=", (origin or self.origin).id),
            ]
        )
        return contract.pricelist_id

    def price(self, pricelist, product=None):
        return pricelist._get_product_price(product or self.product, 1.0)
