"""What a MercadoLibre channel is made of, without talking to it."""

import runpy
from pathlib import Path

from odoo.exceptions import UserError, ValidationError
from odoo.tests import TransactionCase, tagged

from odoo.addons import channel_mercadolibre
from odoo.addons.channel_mercadolibre.lib.sites import SITES


@tagged("post_install", "-at_install")
class TestSettings(TransactionCase):
    def make_channel(self, country, **values):
        number = self.env["res.company"].search_count([])
        company = self.env["res.company"].create(
            {
                "name": f"Compañía {number}",
                "country_id": self.env.ref(f"base.{country}").id,
            }
        )
        return self.env["sale.channel"].create(
            {
                "name": "Canal",
                "channel_type": "mercadolibre",
                "company_id": company.id,
                **values,
            }
        )

    def test_the_site_is_the_company_s_country_s(self):
        self.assertEqual(self.make_channel("ar").mercadolibre_site, "MLA")
        self.assertEqual(self.make_channel("br").mercadolibre_site, "MLB")
        chosen = self.make_channel("ar", mercadolibre_site="MLB")
        self.assertEqual(chosen.mercadolibre_site, "MLB")
        other = self.env["sale.channel"].create({"name": "Sin proveedor"})
        self.assertFalse(other.mercadolibre_site)
        sites = {"mx": "MLM", "cl": "MLC", "co": "MCO", "uy": "MLU", "fr": "MLA"}
        for country, site in sites.items():
            self.assertEqual(self.make_channel(country).mercadolibre_site, site)

    def test_every_site_can_be_chosen(self):
        field = self.env["sale.channel"]._fields["mercadolibre_site"]
        self.assertEqual([value for value, _label in field.selection], list(SITES))

    def test_the_buyers_country_is_the_site_s(self):
        channel = self.make_channel("ar", mercadolibre_site="MLC")
        self.assertEqual(channel._get_default_country(), self.env.ref("base.cl"))
        channel.country_id = self.env.ref("base.pe")
        self.assertEqual(channel._get_default_country(), self.env.ref("base.pe"))

    def test_access_is_granted_where_the_site_is(self):
        channel = self.make_channel("ar")
        credential = channel._get_credential()
        channel.mercadolibre_site = "MLM"
        self.assertEqual(credential.auth_url, "https://auth.mercadolibre.com.mx")
        credential.auth_url = "http://127.0.0.1:8099"
        channel.mercadolibre_site = "MLU"
        self.assertEqual(credential.auth_url, "http://127.0.0.1:8099")

    def test_the_credential_knows_where_to_go(self):
        for country, host in (
            ("ar", "https://auth.mercadolibre.com.ar"),
            ("br", "https://auth.mercadolivre.com.br"),
        ):
            channel = self.make_channel(country)
            credential = channel._get_credential()
            self.assertEqual(credential.api_url, "https://api.mercadolibre.com")
            self.assertEqual(credential.auth_url, host)
            self.assertEqual(credential.environment, channel.environment)
            self.assertFalse(credential.client_secret)

    def test_addresses_of_a_channel_that_changes_provider(self):
        channel = self.env["sale.channel"].create({"name": "Después"})
        self.assertFalse(channel._get_credential())
        self.assertFalse(channel.flow_ids)
        channel.write(
            {"channel_type": "mercadolibre", "company_id": self.env.company.id}
        )
        self.assertTrue(channel._get_credential().api_url)
        kinds = channel.flow_ids.mapped("kind")
        self.assertEqual(kinds[:2], ["orders_in", "missed_feeds"])
        self.assertLessEqual({"listings_in", "listings_out", "stock_out"}, {*kinds})

    def urls(self, channel, nickname="COMPRADOR UNO/Ñ"):
        partner = self.env["res.partner"].create({"name": "Uno"})
        buyer = self.env["sale.channel.partner"].create(
            {
                "channel_id": channel.id,
                "external_id": "5",
                "nickname": nickname,
                "partner_id": partner.id,
            }
        )
        order = self.env["sale.channel.order"].create(
            {
                "channel_id": channel.id,
                "external_id": "2000001",
                "url_id": "2000001",
                "buyer_id": buyer.id,
                "partner_id": partner.id,
            }
        )
        return partner, order

    def test_where_people_look_in_argentina_and_brazil(self):
        name = "COMPRADOR%20UNO%2F%C3%91"
        for country, profile, sale in (
            (
                "ar",
                f"https://perfil.mercadolibre.com.ar/{name}",
                "https://www.mercadolibre.com.ar/ventas/2000001/detalle",
            ),
            (
                "br",
                f"https://perfil.mercadolivre.com.br/{name}",
                "https://www.mercadolivre.com.br/vendas/2000001/detalhe",
            ),
        ):
            channel = self.make_channel(country)
            partner, order = self.urls(channel)
            allowed = {"allowed_company_ids": channel.company_id.ids}
            self.env.user.company_ids |= channel.company_id
            partner = partner.with_context(**allowed)
            self.assertEqual(partner.channel_profile_provider, "MercadoLibre")
            action = partner.action_view_buyer_profile()
            self.assertEqual((action["url"], action["target"]), (profile, "new"))
            self.assertEqual(order.action_view_on_channel()["url"], sale)

    def test_a_test_environment_s_addresses(self):
        channel = self.make_channel("ar")
        self.env.user.company_ids |= channel.company_id
        channel._get_credential().web_url = "http://127.0.0.1:8099"
        partner, order = self.urls(channel, "UNO")
        partner = partner.with_context(allowed_company_ids=channel.company_id.ids)
        self.assertEqual(
            partner.action_view_buyer_profile()["url"],
            "http://127.0.0.1:8099/perfil/UNO",
        )
        self.assertEqual(
            order.action_view_on_channel()["url"],
            "http://127.0.0.1:8099/ventas/2000001/detalle",
        )

    def test_other_customers_have_no_profile(self):
        partner = self.env["res.partner"].create({"name": "Otro"})
        self.assertFalse(
            partner.channel_profile_url or partner.channel_profile_provider
        )

    def test_a_channel_without_a_site(self):
        """Over RPC a channel may lose what its form demands."""
        channel = self.make_channel("ar", mercadolibre_site=False)
        channel.mercadolibre_site = False
        self.assertTrue(channel._get_credential().api_url)
        self.env.user.company_ids |= channel.company_id
        partner, order = self.urls(channel)
        partner = partner.with_context(allowed_company_ids=channel.company_id.ids)
        self.assertFalse(partner.channel_profile_url or order.page_url)
        with self.assertRaises(UserError):
            order.action_view_on_channel()

    def test_the_service_s_limits(self):
        flow = self.make_channel("ar").flow_ids[0]
        self.assertEqual((flow.interval_minutes, flow.batch_size), (5, 50))
        with self.assertRaises(ValidationError):
            flow.batch_size = 51

    def test_each_environment_has_its_credential(self):
        channel = self.make_channel("ar")
        channel.environment = "test"
        self.assertTrue(channel._get_credential().api_url)

    def test_views_that_are_gone(self):
        """They name fields that are gone as well: hidden until Odoo deletes them."""
        view = self.env["ir.ui.view"].create(
            {"name": "old", "type": "qweb", "arch": "<t t-name='old'/>"}
        )
        self.env["ir.model.data"].create(
            {
                "module": "channel_mercadolibre",
                "name": "sale_order_view_form",
                "model": "ir.ui.view",
                "res_id": view.id,
            }
        )
        kept = self.env.ref("channel_mercadolibre.sale_channel_view_form")
        path = Path(channel_mercadolibre.__file__).parent
        script = runpy.run_path(path / "migrations/19.0.1.2.0/pre-views.py")
        for _time in range(2):
            script["migrate"](self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.assertFalse(view.active)
        self.assertTrue(kept.active)
