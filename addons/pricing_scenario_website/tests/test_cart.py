from odoo.fields import Command
from odoo.tests import tagged

from .common import ShopCase


@tagged("post_install", "-at_install")
class TestCart(ShopCase):
    """A cart keeps to the customer's contract while the world around it changes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.public_list = cls.make_fixed_list("Public", 101.0, selectable=True)

    def assert_price(self, price, cart=None):
        """Catalogue and cart agree; the cart's page comes first, as it may write."""
        self.read_page("/shop/cart")
        cart = cart or self.get_cart()
        self.assertEqual((self.read_price(), cart.order_line.price_unit), (price,) * 2)
        self.assertFalse(cart.pricing_list_manual)

    def sign_in_again(self):
        self.authenticate(None, None)
        self.sign_in()

    def test_signing_in_again_keeps_the_origin(self):
        self.sign_in()
        self.choose_origin(self.paulista)
        cart = self.add_to_cart()
        self.sign_in_again()
        self.assert_price(121.95)
        self.assertEqual(cart.pricing_origin_id, self.paulista)

    def test_signing_in_again_without_a_default_origin(self):
        self.origin.is_default = False
        self.sign_in()
        cart = self.add_to_cart()
        self.sign_in_again()
        self.assert_price(113.64)
        self.assertEqual(cart.pricing_origin_id, self.origin)

    def test_another_address_and_back_with_a_code(self):
        self.website.pricing_without_contract = True
        self.make_fixed_list("Code", 50.0, code="HALF", selectable=True)
        self.sign_in()
        cart = self.add_to_cart()
        away = self.make_customer(
            "Depósito",
            self.env.ref("base.state_br_am"),
            parent_id=self.customer.id,
            type="delivery",
        )
        update = "/shop/update_address"
        self.call(update, partner_id=away.id, address_type="delivery")
        self.assertFalse(cart.pricing_contract_id)
        self.url_open("/shop/pricelist?promo=HALF")
        self.assertEqual(cart.order_line.price_unit, 50.0)
        self.call(update, partner_id=self.customer.id, address_type="delivery")
        self.assertEqual(cart.order_line.price_unit, 113.64)
        self.assert_price(113.64)

    def test_the_customer_moves(self):
        self.sign_in()
        self.add_to_cart()
        self.customer.state_id = self.ba
        self.assert_price(self.price(self.get_list(self.scenario, self.ba)))

    def test_another_scenario(self):
        self.sign_in()
        self.add_to_cart()
        self.customer.pricing_scenario_id = self.make_scenario(
            "Friends", rule_ids=[Command.create({"adjustment": -50.0})]
        )
        self.assert_price(56.82)

    def test_no_scenario_any_more(self):
        self.website.pricing_without_contract = True
        self.sign_in()
        cart = self.add_to_cart()
        self.customer.pricing_scenario_id = False
        self.assert_price(101.0)
        self.assertFalse(cart.pricing_contract_id)

    def test_a_contract_that_ends(self):
        self.sign_in()
        cart = self.add_to_cart()
        cart.pricing_contract_id.active = False
        self.assert_price(121.95)
        self.assertEqual(cart.pricing_origin_id, self.paulista)

    def test_an_origin_that_is_closed(self):
        self.sign_in()
        cart = self.add_to_cart()
        self.origin.write({"is_default": False, "active": False})
        page = self.read_page("/shop/cart")
        self.assertIn("Prices and stock are those of SP", page.text_content())
        self.assert_price(121.95)
        self.assertEqual(cart.pricing_origin_id, self.paulista)
        self.assertEqual(cart.warehouse_id, self.paulista.warehouse_id)

    def test_paying_looks_again(self):
        self.website.pricing_without_contract = True
        self.product.type = "service"
        self.sign_in()
        cart = self.add_to_cart()
        self.customer.pricing_scenario_id = False
        self.assertEqual(cart.order_line.price_unit, 113.64)
        cart._check_cart_is_ready_to_be_paid()
        self.assertFalse(cart.pricing_contract_id)
        self.assertNotEqual(cart.order_line.price_unit, 113.64)

    def test_an_agreed_list_is_not_explained_by_the_contract(self):
        self.sign_in()
        cart = self.add_to_cart()
        cart.pricelist_id = self.make_fixed_list("Agreed", 77.0)
        cart._recompute_prices()
        self.read_page("/shop/cart")
        self.assertEqual((self.read_price(), cart.order_line.price_unit), (77.0,) * 2)
        page = self.url_open(self.template.website_url).text
        self.assertNotIn("Why this price", page)

    def test_a_visitor_s_cart_becomes_the_customer_s(self):
        self.website.pricing_after_login = False
        self.authenticate(None, None)
        self.add_to_cart()
        self.really_log_in()
        self.assert_price(113.64)

    def test_a_website_that_does_not_sell_by_scenario(self):
        self.website.pricing_shop = False
        self.authenticate(None, None)
        self.add_to_cart()
        self.really_log_in()
        self.assert_price(101.0)

    def really_log_in(self):
        """By the form: the session of the visitor goes on."""
        self.reseller.password = "a long enough password"
        page = self.read_page("/web/login")
        response = self.url_open(
            "/web/login",
            data={
                "csrf_token": page.xpath("string(//input[@name='csrf_token']/@value)"),
                "login": self.reseller.login,
                "password": "a long enough password",
            },
        )
        self.assertNotIn("Wrong login", response.text)
