import base64
from dataclasses import replace
from io import BytesIO

from PIL import Image

from odoo.fields import Command

from .common import CatalogCase


def picture(color):
    stream = BytesIO()
    Image.new("RGB", (4, 4), color).save(stream, "PNG")
    return base64.b64encode(stream.getvalue())


class TestContent(CatalogCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contents = cls.env["sale.channel.content"]

    def setUp(self):
        super().setUp()
        self.read_list()

    def demand(self, **traits):
        self.shop.traits = replace(self.shop.traits, **traits)

    def list_products(self, products):
        return self.env["sale.channel.catalog"]._ensure_listings(self.channel, products)

    def content(self, product):
        listing = self.listings(product) or self.list_products(product)
        _sent, offered = self.env["sale.channel.catalog"]._get_sent(
            self.channel, listing
        )
        found = self.contents._get_listing_contents(self.channel, listing, offered)
        return found[listing.id]

    def group_content(self, template):
        products = template.with_context(active_test=False).product_variant_ids
        if not self.listings(products):
            self.list_products(products)
        groups = self.listings(products).channel_product_id
        _sent, offered = self.env["sale.channel.catalog"]._get_sent(
            self.channel, groups.listing_ids
        )
        found = self.contents._get_product_contents(self.channel, groups, offered)
        return found[groups.id]

    def test_what_a_listing_shows(self):
        item = self.make_item(
            "C-1",
            barcode="7790000000027",
            weight=1.25,
            description_sale="Uno & dos\nlíneas\n\n<tres>",
        )
        self.assertEqual(
            self.content(item),
            {
                "title": "Artículo C-1",
                "sku": "C-1",
                "barcode": "7790000000027",
                "weight": 1.25,
                "brand": "Marca",
                "description": "<p>Uno &amp; dos<br>líneas</p><p>&lt;tres&gt;</p>",
                "images": None,
                "category": None,
                "visibility": "hidden",
            },
        )

    def test_only_what_is_switched_on(self):
        item = self.make_item("C-2")
        every = set(self.content(item))
        for switch, names in {
            "title": {"title"},
            "description": {"description"},
            "images": {"images"},
            "brand": {"brand"},
            "category": {"category"},
            "barcode": {"barcode"},
            "dimensions": {"weight"},
        }.items():
            with self.subTest(switch):
                self.channel[f"send_{switch}"] = False
                self.assertEqual(every - set(self.content(item)), names)
                self.channel[f"send_{switch}"] = True
        self.demand(fields=("title",))
        self.assertEqual(set(self.content(item)), {"title", "sku", "visibility"})

    def test_what_is_demanded_and_empty_stays_as_it_is(self):
        item = self.make_item("C-3", barcode="7790000000034")
        self.demand(required=("title", "sku", "barcode"))
        self.content(item)
        item.barcode = False
        self.assertNotIn("barcode", self.content(item))
        self.demand(required=("title", "sku"))
        self.assertIsNone(self.content(item)["barcode"])

    def test_texts_are_cleaned(self):
        item = self.make_item("C-4", name="Ja\u0301gt\x07er  <b>")
        self.assertEqual(self.content(item)["title"], "Jágt er <b>")

    def test_the_language_of_the_channel(self):
        self.env["res.lang"]._activate_lang("es_AR")
        item = self.make_item("C-5", name="Drill")
        item.with_context(lang="es_AR").name = "Taladro"
        self.channel.catalog_lang = "es_AR"
        self.assertEqual(self.content(item)["title"], "Taladro")
        self.channel.catalog_lang = "en_US"
        self.assertEqual(self.content(item)["title"], "Drill")
        self.channel.catalog_lang = False
        self.company.partner_id.lang = "es_AR"
        self.assertEqual(self.content(item)["title"], "Taladro")

    def test_category_of_the_channel_or_of_the_nearest_above(self):
        above = self.env["product.category"].create({"name": "Herramientas"})
        below = above.create({"name": "Taladros", "parent_id": above.id})
        item = self.make_item("C-6", categ_id=below.id)
        self.assertIsNone(self.content(item)["category"])
        kind = self.env.ref("channel_catalog.kind_category")
        for category, value in ((above, "tools"), (below, "drills")):
            self.env["sale.channel.mapping"].create(
                {
                    "channel_id": self.channel.id,
                    "kind_id": kind.id,
                    "external_value": value,
                    "direction": "both",
                    "res_id": category.id,
                }
            )
            self.assertEqual(self.content(item)["category"], value)

    def test_options_of_variants(self):
        self.demand(grouped=True)
        template = self.make_varying("C-7", 2, 1)
        first, second = template.product_variant_ids
        self.assertEqual(
            self.group_content(template)["options"],
            [{"name": "Atributo 1", "values": ["1a", "1b"]}],
        )
        self.assertEqual(self.content(first)["options"], {"Atributo 1": "1a"})
        self.assertEqual(self.content(first)["title"], "1a")
        # Renamed
        attribute = template.attribute_line_ids[0].attribute_id
        attribute.name = "Color"
        attribute.value_ids[1].name = "Azul"
        self.assertEqual(self.content(second)["options"], {"Color": "Azul"})
        # Added
        line = template.attribute_line_ids[0]
        line.value_ids = [Command.create({"name": "1c", "attribute_id": attribute.id})]
        self.assertEqual(len(template.product_variant_ids), 3)
        third = template.product_variant_ids - first - second
        third.default_code = "C-7-3"
        self.list_products(third)
        self.assertEqual(
            self.group_content(template)["options"][0]["values"], ["1a", "Azul", "1c"]
        )
        # Removed here, it still is on the channel, hidden.
        line.value_ids = [
            Command.unlink(attribute.value_ids[1].id),
            Command.unlink(attribute.value_ids[2].id),
        ]
        self.assertFalse(second.active)
        self.assertEqual(len(self.group_content(template)["options"][0]["values"]), 3)
        self.assertEqual(self.content(second)["visibility"], "hidden")

    def test_attributes_that_make_no_variants(self):
        self.demand(grouped=True)
        never = self.env["product.attribute"].create(
            {
                "name": "Grabado",
                "create_variant": "no_variant",
                "value_ids": [
                    Command.create({"name": "Sí"}),
                    Command.create({"name": "No"}),
                ],
            }
        )
        template = self.make_varying("C-8", 2)
        template.attribute_line_ids = [
            Command.create(
                {
                    "attribute_id": never.id,
                    "value_ids": [Command.set(never.value_ids.ids)],
                }
            )
        ]
        names = [option["name"] for option in self.group_content(template)["options"]]
        self.assertEqual(names, ["Atributo 1"])

    def test_visibility_of_products_and_variants(self):
        self.demand(
            grouped=True, visibilities=("visible", "catalog", "search", "hidden")
        )
        template = self.make_varying("C-9", 2)
        self.group_content(template)
        first, second = self.listings(template.product_variant_ids)
        for states, shown in (
            (("hidden", "hidden"), "hidden"),
            (("hidden", "search"), "search"),
            (("catalog", "search"), "visible"),
            (("visible", "hidden"), "visible"),
        ):
            with self.subTest(states):
                first.visibility, second.visibility = states
                self.assertEqual(self.group_content(template)["visibility"], shown)
        first.product_id.channel_variant_show = "no"
        self.assertEqual(self.group_content(template)["visibility"], "hidden")
        self.assertEqual(self.content(first.product_id)["visibility"], "hidden")
        # What the channel cannot tell apart is simply shown.
        first.product_id.channel_variant_show = "default"
        first.visibility = "search"
        self.demand(visibilities=("visible", "hidden"))
        self.assertEqual(self.content(first.product_id)["visibility"], "visible")

    def test_pictures_by_checksum(self):
        template = self.make_varying("C-10", 2)
        first, second = template.product_variant_ids
        template.image_1920 = picture("red")
        first.image_variant_1920 = picture("blue")
        red, blue = self.content(second)["images"], self.content(first)["images"]
        self.assertEqual((len(red), len(blue)), (1, 1))
        self.assertNotEqual(red, blue)
        self.listings().unlink()
        self.env["sale.channel.product"].search([]).unlink()
        self.demand(grouped=True)
        self.assertEqual(self.group_content(template)["images"], red)
        self.assertEqual(self.content(first)["images"], blue)
        self.assertIsNone(self.content(second)["images"])

    def test_no_picture_is_uploaded_twice(self):
        items = self.make_item("C-11") | self.make_item("C-12")
        items.image_1920 = picture("green")
        self.start("listings_out")
        self.run_out("listings_out")
        self.assertEqual(len(self.shop.images), 1)
        [data] = self.shop.images.values()
        self.assertEqual(base64.b64encode(data), items[0].image_1920)
        items[0].name = "Otro nombre"
        self.run_out("listings_out")
        self.assertEqual(len(self.shop.images), 1)
        items[0].image_1920 = picture("yellow")
        self.run_out("listings_out", full=False)
        self.assertEqual(len(self.shop.images), 2)
        images = self.env["sale.channel.image"]
        known = images.search_count([("channel_id", "=", self.channel.id)])
        self.assertEqual(known, 2)

    def test_queries_do_not_grow_with_the_listings(self):
        self.demand(grouped=True)
        few = self.list_products(self.make_varying("C-13", 2, 2).product_variant_ids)
        many = few
        for number in range(14, 24):
            template = self.make_varying(f"C-{number}", 2, 2)
            many |= self.list_products(template.product_variant_ids)
        counts = []
        for listings in (few, few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            catalog = self.env["sale.channel.catalog"]
            sent, offered = catalog._get_sent(self.channel, listings)
            self.contents._get_listing_contents(self.channel, sent, offered)
            groups = listings.channel_product_id
            self.contents._get_product_contents(self.channel, groups, offered)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1] + 1, counts)
