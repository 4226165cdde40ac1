from contextlib import contextmanager

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

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
    """What somebody who is not signed in sees of prices: nothing."""

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
        for path in paths:
            response = self.url_open(path)
            self.assertEqual(response.status_code, 200)
            self.assertIn("Log in to see prices", response.text)
            self.assertHidden(response.text)
        self.assertNotIn("0.00", self.url_open("/shop").text.split("<main", 1)[1])

    def test_the_login_comes_back_to_the_product(self):
        page = self.read_page(self.template.website_url)
        link = page.xpath("//a[contains(@class, 'o_pricing_login')]")[0]
        self.assertIn("redirect=%2Fshop%2F", link.get("href"))

    def test_prices_that_scripts_ask_for(self):
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
        page = str(self.render_snippet(name))
        self.assertIn("Kettle", page)
        self.assertIn("redirect=%2Fshop", page)
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
        self.env.ref("website_sale.filter_products_price").active = True
        page = self.url_open("/shop").text
        self.assertNotIn("o_wsale_price_range_option", page)
        self.assertHidden(page)

    def test_nothing_can_be_bought(self):
        with self.refused("UserError"):
            self.add_to_cart()
        carts = self.env["sale.order"].search([("website_id", "=", self.website.id)])
        self.assertFalse(carts.order_line)

    def test_dialogs_that_configure_products(self):
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
