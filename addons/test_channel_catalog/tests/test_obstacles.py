from dataclasses import replace

from odoo.fields import Command

from odoo.addons.channel_base.lib.errors import Rejected

from .common import CatalogCase


class TestObstacles(CatalogCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.catalog = cls.env["sale.channel.catalog"]
        cls.item = cls.make_item("O-1", barcode="7790000000010")

    def setUp(self):
        super().setUp()
        self.read_list()

    def demand(self, **traits):
        self.shop.traits = replace(self.shop.traits, **traits)

    def codes(self, product=None, channel=None):
        product = product or self.item
        found = self.catalog._get_obstacles(channel or self.channel, product)
        return [code for code, _params in found[product]]

    def sentences(self, product):
        texts = self.env["sale.channel.text"]
        found = self.catalog._get_reasons(self.channel, product)
        return [texts._format(code, params) for code, params in found[product]]

    def test_nothing_is_in_the_way(self):
        self.assertEqual(self.codes(), [])

    def test_each_reason_apart(self):
        other = self.env["sale.channel"].create({"name": "Otro"})
        company = self.env["res.company"].create({"name": "Otra Empresa"})
        hidden = self.brand.copy({"name": "Oculta", "channel_shown": False})
        for values, code in (
            ({"sale_ok": False}, "catalog_not_sold"),
            ({"active": False}, "catalog_archived"),
            ({"type": "service"}, "catalog_type"),
            ({"company_id": company.id}, "catalog_company"),
            ({"channel_ids": [Command.set(other.ids)]}, "catalog_not_here"),
            ({"channel_variant_show": "no"}, "catalog_variant_off"),
            ({"channel_show": "no"}, "catalog_product_off"),
            ({"channel_show": "default"}, "catalog_channel_off"),
            ({"product_brand_id": hidden.id}, "catalog_brand_hidden"),
            ({"product_brand_id": False}, "catalog_no_brand"),
            ({"default_code": False}, "catalog_missing"),
        ):
            with self.subTest(code):
                product = self.make_item(f"O-{code}")
                product.sudo().write(values)
                self.assertEqual(self.codes(product), [code])

    def test_several_reasons_are_all_told(self):
        self.item.write(
            {"sale_ok": False, "product_brand_id": False, "channel_show": "no"}
        )
        self.assertEqual(
            self.codes(),
            ["catalog_not_sold", "catalog_product_off", "catalog_no_brand"],
        )

    def test_flags_of_variant_product_and_channel(self):
        for variant, template, channel, shown in (
            ("default", "default", True, True),
            ("default", "default", False, False),
            ("default", "no", True, False),
            ("default", "yes", False, True),
            ("yes", "no", False, True),
            ("no", "yes", True, False),
        ):
            with self.subTest(variant=variant, template=template, channel=channel):
                self.channel.write(
                    {"catalog_show": channel, "catalog_sync_stock": channel}
                )
                self.item.write(
                    {
                        "channel_variant_show": variant,
                        "channel_show": template,
                        "channel_variant_sync_stock": variant,
                        "channel_sync_stock": template,
                    }
                )
                self.assertIs(not self.codes(), shown)
                synced = self.catalog._get_synced(self.channel, self.item)
                self.assertIs(bool(synced), shown)

    def test_demanded_fields_count_only_when_they_are_sent(self):
        self.item.barcode = False
        self.assertEqual(self.codes(), [])
        self.demand(required=("title", "sku", "barcode", "images", "weight"))
        self.assertEqual(
            self.codes(), ["catalog_no_barcode", "catalog_missing", "catalog_missing"]
        )
        self.channel.write(
            {"send_barcode": False, "send_images": False, "send_dimensions": False}
        )
        self.assertEqual(self.codes(), [])
        self.item.product_brand_id = False
        self.channel.send_brand = False
        self.assertEqual(self.codes(), [])

    def test_a_field_that_is_too_long(self):
        self.demand(max_lengths={"title": 12})
        self.item.name = "Doce letras."
        self.assertEqual(self.codes(), [])
        self.item.name = "Trece letras."
        [(code, params)] = self.catalog._get_obstacles(self.channel, self.item)[
            self.item
        ]
        self.assertEqual(code, "catalog_too_long")
        self.assertEqual((params["length"], params["limit"]), ("13", "12"))

    def test_a_code_of_two_products(self):
        twin = self.make_item("O-1")
        self.assertEqual(self.codes(), ["catalog_sku_twice"])
        self.assertEqual(self.codes(twin), ["catalog_sku_twice"])
        twin.active = False
        self.assertEqual(self.codes(), [])
        # Odoo's own check does not see what is written past it.
        self.env.cr.execute(
            "UPDATE product_product SET barcode = %s, active = true WHERE id = %s",
            [self.item.barcode, twin.id],
        )
        twin.invalidate_recordset()
        self.assertIn("catalog_barcode_twice", self.codes())
        self.assertIn(twin.display_name, " ".join(self.sentences(self.item)))

    def test_too_many_variants_and_options(self):
        template = self.make_varying("O-V", 3, 2)
        self.demand(grouped=True, max_variants=6, max_options=2)
        variant = template.product_variant_ids[0]
        self.assertEqual(self.codes(variant), [])
        self.demand(max_variants=5, max_options=1)
        self.assertEqual(self.codes(variant), ["catalog_variants", "catalog_options"])

    def test_trial_list(self):
        self.channel.state = "trial"
        self.channel.trial_codes = "O-9"
        self.assertEqual(self.codes(), ["not_in_trial"])
        self.channel.trial_codes = "O-9, O-1"
        self.assertEqual(self.codes(), [])

    def test_what_the_channel_refused(self):
        self.shop.refused["O-1"] = Rejected("http_422", "title", status=422)
        self.start("listings_out")
        self.run_out("listings_out")
        [sentence] = self.sentences(self.item)
        self.assertIn("422", sentence)
        # It is no obstacle: the row says it, and is tried again.
        self.assertEqual(self.codes(), [])
        self.assertIn("422", self.item.variant_channel_reasons)

    def test_queries_do_not_grow_with_the_products(self):
        self.demand(
            grouped=True,
            max_variants=100,
            max_options=3,
            max_lengths={"title": 60},
            required=("title", "sku", "barcode", "images", "category"),
        )
        few = self.make_varying("Q-1", 2, 2).product_variant_ids
        many = few
        for number in range(2, 12):
            many |= self.make_varying(f"Q-{number}", 2, 2).product_variant_ids
            many |= self.make_item(f"Q-{number}-0")
        counts = []
        for products in (few, few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.catalog._get_reasons(self.channel, products)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1] + 1, counts)

    def test_the_product_says_why(self):
        self.env["sale.channel"].search([("id", "!=", self.channel.id)]).active = False
        template = self.make_varying("O-W", 3, 2)
        variants = template.product_variant_ids
        variants[0].channel_variant_show = "no"
        html = template.channel_reasons
        self.assertIn(self.channel.name, html)
        self.assertIn("Not on the channel", html)
        self.assertIn("Show Variant in E-commerce", html)
        # Only one of six is concerned: it is named.
        self.assertIn(variants[0].display_name.split("(")[0].strip(), html)
        self.assertEqual(html.count("Show Variant in E-commerce"), 1)
        self.brand.sudo().name = "<b>Marca</b>"
        self.brand.channel_shown = False
        template.invalidate_recordset()
        self.assertIn("&lt;b&gt;Marca", template.channel_reasons)
        self.assertFalse(self.env["product.template"].new({}).channel_reasons is None)
