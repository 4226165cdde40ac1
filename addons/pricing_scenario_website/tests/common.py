import re

from lxml import html

from odoo import http
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user

from odoo.addons.pricing_scenario.tests.common import PricingCase


class ShopCase(PricingCase, HttpCase):
    """The web shop of a company with origins in RS and SP; a reseller in SP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.paulista = cls.make_origin("SP", cls.company, cls.sp)
        cls.scenario = cls.make_scenario()
        cls.website = cls.env["website"].create(
            {
                "name": "Serra Azul",
                "domain": cls.base_url(),
                "company_id": cls.company.id,
                "pricing_shop": True,
            }
        )
        cls.product.write({"is_published": True, "taxes_id": [Command.clear()]})
        cls.template = cls.product.product_tmpl_id
        cls.customer = cls.make_customer(
            state=cls.sp, pricing_scenario_id=cls.scenario.id, name="Lumendra"
        )
        cls.reseller = cls.make_portal_user("revenda", cls.customer)

    @classmethod
    def make_portal_user(cls, login, partner):
        return new_test_user(
            cls.env,
            login,
            "base.group_portal",
            partner_id=partner.id,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def make_fixed_list(cls, name, price, **values):
        return cls.env["product.pricelist"].create(
            {
                "name": name,
                "company_id": cls.company.id,
                "item_ids": [
                    Command.create({"compute_price": "fixed", "fixed_price": price})
                ],
                **values,
            }
        )

    def sign_in(self, user=None):
        login = (user or self.reseller).login
        self.authenticate(login, login)

    def read_page(self, path="/shop"):
        response = self.url_open(path)
        self.assertEqual(response.status_code, 200, path)
        return html.fromstring(response.text)

    def read_price(self):
        """The price on the product's page, as a number."""
        page = self.read_page(self.template.website_url)
        text = page.xpath("string(//*[contains(@class, 'oe_price')])")
        return self.to_number(text)

    def to_number(self, text):
        return float(re.sub(r"[^0-9.]", "", text) or 0)

    def choose_origin(self, origin, status=200, path="/shop"):
        response = self.url_open(
            "/shop/origin",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "origin_id": getattr(origin, "id", origin),
                "r": path,
            },
        )
        self.assertEqual(response.status_code, status)
        return response

    def call(self, path, **params):
        return self.make_jsonrpc_request(path, params)

    def add_to_cart(self, quantity=1, product=None):
        product = product or self.product
        self.call(
            "/shop/cart/add",
            product_template_id=product.product_tmpl_id.id,
            product_id=product.id,
            quantity=quantity,
        )
        return self.get_cart()

    def get_cart(self, user=None):
        return self.env["sale.order"].search(
            [
                ("website_id", "=", self.website.id),
                ("partner_id", "=", (user or self.reseller).partner_id.id),
            ]
        )
