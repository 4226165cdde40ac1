from odoo.tests import HttpCase, new_test_user, tagged

from .common import CUIT, PartnerCase


@tagged("post_install", "-at_install")
class TestTour(PartnerCase, HttpCase):
    def test_choose_a_customer(self):
        new_test_user(self.env, "empleada", "channel_base.group_channel_user")
        customers = self.env["res.partner"].create(
            [
                {
                    "name": f"Ana de {city}",
                    "city": city,
                    "vat": CUIT,
                    "country_id": self.argentina.id,
                    "l10n_latam_identification_type_id": self.env.ref(
                        "l10n_ar.it_cuit"
                    ).id,
                }
                for city in ("Mendoza", "Rosario")
            ]
        )
        self.env["sale.order"].create({"partner_id": customers[1].id})
        identity = self.upsert(address=self.home).identity
        self.start_tour(
            "/odoo/channel-customer-choices",
            "channel_choose_customer",
            login="empleada",
        )
        self.env.invalidate_all()
        self.assertTrue(identity.needs_choice)
        steps = identity.buyer_id.change_ids.sorted("id")
        self.assertEqual(steps.mapped("kind"), ["chosen", "undone"])
        self.assertEqual(steps[0].line_ids.after_id, customers[1])
