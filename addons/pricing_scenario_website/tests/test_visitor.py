from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import file_path, mute_logger

from .common import ShopCase

SECRET = "8317"
# What the search box of the header asks for
SEARCH_OPTIONS = {
    "displayImage": True,
    "displayDescription": True,
    "displayExtraLink": True,
    "displayDetail": True,
}


@tagged("post_install", "-at_install")
class TestVisitor(ShopCase):
    """What somebody without a contract sees of prices: nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.list_price = float(SECRET)
        attribute = cls.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [
                    Command.create({"name": "S"}),
                    Command.create({"name": "L", "default_extra_price": 9461.0}),
                ],
            }
        )
        cls.variants = cls.env["product.template"].create(
            {
                "name": "Pan",
                "list_price": float(SECRET),
                "is_published": True,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )

    def each_stranger(self):
        """A visitor, and somebody who signed up and has no contract."""
        nobody = self.make_portal_user("nova", self.make_customer("Nova", self.sp))
        for user in (None, nobody):
            with self.subTest(user=user and user.login):
                if user:
                    self.sign_in(user)
                yield user

    def assertHidden(self, text):
        plain = text.replace(",", "").replace("\u202f", "")
        self.assertNotIn(SECRET, plain)
        self.assertNotIn("9461", plain)

    @contextmanager
    def refused(self, error):
        with (
            mute_logger("odoo.http"),
            self.assertRaisesRegex(JsonRpcException, error),
        ):
            yield

    def test_pages(self):
        paths = [
            "/shop",
            "/shop?search=kettle",
            self.template.website_url,
            self.variants.website_url,
        ]
        for user in self.each_stranger():
            told = "customers with a contract" if user else "Log in to see prices"
            for path in paths:
                response = self.url_open(path)
                self.assertEqual(response.status_code, 200)
                self.assertIn(told, response.text)
                self.assertHidden(response.text)
            self.assertNotIn("0.00", self.url_open("/shop").text.split("<main", 1)[1])

    def test_the_login_comes_back_to_the_product(self):
        page = self.read_page(self.template.website_url)
        link = page.xpath("//a[contains(@class, 'o_pricing_login')]")[0]
        self.assertIn("redirect=%2Fshop%2F", link.get("href"))

    def test_prices_that_scripts_ask_for(self):
        for _user in self.each_stranger():
            for template in (self.template, self.variants):
                info = self.call(
                    "/website_sale/get_combination_info",
                    product_template_id=template.id,
                    product_id=template.product_variant_ids[-1].id,
                    combination=[],
                    add_qty=1,
                )
                self.assertHidden(str(info))
                self.assertEqual(info["price"], 0)
            results = self.call(
                "/website/snippet/autocomplete",
                search_type="products",
                term="kettle",
                options=SEARCH_OPTIONS,
            )
            self.assertTrue(results["results"])
            self.assertHidden(str(results))

    def test_sorting_and_filtering_tell_nothing(self):
        cheap = self.env["product.product"].create(
            {"name": "Kettle B", "list_price": 1.0, "is_published": True}
        )
        (self.product | cheap).website_sequence = 1
        for _user in self.each_stranger():
            self.assert_search_tells_nothing()

    def assert_search_tells_nothing(self):
        pages = [
            self.url_open(f"/shop?search=kettle&{query}").text
            for query in (
                "min_price=8000",
                "max_price=8000",
                "order=list_price+asc",
                "order=list_price+desc",
            )
        ]
        for page in pages:
            self.assertIn("Kettle B", page)
        found = [page.index(">Kettle B<") < page.rindex(">Kettle<") for page in pages]
        self.assertEqual(len(set(found)), 1)
        results = self.call(
            "/website/snippet/autocomplete",
            search_type="products",
            term="kettle",
            options={**SEARCH_OPTIONS, "min_price": 8000},
        )
        self.assertEqual(results["results_count"], 2)

    def render_snippet(self, *domain):
        return self.call(
            "/website/snippet/filters",
            filter_id=self.env.ref("website_sale.dynamic_filter_newest_products").id,
            limit=16,
            search_domain=list(domain),
            template_key="website_sale.dynamic_filter_template_product_product"
            "_products_item",
        )

    def test_products_on_other_pages(self):
        name = ["name", "=", "Kettle"]
        for user in self.each_stranger():
            page = str(self.render_snippet(name))
            self.assertIn("Kettle", page)
            told = "customers with a contract" if user else "redirect=%2Fshop"
            self.assertIn(told, page)
            self.assertHidden(page)
            for domain in (
                ["list_price", ">", 1],
                ["list_price", ">", 9000],
                ["product_tmpl_id", "any", [["list_price", ">", 1]]],
            ):
                self.assertEqual(self.render_snippet(name, domain), [])
        self.sign_in()
        page = str(self.render_snippet(name, ["list_price", ">", 1]))
        self.assertIn("Kettle", page)

    def test_the_filter_by_price_is_not_shown(self):
        for _user in self.each_stranger():
            self.env.ref("website_sale.filter_products_price").active = True
            page = self.url_open("/shop").text
            self.assertNotIn("o_wsale_price_range_option", page)
            self.assertHidden(page)

    def test_nothing_can_be_bought(self):
        for _user in self.each_stranger():
            with self.refused("UserError"):
                self.add_to_cart()
            carts = self.env["sale.order"].search(
                [("website_id", "=", self.website.id)]
            )
            self.assertFalse(carts.order_line)

    def test_dialogs_that_configure_products(self):
        for _user in self.each_stranger():
            with self.refused("AccessError"):
                self.call(
                    "/website_sale/product_configurator/get_values",
                    product_template_id=self.variants.id,
                    quantity=1,
                    currency_id=self.env.company.currency_id.id,
                    so_date="2026-01-01",
                    ptav_ids=[],
                )

    def test_the_origin_is_for_customers(self):
        self.authenticate(None, None)
        response = self.choose_origin(self.paulista, path="/shop/cart")
        self.assertIn("/web/login?redirect=%2Fshop%2Fcart", response.url)

    def test_prices_for_everybody_by_choice(self):
        self.website.pricing_after_login = False
        page = self.url_open(self.template.website_url).text
        self.assertNotIn("Log in to see prices", page)
        self.assertIn("8,317", page)

    def test_other_websites_show_their_prices(self):
        self.website.pricing_shop = False
        self.assertIn("8,317", self.url_open(self.template.website_url).text)

    def call_kw(self, model, method, *args, **kwargs):
        return self.call(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs=kwargs,
        )

    def test_who_signed_up_reads_no_prices_by_rpc(self):
        self.make_fixed_list("Public", float(SECRET), selectable=True)
        value = self.variants.attribute_line_ids.product_template_value_ids[-1]
        self.assertEqual(value.price_extra, 9461)
        prices = {
            "product.template": ("list_price", "compare_list_price", "tax_string"),
            "product.product": ("lst_price", "list_price", "price_extra"),
            "product.template.attribute.value": ("price_extra",),
            "product.attribute.value": ("default_extra_price",),
            "product.pricelist.item": ("fixed_price", "price", "name"),
        }
        nobody = self.make_portal_user("nova", self.make_customer("Nova", self.sp))
        self.sign_in(nobody)
        for model, names in prices.items():
            for name in names:
                with self.subTest(model, field=name):
                    with self.refused("AccessError"):
                        self.call_kw(model, "search_read", [], [name])
                    with self.refused("AccessError"):
                        self.call_kw(model, "search_count", [(name, "!=", False)])
                    with self.refused("AccessError"):
                        self.call_kw(model, "search", [], order=f"{name} desc")
            self.assertHidden(str(self.call_kw(model, "search_read", [], ["id"])))
        self.assertTrue(self.call_kw("product.template", "search_read", [], ["name"]))

    def test_the_dialogs_of_the_back_end(self):
        nobody = self.make_portal_user("nova", self.make_customer("Nova", self.sp))
        self.sign_in(nobody)
        calls = {
            "/sale/product_configurator/get_values": {
                "product_template_id": self.variants.id,
                "ptav_ids": [],
            },
            "/sale/product_configurator/update_combination": {
                "product_template_id": self.variants.id,
                "ptav_ids": self.variants.attribute_line_ids[0]
                .product_template_value_ids[-1:]
                .ids,
            },
        }
        for path, params in calls.items():
            with self.subTest(path), self.refused("AccessError"):
                self.call(
                    path,
                    quantity=1,
                    currency_id=self.env.company.currency_id.id,
                    so_date="2026-01-01",
                    **params,
                )

    def test_a_customer_who_loses_the_contract(self):
        self.sign_in()
        cart = self.add_to_cart()
        price = cart.order_line.price_unit
        self.assertTrue(cart._is_cart_ready())
        self.customer.pricing_scenario_id = False
        page = self.read_page("/shop/cart")
        self.assertIn("you cannot buy now", page.text_content())
        self.assertEqual(cart.order_line.price_unit, price)
        self.assertHidden(self.url_open(self.template.website_url).text)
        with self.refused("UserError"):
            self.add_to_cart()
        with self.assertRaises(ValidationError):
            cart._check_cart_is_ready_to_be_paid()
        self.customer.pricing_scenario_id = self.scenario
        self.read_page("/shop/cart")
        self.assertTrue(self.add_to_cart().order_line)

    def test_prices_without_a_contract_by_choice(self):
        self.website.pricing_without_contract = True
        self.assertHidden(self.url_open(self.template.website_url).text)
        self.sign_in(self.make_portal_user("nova", self.make_customer("Nova")))
        self.assertIn("8,317", self.url_open(self.template.website_url).text)
        self.assertTrue(
            self.call_kw("product.template", "search_read", [], ["list_price"])
        )

    def test_an_employee_sees_prices(self):
        user = new_test_user(
            self.env,
            "vitrine",
            "base.group_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.sign_in(user)
        self.assertIn("8,317", self.url_open(self.template.website_url).text)

    def test_the_setting_offers_to_close_the_sign_up(self):
        website = self.website
        website.auth_signup_uninvited = "b2c"
        self.assertFalse(website.pricing_sign_up_open)
        website.pricing_without_contract = True
        self.assertTrue(website.pricing_sign_up_open)
        settings = self.env["res.config.settings"].create({"website_id": website.id})
        self.assertTrue(settings.pricing_sign_up_open)
        settings.action_close_sign_up()
        self.assertEqual(website.auth_signup_uninvited, "b2b")
        self.assertFalse(website.pricing_sign_up_open)

    def test_shops_made_before(self):
        self.website.auth_signup_uninvited = "b2b"
        open_shop = self.website.copy({"domain": False})
        open_shop.auth_signup_uninvited = "b2c"
        public = self.website.copy({"domain": False, "pricing_after_login": False})
        path = "pricing_scenario_website/migrations/19.0.1.1.0/"
        path = file_path(f"{path}post-prices_without_contract.py")
        spec = spec_from_file_location("prices_without_contract", path)
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        for _twice in range(2):
            script.migrate(self.env.cr, "19.0.1.0.0")
            self.assertTrue(self.website.pricing_without_contract)
            self.assertFalse(open_shop.pricing_without_contract)
            self.assertFalse(public.pricing_without_contract)
