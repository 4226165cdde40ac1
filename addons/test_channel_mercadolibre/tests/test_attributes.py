"""What MercadoLibre asks for of a listing, over real HTTP."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .attributes import CHAIRS, CLOSED, PARENT, SHIRTS, AttributesCase
from .common import SELLER


@tagged("post_install", "-at_install")
class TestAttributes(AttributesCase):
    def test_category_is_read(self):
        category = self.read_category()
        self.assertEqual(category.path, "Ropa y Accesorios > Remeras")
        self.assertTrue(category.leaf and category.listing_allowed and category.read_at)
        self.assertEqual(category.max_title_length, 60)
        self.assertEqual(category.minimum_price, 1000)
        codes = category.attribute_ids.mapped("code")
        self.assertIn("EMPTY_GTIN_REASON", codes)
        self.assertIn("WARRANTY_TYPE", codes)
        # Read again, nothing changes and nobody is told.
        self.marks()
        rows = category.attribute_ids
        self.read_category()
        self.assertEqual(category.attribute_ids, rows)

    def test_what_odoo_knows_is_filled_in(self):
        self.put()
        content = self.contents()[self.listing.id]
        self.assertEqual(content["category"], SHIRTS)
        self.assertEqual(content["family"], "Remera básica")
        self.assertEqual(content["listing_type"], "gold_special")
        self.assertEqual(content["condition"], "new")
        self.assertEqual(content["attributes"]["COLOR"]["value_name"], "Negro")
        self.assertTrue(content["attributes"]["COLOR"]["value_id"])
        self.assertEqual(content["attributes"]["SIZE"]["value_name"], "S")
        self.assertNotIn("BRAND", content["attributes"])
        self.assertNotIn("ITEM_CONDITION", content["attributes"])

    def test_what_lacks_is_told_by_its_name(self):
        code, params = self.problems()[self.listing.id]
        self.assertEqual(code, "meli_category_missing")
        self.put()
        code, params = self.problems()[self.listing.id]
        self.assertEqual(code, "meli_attributes_missing")
        self.assertIn("Género", params["attributes"])
        self.assertIn("Código universal", params["attributes"])

    def test_complete_listings_have_no_problem(self):
        self.put()
        self.control(
            "charts",
            {"seller_id": SELLER, "domain_id": "T_SHIRTS", "sizes": ["S", "M", "L"]},
        )
        self.run_categories()
        chart = self.env["mercadolibre.chart"].search([])
        self.assertEqual(chart.size_names, "S, M, L")
        self.fill_in()
        self.say("SIZE_GRID_ID", chart.code)
        code, params = self.problems()[self.listing.id]
        self.assertEqual((code, set(params)), ("catalog_missing", {"field"}))
        self.channel.send_images = False
        self.assertEqual(self.problems(), {})
        attributes = self.contents()[self.listing.id]["attributes"]
        self.assertEqual(attributes["SIZE_GRID_ID"], {"value_name": chart.code})
        self.assertEqual(
            attributes["SIZE_GRID_ROW_ID"], {"value_name": f"{chart.code}:1"}
        )
        self.assertEqual(
            attributes["EMPTY_GTIN_REASON"]["value_name"],
            "El producto no tiene código registrado",
        )
        # With a barcode nobody asks why there is none.
        self.listing.product_id.barcode = "7790001000019"
        content = self.contents()[self.listing.id]
        self.assertEqual(content["barcode"], "7790001000019")
        self.assertNotIn("EMPTY_GTIN_REASON", content["attributes"])

    def test_flow_reads_what_is_used(self):
        kind = self.env.ref("channel_catalog.kind_category")
        categ = self.env["product.category"].create({"name": "Sillas"})
        rows = self.env["sale.channel.mapping"].create(
            [
                {
                    "channel_id": self.channel.id,
                    "kind_id": kind.id,
                    "external_value": code,
                    "res_id": record.id,
                }
                for code, record in (
                    (CHAIRS, categ),
                    (CHAIRS, self.shirt.categ_id),
                    ("MLA999999", self.env["product.category"].create({"name": "X"})),
                )
            ]
        )
        # They are only ever sent: two of ours may be one of theirs.
        self.assertEqual(set(rows.mapped("direction")), {"out"})
        code, params = self.problems()[self.listing.id]
        self.assertEqual((code, params), ("meli_category_unread", {"category": CHAIRS}))
        self.assertFalse(self.run_categories().failures)
        categories = self.env["mercadolibre.category"]
        read = categories.search([("code", "=", CHAIRS)])
        gone = categories.search([("code", "=", "MLA999999")])
        self.assertTrue(read.read_at)
        self.assertEqual(gone.problem_code, "not_found")
        self.assertEqual(self.contents()[self.listing.id]["category"], CHAIRS)
        # What is fresh is not read again, what failed not at once.
        self.assertEqual(categories._get_due(self.channel), [])
        read.read_at = "2020-01-01"
        read.tried_at = "2020-01-01"
        self.assertEqual(categories._get_due(self.channel), [CHAIRS])
        # The listing's own category counts more.
        self.put()
        self.assertEqual(self.contents()[self.listing.id]["category"], SHIRTS)

    def test_product_says_why_it_is_not_there(self):
        """Before any flow has looked at it, and once only afterwards."""
        self.channel.mercadolibre_gtin_reason = "El producto no tiene código registrado"
        self.put(CHAIRS)
        self.assertIn("Images", self.shirt.channel_reasons)
        self.channel.send_images = False
        self.shirt.invalidate_recordset()
        self.assertNotIn("Images", self.shirt.channel_reasons)
        self.listed.mercadolibre_category_id = False
        self.shirt.invalidate_recordset()
        self.assertIn("It has no category on MercadoLibre", self.shirt.channel_reasons)

    def test_listing_that_was_there_is_where_it_is(self):
        kind = self.env.ref("channel_catalog.kind_category")
        self.env["sale.channel.mapping"].create(
            {
                "channel_id": self.channel.id,
                "kind_id": kind.id,
                "external_value": SHIRTS,
                "res_id": self.shirt.categ_id.id,
            }
        )
        self.listing.origin = "linked"
        self.env["sale.channel.remote.listing"].create(
            {
                "channel_id": self.channel.id,
                "external_id": "MLA77",
                "listing_id": self.listing.id,
                "content": {"category": CHAIRS},
            }
        )
        self.run_categories()
        contents = self.contents()
        self.assertEqual(contents[self.listing.id]["category"], CHAIRS)
        self.assertEqual(contents[self.listed[1].id]["category"], SHIRTS)

    def test_categories_that_hold_no_listings(self):
        for code, problem in ((PARENT, "parent"), (CLOSED, "ended")):
            with self.subTest(code):
                self.put(code)
                found, _params = self.problems()[self.listing.id]
                self.assertEqual(found, f"meli_category_{problem}")
        with self.assertRaises(ValidationError):
            self.put("MLB6101")

    def test_the_narrowest_that_a_person_said_counts(self):
        self.put()
        other = self.listed[1]
        self.say("MODEL", "Del producto")
        self.assertEqual(self.text("MODEL"), "Del producto")
        variant = self.say(
            "MODEL", "De la variante", product_id=self.listing.product_id.id
        )
        self.assertEqual(variant.product_tmpl_id, self.shirt)
        self.assertEqual(self.text("MODEL"), "De la variante")
        own = self.say("MODEL", "De la publicación", listing_id=self.listing.id)
        self.assertEqual(own.product_id, self.listing.product_id)
        self.assertEqual(self.text("MODEL"), "De la publicación")
        self.assertEqual(self.text("MODEL", other), "Del producto")
        (own | variant).unlink()
        self.assertEqual(self.text("MODEL"), "Del producto")
        # What Odoo knows is no match for it, and is back when it is gone.
        colour = self.say("COLOR", "Azul", listing_id=self.listing.id)
        self.assertEqual(self.text("COLOR"), "Azul")
        colour.unlink()
        self.assertEqual(self.text("COLOR"), "Negro")

    def test_twins_share_what_a_user_product_has(self):
        self.put()
        twin = self.listing.create(
            {
                "channel_id": self.channel.id,
                "product_id": self.listing.product_id.id,
                "listing_type": "gold_pro",
            }
        )
        other = self.listed[1].mercadolibre_category_id
        self.listing.mercadolibre_category_id = False
        self.channel.mercadolibre_user_products = True
        for one in (self.listing, twin):
            with self.assertRaisesRegex(ValidationError, "share their attributes"):
                self.say("MODEL", "Otro", listing_id=one.id)
        # A term is the listing's own.
        self.say("WARRANTY_TIME", "90 días", listing_id=twin.id)
        self.say("MODEL", "Dos", product_id=twin.product_id.id)
        category = self.env["mercadolibre.category"].search(
            [("leaf", "=", True), ("code", "=like", "MLA%")], limit=1
        )
        twin.mercadolibre_category_id = category
        self.assertEqual(self.listing.mercadolibre_category_id, category)
        self.assertEqual(self.listed[1].mercadolibre_category_id, other)

    def test_what_is_no_value_is_refused_at_once(self):
        self.put()
        for code, value in (
            ("GENDER", "Marciano"),
            ("WEIGHT", "liviana"),
            ("WEIGHT", "2 leguas"),
            ("MODEL", "x" * 300),
            ("GENDER", "  "),
            ("SIZE_GRID_ID", "a b"),
            ("no es un id", "x"),
        ):
            with self.subTest(code=code, value=value[:20]):
                with self.assertRaises(ValidationError), self.env.cr.savepoint():
                    self.say(code, value)
        row = self.say("WEIGHT", "0,2 KG")
        self.assertEqual(self.text("WEIGHT"), "0.2 kg")
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            row.value = "2 leguas"
        # By its name, as people import it.
        self.assertEqual(self.say("Género", "Mujer").code, "GENDER")

    def test_a_value_that_became_wrong_is_told_when_it_is_sent(self):
        self.say("GENDER", "Marciano")
        self.put()
        self.channel.mercadolibre_gtin_reason = "El producto no tiene código registrado"
        self.listed.external_id = False
        problems = self.problems()
        code, params = problems[self.listing.id]
        self.assertEqual(code, "meli_value_unlisted")
        self.assertEqual(params["attribute"], "Género")
        # What is there already is held by what is wrong, not by what lacks.
        self.said.search([]).unlink()
        self.listing.external_id = "MLA1"
        self.assertNotIn(self.listing.id, self.problems(self.listing))

    def test_de_para_of_attributes_and_values(self):
        self.put()
        kinds = {
            "attribute": self.env.ref("channel_mercadolibre.kind_attribute"),
            "value": self.env.ref("channel_mercadolibre.kind_value"),
        }
        self.colour.name = "Tono"
        self.assertEqual(self.text("COLOR"), None)
        rows = self.env["sale.channel.mapping"]
        common = {"channel_id": self.channel.id}
        rows.create(
            {
                **common,
                "kind_id": kinds["attribute"].id,
                "external_value": "COLOR",
                "res_id": self.colour.id,
            }
        )
        rows.create(
            [
                {
                    **common,
                    "kind_id": kinds["value"].id,
                    "external_value": "Azul",
                    "res_id": value.id,
                }
                for value in self.colour.value_ids
            ]
        )
        self.assertEqual(self.text("COLOR"), "Azul")
        self.assertEqual(self.text("COLOR", self.listed[-1]), "Azul")

    def test_terms_and_shipping_of_the_channel(self):
        self.put()
        self.assertNotIn("shipping", self.contents()[self.listing.id])
        self.channel.write(
            {
                "mercadolibre_warranty_type": "2230280",
                "mercadolibre_warranty_time": "90 días",
                "mercadolibre_handling_days": 5,
                "mercadolibre_free_shipping": "yes",
                "mercadolibre_condition": "2230581",
            }
        )
        content = self.contents()[self.listing.id]
        self.assertEqual(
            content["sale_terms"],
            {
                "WARRANTY_TYPE": {
                    "value_id": "2230280",
                    "value_name": "Garantía del vendedor",
                },
                "WARRANTY_TIME": {"value_name": "90 días"},
                "MANUFACTURING_TIME": {"value_name": "5 días"},
            },
        )
        self.assertEqual(content["shipping"], {"free_shipping": True})
        self.assertEqual(content["condition"], "used")
        self.say("WARRANTY_TYPE", "Sin garantía")
        self.say("ITEM_CONDITION", "Nuevo")
        content = self.contents()[self.listing.id]
        self.assertEqual(content["sale_terms"]["WARRANTY_TYPE"]["value_id"], "6150835")
        self.assertEqual(content["condition"], "new")
        with self.assertRaises(ValidationError):
            self.channel.mercadolibre_warranty_type = "6150835"

    def test_lengths_prices_and_pictures(self):
        self.put(CHAIRS)
        self.fill_in()
        self.channel.send_images = False
        self.shirt.list_price = 900
        code, params = self.problems()[self.listing.id]
        self.assertEqual((code, params["minimum"]), ("meli_price_minimum", "1000"))
        self.shirt.list_price = 25000
        self.shirt.name = "Remera " * 10
        code, params = self.problems()[self.listing.id]
        self.assertEqual((code, params["limit"]), ("catalog_too_long", "60"))

    def test_what_is_not_sent_of_a_listing_that_is_there(self):
        self.put(CHAIRS)
        self.say("MODEL", "x" * 100)
        self.listing.mercadolibre_category_id.max_pictures = 1
        contents = {self.listing.id: {"images": ["a", "b"]}}
        service = self.env["mercadolibre.content"]
        service._complete(self.channel, self.listing, contents)
        self.assertEqual(contents[self.listing.id]["images"], ["a"])
        # What is switched off is needed to make a listing, not afterwards.
        self.channel.write({"send_category": False, "send_title": False})
        content = self.contents()[self.listing.id]
        self.assertEqual(content["category"], CHAIRS)
        self.assertEqual(content["family"], "Remera básica")
        self.listing.external_id = "MLA1/2"
        content = self.contents()[self.listing.id]
        self.assertFalse({"category", "title", "family"} & content.keys())
        # What its whole item has is nothing that could be wrong here.
        self.said.search([]).unlink()
        wrong = self.say("WEIGHT", "1 kg")
        self.said.flush_model()
        self.env.cr.execute(
            "UPDATE mercadolibre_product_attribute SET value = 'x' WHERE id = %s",
            wrong.ids,
        )
        self.said.invalidate_model()
        self.assertIn(self.listing.id, self.problems(self.listing))
        self.listing.kept_fields = ["attributes", "title"]
        self.assertFalse(self.problems(self.listing))

    def test_changes_reach_the_outbox(self):
        self.start("listings_out")
        self.put()
        self.marked()
        for change, expected in (
            (lambda: self.say("MODEL", "A"), ("product.template", self.shirt.id)),
            (
                lambda: self.say("MODEL", "B", product_id=self.listing.product_id.id),
                ("product.product", self.listing.product_id.id),
            ),
            (
                lambda: self.say("MODEL", "C", listing_id=self.listing.id),
                ("sale.channel.listing", self.listing.id),
            ),
        ):
            change()
            self.assertIn(expected, self.marked())
        self.listing.mercadolibre_category_id = False
        self.assertIn(("sale.channel.listing", self.listing.id), self.marked())
        flow = self.flow("listings_out")
        asked = flow.run_requests
        self.channel.mercadolibre_condition = "2230581"
        self.assertGreater(flow.run_requests, asked)

    def test_a_category_that_asks_for_something_else(self):
        self.start("listings_out")
        self.put()
        self.listed[2:].mercadolibre_category_id = False
        flow, category = (
            self.flow("listings_out"),
            self.listing.mercadolibre_category_id,
        )
        self.marked()
        category.fingerprint = "another"
        self.assertIn((category._name, category.id), self.marked())
        planner = flow._get_planner()
        planner._spread(flow, {category._name: {category.id}})
        self.assertEqual(
            {id_ for name, id_ in self.marked()},
            set(self.listed[:2].ids),
        )

    def test_the_work_does_not_grow_with_listings(self):
        self.put()
        self.fill_in()
        self.problems()
        counts = []
        for listings in (self.listed[:1], self.listed):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.problems(listings)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_one_product_has_a_listing_of_each_published_type(self):
        types = {row.code: row for row in self.channel.listing_type_ids}
        self.assertTrue(types["gold_special"].published)
        self.assertFalse(types["gold_pro"].published)
        self.assertEqual(types["gold_pro"].name, "Premium")
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            types["gold_pro+catalog"].published = True
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            types["gold_pro"].copy({"code": "gold_nothing"})
        item = self.make_item("CLASICA-1", list_price=5000)
        both = item | self.listing.product_id
        self.read_list()
        ensure = self.env["sale.channel.catalog"]._ensure_listings
        self.assertEqual(
            ensure(self.channel, both).mapped("listing_type"), ["gold_special"]
        )
        types["gold_pro"].published = True
        made = ensure(self.channel, both)
        self.assertEqual(made.mapped("listing_type"), ["gold_pro"] * 2)
        self.assertEqual(made.product_id, both)
        self.assertFalse(ensure(self.channel, both))
