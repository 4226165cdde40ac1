"""A product with variants that is published on MercadoLibre, over real HTTP."""

import base64
import io

from PIL import Image

from odoo import Command, fields

from odoo.addons.test_channel_catalog.tests.common import CatalogCase

from .common import SELLER, SandboxMixin

SHIRTS, CHAIRS, CLOSED, PARENT = "MLA6101", "MLA6002", "MLA6901", "MLA5001"


class AttributesCase(SandboxMixin, CatalogCase):
    """A shirt with four variants, each with a listing on MercadoLibre."""

    provider = "mercadolibre"
    seller = SELLER

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.mercadolibre_site = "MLA"
        cls.make_shirt()
        cls.listed = cls.env["sale.channel.listing"].create(
            [
                {
                    "channel_id": cls.channel.id,
                    "product_id": variant.id,
                    "listing_type": "gold_special",
                }
                for variant in cls.shirt.product_variant_ids
            ]
        )
        cls.listing = cls.listed[0]
        cls.said = cls.env["mercadolibre.product.attribute"]

    @classmethod
    def make_shirt(cls):
        """A product in two colours and two sizes."""
        cls.colour = cls.env["product.attribute"].create(
            {
                "name": "Color",
                "value_ids": [
                    Command.create({"name": "negro"}),
                    Command.create({"name": "Blanco"}),
                ],
            }
        )
        cls.size = cls.env["product.attribute"].create(
            {
                "name": "Talle",
                "value_ids": [
                    Command.create({"name": "S"}),
                    Command.create({"name": "M"}),
                ],
            }
        )
        cls.shirt = cls.env["product.template"].create(
            {
                "name": "Remera básica",
                "is_storable": True,
                "list_price": 25000,
                "product_brand_id": cls.brand.id,
                "channel_show": "yes",
                "taxes_id": False,
                "weight": 0.2,
                "categ_id": cls.env["product.category"].create({"name": "Ropa"}).id,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                    for attribute in (cls.colour, cls.size)
                ],
            }
        )
        for number, variant in enumerate(cls.shirt.product_variant_ids, 1):
            variant.default_code = f"REM-{number}"

    def setUp(self):
        super().setUp()
        self.start_sandbox()
        self.connect(self.channel)

    def read_category(self, code=SHIRTS):
        """Have a category read by a click."""
        category = self.env["mercadolibre.category"]._ensure([(code, code)])
        with self.enter_registry_test_mode():
            category._read(self.channel)
        return category

    def read_list(self):
        """The account is known to sell nothing."""
        flow = self.flow("listings_in")
        flow._get_state().cursor = {
            "scope": flow._get_list_scope(),
            "read_at": fields.Datetime.to_string(fields.Datetime.now()),
            "phase": "done",
        }

    def marked(self):
        """What the flow of listings has still to plan: pairs of a scope and an id."""
        marks = self.marks("listings_out")
        found = {(mark.scope, mark.res_id) for mark in marks}
        marks.unlink()
        return found

    def put(self, code=SHIRTS, listings=None):
        """Put listings into a category that was read."""
        listings = listings or self.listed
        listings.mercadolibre_category_id = self.read_category(code)

    def contents(self, listings=None):
        listings = listings or self.listed
        return self.env["sale.channel.content"]._get_listing_contents(
            self.channel, listings, listings
        )

    def problems(self, listings=None):
        listings = listings or self.listed
        provider = self.channel._get_provider()
        return provider._check_listing_contents(
            self.channel, listings, self.contents(listings)
        )

    def say(self, code, value, **where):
        where = where or {"product_tmpl_id": self.shirt.id}
        return self.said.create({"site": "MLA", "code": code, "value": value, **where})

    def fill_in(self):
        """All that the category of shirts demands, but for pictures."""
        self.say("GENDER", "hombre")
        self.channel.mercadolibre_gtin_reason = "El producto no tiene código registrado"

    def run_categories(self):
        flow = self.flow("categories_in")
        flow.enabled = True
        flow.run_requests += 1
        self._run_flow(flow, full=True)
        return flow._get_state()

    def text(self, code, listing=None):
        listing = listing or self.listing
        value = self.contents(listing)[listing.id]["attributes"].get(code)
        return value and value.get("value_name", value)

    def picture(self, side):
        """A square picture, in base64."""
        stream = io.BytesIO()
        Image.new("RGB", (side, side), "#446688").save(stream, "JPEG")
        return base64.b64encode(stream.getvalue())
