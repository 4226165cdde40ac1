"""Company, products and channel that the order tests of every addon share."""

from odoo.fields import Command
from odoo.tests import TransactionCase

PROVIDER = "fake"
PLACE = ("AR", "ARS", "ar_ri")


def create_company(env, name, country, currency, chart):
    """A company with its chart of accounts and the currency of its country."""
    money = (
        env["res.currency"]
        .with_context(active_test=False)
        .search([("name", "=", currency)])
    )
    money.active = True
    company = env["res.company"].create(
        {
            "name": name,
            "country_id": env.ref(f"base.{country.lower()}").id,
            "currency_id": money.id,
        }
    )
    env["account.chart.template"].with_context(
        allowed_company_ids=company.ids
    ).try_loading(chart, company=company, install_demo=False)
    company.currency_id = money  # the generic chart brings dollars
    return company


class ChannelOrderCommon(TransactionCase):
    """A company with its taxes, Argentine unless told, and a live channel."""

    provider = PROVIDER
    # Country, currency, chart of accounts and its usual tax.
    place = (*PLACE, 21.0)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context={
                **cls.env.context,
                "tracking_disable": True,
                "mail_create_nolog": True,
            }
        )
        *place, rate = cls.place
        cls.company = cls.make_company(f"Tienda de {place[0]}", *place)
        cls.tax_21 = cls.find_tax(rate)
        cls.carrier = cls.make_carrier("Correo")
        cls.product = cls.make_product("FAKE-1", cls.tax_21)
        cls.channel = cls.make_channel()

    @classmethod
    def prepare(cls, env):
        """Make the usual company in a database that many classes are tested in."""
        create_company(env, f"Tienda de {PLACE[0]}", *PLACE)

    @classmethod
    def make_company(cls, name, country, currency, chart):
        """A company with its chart of accounts; the user's only company from now."""
        company = cls.env["res.company"].search([("name", "=", name)])
        company = company or create_company(cls.env, name, country, currency, chart)
        cls.env.user.write(
            {
                "company_ids": [Command.link(company.id)],
                "company_id": company.id,
                "group_ids": [
                    Command.link(cls.env.ref("channel_base.group_channel_manager").id)
                ],
            }
        )
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": [company.id]}
        )
        return company.with_env(cls.env)

    @classmethod
    def find_tax(cls, rate):
        """The chart's sales tax of this rate, for prices without taxes."""
        return cls.env["account.tax"].search(
            [
                ("company_id", "=", cls.company.id),
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
                ("amount", "=", rate),
                ("price_include_override", "!=", "tax_included"),
            ],
            limit=1,
        )

    @classmethod
    def make_product(cls, sku, taxes=None):
        return cls.env["product.product"].create(
            {
                "name": sku,
                "default_code": sku,
                "is_storable": True,
                "list_price": 100,
                "taxes_id": [Command.set(taxes.ids if taxes else [])],
            }
        )

    @classmethod
    def make_carrier(cls, name):
        product = cls.env["product.product"].create({"name": name, "type": "service"})
        return cls.env["delivery.carrier"].create(
            {"name": name, "product_id": product.id, "company_id": cls.company.id}
        )

    @classmethod
    def make_channel(cls, **values):
        """A live channel whose orders flow is enabled and usual carrier mapped."""
        channel = cls.env["sale.channel"].create(
            {
                "name": "Canal",
                "channel_type": cls.provider,
                "company_id": cls.company.id,
                "environment": "test",
                "tz": "America/Argentina/Buenos_Aires",
                "orders_from": "2026-01-01 00:00:00",
                **values,
            }
        )
        cls.env["sale.channel.mapping"].create(
            {
                "channel_id": channel.id,
                "kind_id": cls.env.ref("channel_order.kind_carrier").id,
                "external_value": "standard",
                "res_id": cls.carrier.id,
            }
        )
        channel.state = "live"
        channel.flow_ids.filtered(lambda f: f.kind == "orders_in").enabled = True
        return channel
