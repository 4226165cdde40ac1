from odoo.fields import Command
from odoo.tests import tagged

from .common import ShopCase


@tagged("post_install", "-at_install")
class TestShop(ShopCase):
    def test_the_price_is_the_contract_s(self):
        self.sign_in()
        self.assertEqual(self.read_price(), 113.64)
        grid = self.read_page("/shop").xpath(
            "string(//*[contains(@class, 'product_price')])"
        )
        self.assertEqual(self.to_number(grid), 113.64)

    def test_another_origin_reprices_catalogue_and_cart(self):
        self.sign_in()
        cart = self.add_to_cart()
        self.assertEqual(cart.pricing_origin_id, self.origin)
        self.assertFalse(cart.pricing_list_manual)
        self.assertEqual(cart.order_line.price_unit, 113.64)
        response = self.choose_origin(self.paulista, path="/shop/cart")
        self.assertTrue(response.url.endswith("/shop/cart"))
        self.assertEqual(cart.pricing_origin_id, self.paulista)
        self.assertEqual(cart.warehouse_id, self.paulista.warehouse_id)
        self.assertEqual(cart.order_line.price_unit, 121.95)
        self.assertEqual(self.read_price(), 121.95)

    def test_the_origin_can_be_chosen_before_there_is_a_cart(self):
        self.sign_in()
        self.choose_origin(self.paulista)
        self.assertEqual(self.read_price(), 121.95)
        cart = self.add_to_cart()
        self.assertEqual(cart.pricing_origin_id, self.paulista)
        self.assertEqual(cart.order_line.price_unit, 121.95)
        self.assertFalse(cart.pricing_list_manual)

    def test_the_header_offers_the_origins_of_contracts(self):
        other = self.make_origin("MG", self.company, self.mg)
        self.sign_in()
        names = self.read_origins()
        self.assertEqual(names, ["RS", "SP"])
        self.scenario._generate()
        self.assertEqual(self.read_origins(), ["MG", "RS", "SP"])
        other.active = False
        self.assertEqual(self.read_origins(), ["RS", "SP"])

    def read_origins(self):
        buttons = self.read_page("/shop").xpath(
            "(//*[contains(@class, 'o_pricing_origin')])[1]//button"
        )
        return [button.text_content().strip() for button in buttons]

    def test_an_origin_that_is_not_offered_is_refused(self):
        stranger = self.make_origin("MG", self.company, self.mg)
        self.sign_in()
        for wrong in (stranger, 0, "x", "1; DROP", 99999999, ""):
            response = self.choose_origin(wrong, status=422)
            self.assertIn("Choose another origin", response.text)
        self.assertEqual(self.read_price(), 113.64)

    def test_going_back_stays_on_the_site(self):
        self.sign_in()
        response = self.choose_origin(
            self.paulista, path="https://evil.example.com/shop"
        )
        self.assertEqual(response.url, f"{self.base_url()}/shop")

    def test_without_a_contract_odoo_s_price_counts(self):
        plain = self.make_customer("Plain", self.sp)
        user = self.make_portal_user("plain", plain)
        self.website.pricing_without_contract = True
        self.sign_in(user)
        self.assertEqual(self.read_origins(), [])
        self.assertEqual(self.read_price(), 100.0)
        self.add_to_cart()
        self.assertEqual(self.get_cart(user).order_line.price_unit, 100.0)

    def test_other_websites_stay_as_they_are(self):
        self.website.pricing_shop = False
        self.sign_in()
        self.assertEqual(self.read_origins(), [])
        self.assertEqual(self.read_price(), 100.0)

    def test_the_delivery_address_decides_about_the_state(self):
        self.sign_in()
        cart = self.add_to_cart()
        delivery = self.make_customer(
            "Depósito", self.ba, parent_id=self.customer.id, type="delivery"
        )
        self.call(
            "/shop/update_address", partner_id=delivery.id, address_type="delivery"
        )
        self.assertEqual(cart.partner_shipping_id, delivery)
        self.assertEqual(cart.pricing_contract_id.state_id, self.ba)
        self.assertEqual(
            cart.pricelist_id, self.get_list(self.scenario, self.ba, self.origin)
        )
        expected = self.price(cart.pricelist_id)
        self.assertNotEqual(expected, 113.64)
        self.assertEqual(cart.order_line.price_unit, expected)
        self.assertEqual(self.read_price(), expected)

    def test_a_list_that_a_salesperson_chose_stays(self):
        mine = self.make_fixed_list("Agreed", 77.0)
        self.sign_in()
        cart = self.add_to_cart()
        cart.pricelist_id = mine
        cart._recompute_prices()
        self.choose_origin(self.paulista)
        self.assertEqual(cart.pricelist_id, mine)
        self.assertEqual(cart.order_line.price_unit, 77.0)
        self.assertEqual(self.read_price(), 77.0)

    def test_codes_do_not_undercut_the_contract(self):
        self.make_fixed_list("Code", 50.0, code="HALF", selectable=True)
        self.sign_in()
        cart = self.add_to_cart()
        self.url_open("/shop/pricelist?promo=HALF")
        self.assertEqual(cart.order_line.price_unit, 113.64)
        self.assertEqual(self.read_price(), 113.64)

    def get_shown_stock(self):
        info = self.call(
            "/website_sale/get_combination_info",
            product_template_id=self.template.id,
            product_id=self.product.id,
            combination=[],
            add_qty=1,
        )
        return info["free_qty"]

    def test_the_stock_is_that_of_the_origin(self):
        self.product.write({"is_storable": True, "allow_out_of_stock_order": False})
        self.env["stock.quant"]._update_available_quantity(
            self.product, self.paulista.warehouse_id.lot_stock_id, 5
        )
        self.sign_in()
        self.assertEqual(self.get_shown_stock(), 0)
        self.assertFalse(self.add_to_cart().order_line)
        self.choose_origin(self.paulista)
        self.assertEqual(self.get_shown_stock(), 5)
        cart = self.add_to_cart(quantity=9)
        self.assertEqual(cart.order_line.product_uom_qty, 5)

    def test_lists_generated_while_there_are_websites_are_nobody_s(self):
        branch = self.make_company("Filial MG", self.mg, parent_id=self.company.id)
        self.make_origin("MG", branch, self.mg)
        scenario = self.make_scenario("Friends")
        lists = scenario.channel_group_ids.contract_ids.pricelist_id
        self.assertEqual(lists.company_id, self.company | branch)
        self.assertFalse(lists.website_id)
        self.assertFalse(lists & self.website.pricelist_ids)

    def test_confirmed_orders_keep_their_prices(self):
        self.sign_in()
        order = self.add_to_cart()
        order.action_confirm()
        self.choose_origin(self.paulista)
        self.assertEqual(order.pricing_origin_id, self.origin)
        self.assertEqual(order.order_line.price_unit, 113.64)
        self.assertEqual(self.read_price(), 121.95)

    def test_no_filter_by_prices_that_nobody_pays(self):
        self.env.ref("website_sale.filter_products_price").active = True
        self.website.pricing_without_contract = True
        self.sign_in()
        self.assertNotIn("o_wsale_price_range_option", self.url_open("/shop").text)
        self.sign_in(self.make_portal_user("plain", self.make_customer("Plain")))
        self.assertIn("o_wsale_price_range_option", self.url_open("/shop").text)

    def test_adjustments_are_no_bargains(self):
        self.scenario.rule_ids = [Command.create({"adjustment": -5.0})]
        self.scenario._generate()
        self.sign_in()
        page = self.read_page(self.template.website_url)
        old = page.xpath("//*[contains(@class, 'oe_default_price')]")[0]
        self.assertIn("d-none", old.get("class"))
        self.assertFalse(self.read_page("/shop").xpath("//form//del"))

    def test_why(self):
        self.sign_in()
        path = f"/shop/price/{self.template.id}"
        text = " ".join(self.read_page(path).text_content().split())
        for part in ("113.64", "12.00 %", "121.95", "18.00 %", "São Paulo"):
            self.assertIn(part, text)
        self.assertNotIn(self.scenario.name, text)
        self.choose_origin(self.paulista, path=path)
        row = self.read_page(path).xpath("//tr[contains(@class, 'table-active')]")[0]
        self.assertIn("121.95", row.text_content())

    def test_why_is_for_customers_with_a_contract(self):
        path = f"/shop/price/{self.template.id}"
        self.assertIn("/web/login", self.url_open(path).url)
        self.sign_in(self.make_portal_user("plain", self.make_customer("Plain")))
        self.assertEqual(self.url_open(path).status_code, 404)
        self.sign_in()
        self.template.is_published = False
        self.assertIn(self.url_open(path).status_code, (403, 404))
