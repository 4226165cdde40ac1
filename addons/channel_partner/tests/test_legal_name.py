from dataclasses import replace

from odoo.fields import Command
from odoo.tests import Form, tagged

from ..lib.buyer import Address
from .common import PartnerCase

BILLING = Address(
    line="Mitre 742",
    street_name="Mitre",
    street_number="742",
    city="Rosario",
    zip="2000",
    state_code="AR-S",
    country_code="AR",
)


@tagged("post_install", "-at_install")
class TestLegalName(PartnerCase):
    """Legal name and billing address come from the channel until people edit them."""

    def told(self, name="PAZ ANA MARIA", address=BILLING):
        return {"identity": replace(self.buyer.identity, name=name, address=address)}

    def test_beside_the_nickname(self):
        result = self.upsert(**self.told())
        self.assertRecordValues(
            result.partner,
            [
                {
                    "name": "PAZANA1234",
                    "legal_name": "PAZ ANA MARIA",
                    "street": "Mitre 742",
                    "city": "Rosario",
                    "zip": "2000",
                    "state_id": self.env.ref("base.state_ar_s").id,
                    "country_id": self.argentina.id,
                }
            ],
        )
        self.assertIn("Rosario", result.identity.address_text)

    def test_follows_until_a_person_edits(self):
        partner = self.upsert(**self.told()).partner
        moved = replace(BILLING, line="Salta 9", zip="")
        self.upsert(**self.told("PAZ ANA M.", moved))
        self.assertEqual(partner.legal_name, "PAZ ANA M.")
        self.assertEqual(partner.street, "Salta 9")
        self.assertFalse(partner.zip, "of the former address")
        partner.write({"legal_name": "Ana María Paz", "city": "Funes"})
        self.upsert(**self.told("OTRA", BILLING))
        self.assertEqual(partner.legal_name, "Ana María Paz")
        self.assertEqual(partner.street, "Salta 9")
        self.assertEqual(partner.city, "Funes")

    def test_an_address_to_which_something_is_sent_waits(self):
        partner = self.upsert(**self.told()).partner
        order = self.env["sale.order"].create({"partner_id": partner.id})
        self.assertEqual(order.partner_shipping_id, partner)
        moved = self.told(address=replace(BILLING, line="Salta 9"))
        result = self.upsert(**moved)
        self.assertEqual(partner.street, "Mitre 742")
        self.assertIn("billing_waits", self.codes(result))
        order.action_cancel()
        self.assertFalse(self.upsert(**moved).notes)
        self.assertEqual(partner.street, "Salta 9")

    def test_what_a_courier_should_know_is_not_billed(self):
        noted = replace(BILLING, comment="Tocar timbre 🔔", city="Rosario 🇦🇷")
        partner = self.upsert(**self.told(address=noted)).partner
        self.assertRecordValues(partner, [{"street": "Mitre 742", "city": "Rosario"}])
        casa = replace(self.casa, comment="Deixar na portaria")
        told = replace(self.brazilian.identity, name="João", address=casa)
        partner = self.upsert(self.brazilian, identity=told).partner
        self.assertEqual(partner.street_number2, "Bloco B")

    def test_courier_notes_of_before_leave_what_is_printed(self):
        places = [
            replace(BILLING, comment="Tocar timbre"),
            replace(BILLING, comment="Tocar timbre"),
            replace(BILLING, line="Mitre 742 🏠"),
        ]
        ours, mine, sunny = (
            self.upsert(
                external_id=f"7{number}",
                **self.document("DNI", f"2012345{number}", address=place),
            )
            for number, place in enumerate(places)
        )
        for result in (ours, mine, sunny):
            result.partner.street = "Mitre 742 - Tocar timbre 🏠"
            written = result.identity.written
            billing = {**written["billing"], "street": result.partner.street}
            result.identity.written = {**written, "billing": billing}
        mine.partner.city = "Funes"
        for _turn in range(2):
            self.migrate("channel_partner", "post-repair")
            self.assertEqual(ours.partner.street, "Mitre 742")
            self.assertEqual(sunny.partner.street, "Mitre 742")
            self.assertIn("Tocar", mine.partner.street)
        self.assertEqual(ours.identity.written["billing"]["street"], "Mitre 742")

    def test_nothing_is_erased(self):
        partner = self.upsert(**self.told()).partner
        self.upsert(**self.told("", None))
        self.upsert(**self.told("XXXXXX", replace(BILLING, line="XXXX")))
        self.assertEqual(partner.legal_name, "PAZ ANA MARIA")
        self.assertEqual(partner.street, "Mitre 742")

    def test_comes_later(self):
        partner = self.upsert(identity=None).partner
        self.upsert(**self.told())
        self.assertEqual(partner.legal_name, "PAZ ANA MARIA")
        self.assertEqual(partner.street, "Mitre 742")

    def test_again_changes_nothing(self):
        result = self.upsert(**self.told())
        before = result.partner.write_date, result.identity.write_date
        self.upsert(**self.told())
        self.assertEqual(
            (result.partner.write_date, result.identity.write_date), before
        )

    def test_brazilian_address_in_parts(self):
        told = replace(self.brazilian.identity, name="João", address=self.casa)
        partner = self.upsert(self.brazilian, identity=told).partner
        self.assertEqual(partner.street_name, "Rua Araçá-Mirim")
        self.assertEqual(partner.street_number, "77")
        self.assertEqual(partner.street2, "Cambuí")
        before = partner.write_date
        self.upsert(self.brazilian, identity=told)
        self.assertEqual(partner.write_date, before)
        moved = replace(told, address=replace(self.casa, street_number="78"))
        self.upsert(self.brazilian, identity=moved)
        self.assertEqual(partner.street_number, "78")

    def test_an_address_abroad_is_only_shown(self):
        abroad = replace(BILLING, country_code="UY")
        result = self.upsert(**self.told(address=abroad))
        self.assertEqual(result.partner.country_id, self.argentina)
        self.assertFalse(result.partner.street)
        self.assertIn("UY", result.identity.address_text)

    def test_customers_called_by_their_legal_name(self):
        self.channel.customer_name = "legal"
        partner = self.upsert(**self.told()).partner
        self.assertEqual(partner.name, "PAZ ANA MARIA")
        self.upsert(nickname="NUEVA", **self.told("PAZ ANA M."))
        self.assertEqual(partner.name, "PAZ ANA M.")
        self.upsert(nickname="NUEVA", identity=None)
        self.assertEqual(partner.name, "PAZ ANA M.", "nothing was told of it")
        self.channel.customer_name = "nickname"
        self.upsert(nickname="NUEVA", identity=None)
        self.assertEqual(partner.name, "NUEVA")

    def test_without_legal_name_the_nickname_is_the_name(self):
        self.channel.customer_name = "legal"
        self.assertEqual(self.upsert(identity=None).partner.name, "PAZANA1234")


