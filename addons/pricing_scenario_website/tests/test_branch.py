from odoo.tests import tagged

from .common import ShopCase


@tagged("post_install", "-at_install")
class TestBranch(ShopCase):
    """A branch of the website's company has an origin and invoices its goods."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.make_company("Filial MG", cls.mg, parent_id=cls.company.id)
        cls.mineira = cls.make_origin("MG", cls.branch, cls.mg)
        cls.scenario._generate()

    def test_goods_of_a_branch_are_sold_by_the_branch(self):
        team = self.env["crm.team"].create(
            {"name": "Shop", "company_id": self.company.id}
        )
        self.website.salesteam_id = team
        self.sign_in()
        cart = self.add_to_cart()
        self.assertEqual(cart.company_id, self.company)
        self.choose_origin(self.mineira)
        self.assertEqual(cart.company_id, self.branch)
        self.assertEqual(cart.warehouse_id.company_id, self.branch)
        self.assertEqual(cart.pricelist_id.company_id, self.branch)
        expected = self.price(self.get_list(self.scenario, self.sp, self.mineira))
        self.assertEqual(cart.order_line.price_unit, expected)
        self.assertEqual(self.read_price(), expected)
        self.add_to_cart()
        self.assertEqual(cart.order_line.product_uom_qty, 2)
        self.choose_origin(self.origin)
        self.assertEqual(cart.company_id, self.company)
        self.assertEqual(cart.order_line.price_unit, 113.64)

    def test_a_first_cart_of_a_branch(self):
        self.sign_in()
        self.choose_origin(self.mineira)
        cart = self.add_to_cart()
        self.assertEqual(cart.company_id, self.branch)
        self.assertEqual(cart.pricing_origin_id, self.mineira)

    def test_prices_on_cost_are_those_of_the_branch(self):
        self.product.with_company(self.branch).standard_price = 40.0
        self.customer.pricing_scenario_id = self.make_scenario(
            "Cost", base="standard_price"
        )
        self.sign_in()
        self.choose_origin(self.mineira)
        shown = self.read_price()
        self.assertEqual(shown, self.add_to_cart().order_line.price_unit)
        self.choose_origin(self.origin)
        self.assertEqual(self.read_price(), self.get_cart().order_line.price_unit)
        self.assertNotEqual(self.read_price(), shown)

    def test_an_agreed_list_stays_in_its_company(self):
        self.sign_in()
        cart = self.add_to_cart()
        for company, other in (
            (self.company, self.mineira),
            (self.branch, self.origin),
        ):
            cart.with_company(company).pricelist_id = self.make_fixed_list(
                "Agreed", 77.0, company_id=company.id
            )
            self.assertTrue(cart.pricing_list_manual)
            self.choose_origin(other)
            self.assertEqual(cart.company_id, other.company_id)
            self.assertEqual(cart.pricelist_id.pricing_origin_id, other)

    def test_the_website_has_a_warehouse_of_its_own(self):
        self.website.warehouse_id = self.paulista.warehouse_id
        self.sign_in()
        cart = self.add_to_cart()
        self.assertEqual(cart.warehouse_id, self.origin.warehouse_id)
        self.choose_origin(self.mineira)
        self.assertEqual(cart.warehouse_id, self.mineira.warehouse_id)

    def test_signing_in_again_stays_in_the_branch(self):
        self.sign_in()
        self.choose_origin(self.mineira)
        cart = self.add_to_cart()
        price = cart.order_line.price_unit
        self.authenticate(None, None)
        self.sign_in()
        self.assertEqual(self.read_price(), price)
        self.assertEqual(cart.company_id, self.branch)
        self.assertEqual(cart.pricing_origin_id, self.mineira)
        self.assertEqual(cart.order_line.price_unit, price)

    def test_customers_see_what_the_branch_sold_them(self):
        contact = self.make_customer(
            "Bia", parent_id=self.customer.id, is_company=False
        )
        colleague = self.make_portal_user("colega", contact)
        self.sign_in()
        self.choose_origin(self.mineira)
        order = self.add_to_cart()
        order.action_confirm()
        path = f"/my/orders/{order.id}"
        self.assertTrue(self.url_open(path).url.endswith(path))
        self.assertIn(order.name, self.url_open("/my/orders").text)
        self.sign_in(colleague)
        self.assertTrue(self.url_open(path).url.endswith(path))
        self.sign_in(self.make_portal_user("alheia", self.make_customer("Alheia")))
        self.assertFalse(self.url_open(path).url.endswith(path))
