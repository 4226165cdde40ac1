"""How people fill in what MercadoLibre asks for: dialogs, import, rights."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .attributes import CHAIRS, CLOSED, SHIRTS, AttributesCase

MANAGER = "channel_base.group_channel_manager"
USER = "channel_base.group_channel_user"


@tagged("post_install", "-at_install")
class TestAttributesPeople(AttributesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("ml-manager", MANAGER)
        cls.user = cls.make_user("ml-user", USER)

    def click(self, button):
        """What a button of the network answers."""
        with self.enter_registry_test_mode():
            return button()

    def open_form(self, listings=None, user=None):
        listings = (listings or self.listed).with_user(user or self.manager)
        action = listings.action_mercadolibre_attributes()
        return listings.env[action["res_model"]].browse(action["res_id"])

    def line(self, wizard, code):
        return wizard.line_ids.filtered(lambda line: line.attribute_id.code == code)

    # The form

    def test_form_shows_what_is_known_and_where_from(self):
        with self.assertRaises(UserError):
            self.open_form()
        self.put()
        wizard = self.open_form()
        brand, colour = self.line(wizard, "BRAND"), self.line(wizard, "COLOR")
        self.assertEqual((brand.text, brand.source), ("Marca", "odoo"))
        self.assertEqual((brand.part, brand.level), ("asked", "product"))
        self.assertTrue(colour.various)
        self.assertFalse(colour.text)
        self.assertEqual(colour.level, "variant")
        reason = self.line(wizard, "EMPTY_GTIN_REASON")
        self.assertEqual((reason.part, reason.level), ("asked", "product"))
        self.assertEqual(self.line(wizard, "WARRANTY_TYPE").part, "term")
        self.assertFalse(self.line(wizard, "SELLER_SKU"))
        # Nothing was touched: nothing is kept.
        wizard.action_save()
        self.assertFalse(self.said.search([]))

    def test_what_is_filled_in_counts_where_it_shall(self):
        self.put()
        two = self.listed[:2]
        wizard = self.open_form(two)
        self.line(wizard, "GENDER").text = "Mujer"
        self.line(wizard, "MODEL").write({"text": "A1", "level": "variant"})
        self.line(wizard, "COLOR").write({"text": "Azul", "level": "listing"})
        wizard.action_save()
        said = {
            (row.code, row.product_id, row.listing_id) for row in self.said.search([])
        }
        none, no_listing = self.env["product.product"], self.listing.browse()
        self.assertEqual(
            said,
            {("GENDER", none, no_listing)}
            | {("MODEL", one.product_id, no_listing) for one in two}
            | {("COLOR", one.product_id, one) for one in two},
        )
        self.assertEqual(self.text("GENDER", self.listed[3]), "Mujer")
        self.assertEqual(self.text("MODEL", self.listed[3]), "Remera básica")
        wizard = self.open_form(two)
        self.assertEqual(self.line(wizard, "MODEL").source, "variant")
        # For all of them: nothing narrower hides it.
        self.line(wizard, "MODEL").write({"text": "B2", "level": "product"})
        wizard.action_save()
        self.assertEqual({self.text("MODEL", one) for one in self.listed}, {"B2"})
        # Emptied: Odoo's own again.
        wizard = self.open_form(two)
        self.line(wizard, "MODEL").text = False
        self.line(wizard, "COLOR").text = " "
        wizard.action_save()
        self.assertEqual(self.said.search([]).mapped("code"), ["GENDER"])
        self.assertEqual(self.text("COLOR"), "Negro")

    def test_form_refuses_what_is_no_value(self):
        self.put()
        wizard = self.open_form()
        self.line(wizard, "GENDER").text = "Marciano"
        with self.assertRaises(ValidationError):
            wizard.action_save()

    def test_choosing_a_value_or_a_chart(self):
        self.put()
        wizard = self.open_form()
        line = self.line(wizard, "GENDER")
        with Form(line) as form:
            form.value_id = line.attribute_id.value_ids[0]
            self.assertEqual(form.text, line.attribute_id.value_ids[0].name)
            self.assertFalse(form.value_id)
        chart = self.env["mercadolibre.chart"].create(
            {"channel_id": self.channel.id, "code": "900001", "name": "Remeras"}
        )
        line = self.line(wizard, "SIZE_GRID_ID")
        self.assertTrue(line.is_grid and wizard.has_grid)
        line = line.new(origin=line)
        line.chart_id = chart
        line._onchange_chart_id()
        self.assertEqual(line.text, "900001")

    # The category

    def open_suggestion(self, listings=None):
        listings = (listings or self.listed).with_user(self.manager)
        action = self.click(listings.action_mercadolibre_category)
        return listings.env[action["res_model"]].browse(action["res_id"])

    def test_category_is_suggested_and_chosen(self):
        wizard = self.open_suggestion()
        line = wizard.line_ids
        self.assertEqual(len(line), 1)
        self.assertEqual(line.category_id.code, SHIRTS)
        self.assertFalse(line.category_id.read_at)
        line.name = "silla"
        self.click(wizard.action_ask)
        self.assertEqual(line.category_id.code, CHAIRS)
        self.click(wizard.action_apply)
        self.assertEqual(
            set(self.listed.mercadolibre_category_id.mapped("code")), {CHAIRS}
        )
        self.assertTrue(self.listing.mercadolibre_category_id.read_at)
        # A new variant comes where the others are.
        self.shirt.attribute_line_ids[0].value_ids = [
            Command.create({"name": "Azul", "attribute_id": self.colour.id})
        ]
        new = self.env["sale.channel.listing"].create(
            {
                "channel_id": self.channel.id,
                "product_id": self.shirt.product_variant_ids[-1].id,
                "listing_type": "gold_special",
            }
        )
        self.assertEqual(new.mercadolibre_category_id.code, CHAIRS)

    def test_category_that_holds_no_listings_is_not_taken(self):
        wizard = self.open_suggestion()
        wizard.line_ids.category_id = self.env["mercadolibre.category"]._ensure(
            [(CLOSED, "Cerrada")]
        )
        with self.assertRaisesRegex(UserError, "no listings"):
            self.click(wizard.action_apply)
        self.assertFalse(self.listing.mercadolibre_category_id)

    def test_account_that_does_not_answer(self):
        self.control("faults", {"match": "domain_discovery", "kind": "5xx", "times": 9})
        with self.assertRaises(UserError):
            self.open_suggestion()

    def test_categories_of_products_go_into_the_de_para(self):
        categories = self.env["product.category"].create(
            [{"name": "Remeras de mujer"}, {"name": "Remeras de hombre"}]
        )
        action = categories.with_user(self.manager).action_mercadolibre_category()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard = wizard.with_user(self.manager)
        wizard.channel_id = self.channel
        self.click(wizard.action_ask)
        self.click(wizard.action_apply)
        rows = self.env["sale.channel.mapping"].search(
            [("channel_id", "=", self.channel.id), ("external_value", "=", SHIRTS)]
        )
        self.assertEqual(set(rows.mapped("res_id")), set(categories.ids))
        self.shirt.categ_id = categories[0]
        self.assertEqual(self.contents()[self.listing.id]["category"], SHIRTS)
        # Once more: the row is the same, with another value.
        wizard.line_ids.name = "silla"
        self.click(wizard.action_ask)
        self.click(wizard.action_apply)
        self.assertEqual(set(rows.mapped("external_value")), {CHAIRS})

    def test_check_with_mercadolibre(self):
        self.put(CHAIRS)
        check = self.listing.with_user(self.manager).action_mercadolibre_check
        with self.assertRaisesRegex(UserError, "GTIN|Código universal"):
            self.click(check)
        self.channel.mercadolibre_gtin_reason = "El producto no tiene código registrado"
        self.shirt.image_1920 = self.picture(800)
        answer = self.click(check)
        self.assertEqual(answer["params"]["type"], "success")
        self.assertFalse(self.control(f"items?seller_id={self.seller}"))
        self.control("refuse", {"skus": [self.listing.product_id.default_code]})
        with self.assertRaises(UserError):
            self.click(check)
        self.listing.external_id = "MLA1"
        with self.assertRaises(UserError):
            self.click(check)

    def test_published_as_filled_in_and_quiet_afterwards(self):
        self.put(CHAIRS)
        self.channel.write(
            {
                "mercadolibre_gtin_reason": "El producto no tiene código registrado",
                "mercadolibre_warranty_type": "2230280",
                "mercadolibre_warranty_time": "90 días",
                "mercadolibre_pick_up": "yes",
            }
        )
        self.shirt.image_1920 = self.picture(800)
        self.say("WEIGHT", "0,2 KG")
        self.start("listings_out")
        self.run_out("listings_out")
        rows = self.rows()
        self.assertEqual(
            rows.mapped(lambda row: (row.sync_state, row.error_code or "")),
            [("done", "")] * 4,
        )
        items = self.control(f"items?seller_id={self.seller}")
        item = next(one for one in items if one["id"] == self.listing.external_id)
        told = {one["id"]: one["value_name"] for one in item["attributes"]}
        self.assertEqual(
            [told[code] for code in ("COLOR", "SIZE", "WEIGHT", "BRAND", "SELLER_SKU")],
            ["Negro", "S", "0.2 kg", "Marca", "REM-1"],
        )
        terms = {one["id"]: one["value_name"] for one in item["sale_terms"]}
        self.assertEqual(terms["WARRANTY_TYPE"], "Garantía del vendedor")
        self.assertTrue(item["shipping"]["local_pick_up"])
        self.assertEqual(item["family_name"], "Remera básica")
        # The night finds all as it shall be.
        self.control("writes")
        self.run_out("listings_out")
        self.assertEqual(self.control("writes"), [])
        self.assertFalse(self.env["sale.channel.difference"].search([]))
        # What a person says next is all that is written.
        self.say("COLOR", "Azul", product_id=self.listing.product_id.id)
        self.run_out("listings_out", full=False)
        writes = self.control("writes")
        self.assertEqual([one["path"] for one in writes], [f"/items/{item['id']}"])
        self.assertEqual(list(writes[0]["body"]), ["attributes"])
        (attribute,) = writes[0]["body"]["attributes"]
        self.assertEqual((attribute["id"], attribute["value_name"]), ("COLOR", "Azul"))

    # Rights

    def test_roles(self):
        self.put()
        row = self.say("MODEL", "X")
        row.with_user(self.user).read(["value", "name"])
        self.assertIn("Modelo", self.listing.with_user(self.user).mercadolibre_table)
        for user, call in (
            (self.user, lambda u: row.with_user(u).write({"value": "Y"})),
            (self.user, lambda u: row.with_user(u).unlink()),
            (
                self.user,
                lambda u: self.listing.with_user(u).action_mercadolibre_check(),
            ),
            (self.user, lambda u: self.open_form(user=u)),
            (
                self.user,
                lambda u: self.shirt.categ_id.with_user(
                    u
                ).action_mercadolibre_category(),
            ),
            (
                self.user,
                lambda u: self.listing.mercadolibre_category_id.with_user(
                    u
                ).action_read(),
            ),
            (
                self.manager,
                lambda u: self.listing.mercadolibre_category_id.with_user(u).write(
                    {"name": "Z"}
                ),
            ),
            (
                self.manager,
                lambda u: (
                    self.env["mercadolibre.chart"]
                    .with_user(u)
                    .create({"channel_id": self.channel.id, "code": "1", "name": "1"})
                ),
            ),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                call(user)

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Otra"})
        other = self.make_user("ml-other", MANAGER)
        other.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        said = self.said.with_user(other)
        said = said.with_context(allowed_company_ids=company.ids)
        common = {"site": "MLA", "code": "MODEL", "value": "X"}
        # The product is everybody's, the listing is not.
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            said.create({**common, "listing_id": self.listing.id})
        own = self.say("MODEL", "X", listing_id=self.listing.id)
        self.assertFalse(said.search([("id", "=", own.id)]))
        self.shirt.company_id = self.channel.company_id
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            said.create({**common, "product_tmpl_id": self.shirt.id})
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            item = self.make_item("OTRO-1")
            own.product_id = item

    def test_import_and_export(self):
        self.put()
        self.manager.group_ids = [
            Command.link(self.env.ref("base.group_allow_export").id)
        ]
        rows = self.said.with_user(self.manager)
        names = ["site", "code", "product_id/.id", "value"]
        data = [
            ["MLA", "Género", str(one.product_id.id), "Hombre"] for one in self.listed
        ]
        result = rows.load(names, data)
        self.assertFalse(result["messages"])
        self.assertEqual(self.text("GENDER"), "Hombre")
        found = rows.browse(result["ids"])
        self.assertEqual(
            found.export_data(["code", "value"])["datas"], [["GENDER", "Hombre"]] * 4
        )
        # Several at once, and the same twice.
        found.write({"value": "mujer"})
        self.assertEqual(self.text("GENDER"), "Mujer")
        with mute_logger("odoo.sql_db"):
            self.assertTrue(rows.load(names, data[:1])["messages"])