@tagged("post_install", "-at_install")
class TestInvoice(PartnerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create(
            {"name": "Vendedora", "country_id": cls.env.ref("base.us").id}
        )
        cls.env.user.company_ids += cls.company
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        cls.partner = cls.env["res.partner"].create(
            {"name": "PAZANA1234", "legal_name": "PAZ ANA MARIA", "city": "Rosario"}
        )

    def invoice(self, **values):
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "invoice_date": "2026-11-02",
                "invoice_line_ids": [
                    Command.create({"name": "Mate", "price_unit": 1, "tax_ids": []})
                ],
                **values,
            }
        )

    def render(self, move):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "account.account_invoices", move.ids
        )
        return html.decode().partition('class="article')[2]

    def test_frozen_when_posted(self):
        move, draft = self.invoice(), self.invoice()
        self.assertEqual(move.partner_legal_name, "PAZ ANA MARIA")
        # Changed and posted in one go: the new name counts.
        self.partner.legal_name = "PAZ ANA M."
        move.action_post()
        self.assertEqual(move.partner_legal_name, "PAZ ANA M.")
        self.partner.legal_name = "TERCERA"
        self.env.flush_all()
        self.assertEqual(move.partner_legal_name, "PAZ ANA M.")
        self.assertEqual(draft.partner_legal_name, "TERCERA")
        self.assertEqual(move.copy().partner_legal_name, "TERCERA")
        move.button_draft()
        self.assertEqual(move.partner_legal_name, "TERCERA")

    def test_printed_instead_of_the_name(self):
        for delivery in (self.partner, self.env["res.partner"], self.partner.copy()):
            with self.subTest(delivery=delivery):
                move = self.invoice(partner_shipping_id=delivery.id)
                move.action_post()
                html = self.render(move)
                self.assertIn("PAZ ANA MARIA", html)
                self.assertNotIn("PAZANA1234</", html.replace("(copy)</", ""))
                self.assertIn("Rosario", html)

    def test_words_to_couriers_are_not_printed(self):
        self.env.user.group_ids += self.env.ref(
            "account.group_delivery_invoice_address"
        )
        for buyer, home in ((self.buyer, self.home), (self.brazilian, self.casa)):
            with self.subTest(buyer=buyer.nickname):
                home = replace(home, comment="Tocar fuerte")
                delivery = self.upsert(buyer, home).delivery
                self.assertIn("Tocar fuerte", delivery.street)
                # The widget's display name is cached by context.
                self.assertIn("Tocar fuerte", delivery.contact_address)
                shown = delivery.with_context(show_address=True).display_name
                self.assertIn("Tocar fuerte", shown)
                move = self.invoice(partner_shipping_id=delivery.id)
                move.action_post()
                html = self.render(move)
                self.assertIn(home.line, html)
                self.assertIn(home.city, html)
                self.assertNotIn("Tocar", html)

    def test_without_it_the_name_is_printed(self):
        self.partner.legal_name = False
        move = self.invoice()
        move.action_post()
        self.assertIn("PAZANA1234", self.render(move))

    def test_the_company_of_a_contact(self):
        contact = self.env["res.partner"].create(
            {"name": "Compras", "parent_id": self.partner.id}
        )
        move = self.invoice(partner_id=contact.id)
        self.assertEqual(move.partner_legal_name, "PAZ ANA MARIA")

    def test_bills_have_none(self):
        self.assertFalse(self.invoice(move_type="in_invoice").partner_legal_name)

    def test_form(self):
        with Form(self.invoice()) as form:
            self.assertEqual(form.partner_legal_name, "PAZ ANA MARIA")
