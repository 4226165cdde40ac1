from dataclasses import replace
from unittest.mock import patch

from odoo.exceptions import ConcurrencyError
from odoo.tests import tagged

from ..lib.buyer import FiscalIdentity
from .common import CNPJ, CPF, CUIT, PartnerCase

COMPANY_CUIT = "30712345671"


@tagged("post_install", "-at_install")
class TestIdentity(PartnerCase):
    """Which identity an order is billed to, and which customer that is."""

    def customer(self, vat, xmlid="l10n_ar.it_cuit", **values):
        country = values.pop("country_id", self.argentina.id)
        return self.env["res.partner"].create(
            {
                "name": "Ana de Siempre",
                "vat": vat,
                "l10n_latam_identification_type_id": self.env.ref(xmlid).id,
                "country_id": country,
                **values,
            }
        )

    def company_buys(self, **values):
        """The buyer's second identity: a company."""
        values = {"name": "Paz y Cía. S.A.", "is_company": True, **values}
        return self.document("CUIT", COMPANY_CUIT, **values)

    # Existing customers

    def test_the_customer_who_has_the_document_is_the_buyer(self):
        known = self.customer("20-26756539-3", phone="+54 11 4000 0000")
        result = self.upsert(address=self.home)
        self.assertEqual(result.partner, known)
        self.assertEqual(result.buyer.partner_id, known)
        self.assertEqual(result.identity.origin, "matched")
        self.assertEqual(known.name, "Ana de Siempre")
        self.assertEqual(result.delivery.parent_id, known)
        self.assertIn("customer_matched", self.codes(result))
        again = self.upsert(nickname="OTRO")
        self.assertEqual(known.name, "Ana de Siempre")
        self.assertFalse(again.notes, "it is told once")
        self.assertEqual(result.buyer.change_ids.kind, "matched")
        self.assertEqual(result.buyer.change_ids.line_ids.after_id, known)

    def test_only_what_is_empty_is_filled(self):
        known = self.customer(CUIT, street="Mitre 1", legal_name="Ana María Paz")
        told = replace(self.buyer.identity, name="PAZ ANA", address=self.home)
        self.upsert(identity=told)
        self.assertEqual(known.street, "Mitre 1")
        self.assertFalse(known.city, "half an address of another place is none")
        self.assertEqual(known.legal_name, "Ana María Paz")
        bare = self.customer(
            CPF, "l10n_br.cpf", country_id=self.brazil.id, name="João Nóbrega"
        )
        told = replace(self.brazilian.identity, name="João", address=self.casa)
        self.upsert(self.brazilian, identity=told)
        self.assertEqual(bare.legal_name, "João")
        self.assertEqual(bare.city, "Campinas")
        told = replace(told, name="Outro", address=replace(self.casa, city="Santos"))
        self.upsert(self.brazilian, identity=told)
        self.assertEqual(bare.legal_name, "João")
        self.assertEqual(bare.city, "Campinas")

    def test_who_is_not_taken(self):
        other = self.env["res.company"].create({"name": "Other"})
        cuit = self.env.ref("l10n_ar.it_cuit")
        archived = self.customer(CUIT, active=False)
        foreign = self.customer(CUIT, company_id=other.id)
        same_digits = self.customer(
            CUIT, "l10n_latam_base.it_pass", country_id=self.brazil.id
        )
        contact = self.env["res.partner"].create(
            {"name": "Somebody there", "parent_id": archived.id}
        )
        self.assertEqual(contact.vat, CUIT)
        result = self.upsert()
        self.assertNotIn(
            result.partner, archived | foreign | same_digits | contact, result.notes
        )
        self.assertEqual(result.partner.l10n_latam_identification_type_id, cuit)

    def test_numbers_that_identify_nobody_join_nobody(self):
        cases = [
            ("CPF", "999.999.999-99"),
            ("DNI", "99.999.999"),
            ("CUIT", "20-11111111-2"),
            ("RUT", "66666666-6"),
        ]
        for word, number in cases:
            with self.subTest(word=word):
                told = self.document(word, number, name="Ana Paz")
                other = self.document(word, number, name="Carlos Olivera")
                first, second = self.upsert_all(
                    [
                        (replace(self.buyer, external_id=f"1{word}", **told), None),
                        (replace(self.buyer, external_id=f"2{word}", **other), None),
                    ]
                )
                self.assertNotEqual(first.partner, second.partner)
                self.assertFalse((first.partner | second.partner).mapped("vat")[0])
                self.assertEqual(self.codes(first), ["document_placeholder"])
                again = self.upsert(external_id=f"1{word}", **told)
                self.assertEqual(again.partner, first.partner)
        known = self.customer("99999999", "l10n_ar.it_dni")
        result = self.upsert(external_id="77", **self.document("DNI", "99999999"))
        self.assertNotEqual(result.partner, known)

    def test_the_key_of_a_country_is_written_and_joins_nobody(self):
        told = self.document("CUIT", "55-00000301-7")
        first, second = self.upsert(**told), self.upsert(external_id="9", **told)
        self.assertNotEqual(first.partner, second.partner)
        self.assertEqual(second.partner.vat, "55000003017")
        self.assertEqual(self.upsert(external_id="9", **told).partner, second.partner)

    def test_strangers_whom_a_placeholder_joined_are_asked_about(self):
        first = self.upsert(identity=None)
        rows = self.env["sale.channel.identity"]
        partner = first.partner
        for n, origin in enumerate(("created", "matched")):
            buyer = self.upsert(external_id=f"9{n}", identity=None).buyer
            buyer.partner_id = partner
            rows |= rows.create(
                {
                    "buyer_id": buyer.id,
                    "key": "BR|99999999999",
                    "document_type": "CPF",
                    "document_number": "99999999999",
                    "partner_id": partner.id,
                    "origin": origin,
                }
            )
        honest = self.upsert().identity
        for _turn in range(2):
            self.migrate("channel_partner", "post-repair")
            self.assertEqual(rows.mapped("key"), ["?", "?"])
            self.assertEqual(rows.mapped("needs_choice"), [False, True])
            self.assertEqual(rows[0].partner_id, partner)
            self.assertFalse(rows[1].partner_id)
            self.assertEqual(rows[1].candidate_ids.partner_id, partner)
            self.assertEqual(honest.key, f"AR|{CUIT}")
        told = self.document("CPF", "999.999.999-99")
        kept = self.upsert(external_id="90", **told)
        self.assertEqual(kept.partner, partner)
        asked = self.upsert(external_id="91", **told)
        self.assertEqual(asked.problem, "customer_ambiguous")
        asked.identity.action_choose_new()
        again = self.upsert(external_id="91", **told)
        self.assertTrue(again.partner)
        self.assertNotEqual(again.partner, partner)

    def test_another_customer_stands_for_one_who_was_archived(self):
        first = self.upsert(address=self.home)
        first.partner.active = False
        better = self.customer(CUIT, name="Ana Paz")
        second = self.upsert(address=self.home)
        self.assertEqual(second.partner, better)
        self.assertEqual(second.identity, first.identity)
        self.assertEqual(second.buyer.partner_id, better)
        self.assertEqual(second.delivery.parent_id, better)
        self.assertIn("customer_matched", self.codes(second))
        self.assertEqual(self.upsert(identity=None).partner, better)
        self.customer(CUIT, name="Paz Ana")
        better.active = False
        self.assertNotEqual(self.upsert().partner, better)

    def test_own_company_and_everybodys_are_taken(self):
        mine = self.customer(CUIT, company_id=self.channel.company_id.id)
        self.assertEqual(self.upsert().partner, mine)

    def test_a_company_with_a_parent_is_a_customer(self):
        group = self.env["res.partner"].create({"name": "Group", "is_company": True})
        known = self.customer(CUIT, is_company=True, parent_id=group.id)
        self.assertEqual(self.upsert().partner, known)

    def test_the_label_of_the_type_makes_no_difference(self):
        known = self.customer(CUIT, "l10n_ar.it_CUIL")
        self.assertEqual(self.upsert().partner, known)

    def test_documents_without_rules_and_invalid_ones_match_nobody(self):
        odd = self.customer("ABC123", "l10n_latam_base.it_pass")
        result = self.upsert(**self.document("PASAPORTE", "ABC123"))
        self.assertNotEqual(result.partner, odd)
        wrong = self.customer("20267565392", "l10n_latam_base.it_pass")
        result = self.upsert(external_id="5", **self.document("CUIT", "20267565392"))
        self.assertNotEqual(result.partner, wrong)
        self.assertFalse(result.partner.vat)

    def test_two_accounts_of_one_person_are_one_customer(self):
        other = self.channel.copy({"name": "Second account"})
        first, second = self.upsert(), self.upsert(external_id="9", channel=other)
        self.assertEqual(first.partner, second.partner)
        self.assertNotEqual(first.buyer, second.buyer)
        self.assertEqual(first.buyer.account_ids, second.buyer)
        self.assertEqual(first.partner.channel_buyer_count, 2)
        third, fourth = self.upsert_all(
            [
                (replace(self.brazilian, external_id="21"), None),
                (replace(self.brazilian, external_id="22"), None),
            ]
        )
        self.assertEqual(third.partner, fourth.partner, "in one batch as well")

    # Several identities

    def test_a_second_identity_is_a_second_customer(self):
        first = self.upsert(address=self.home)
        second = self.upsert(address=self.home, **self.company_buys())
        self.assertEqual(first.buyer, second.buyer)
        self.assertNotEqual(first.partner, second.partner)
        self.assertFalse(second.partner.parent_id)
        self.assertTrue(second.partner.is_company)
        self.assertEqual(first.partner.vat, CUIT)
        self.assertEqual(second.partner.vat, COMPANY_CUIT)
        self.assertEqual(second.partner.name, "PAZANA1234")
        self.assertEqual(second.delivery.parent_id, second.partner)
        self.assertEqual(first.delivery.parent_id, first.partner)
        self.assertIn("customer_second", self.codes(second))
        self.assertEqual(first.buyer.partner_id, first.partner)
        self.assertEqual(first.buyer.customer_ids, first.partner | second.partner)
        partners = self.env["res.partner"].search_count([])
        for _turn in range(2):
            self.assertEqual(self.upsert(address=self.home).partner, first.partner)
            again = self.upsert(address=self.home, **self.company_buys())
            self.assertEqual(again.partner, second.partner)
            self.assertEqual(again.delivery, second.delivery)
        self.assertEqual(self.env["res.partner"].search_count([]), partners)

    def test_both_in_one_batch(self):
        company = replace(self.buyer, **self.company_buys())
        first, second = self.upsert_all([(self.buyer, self.home), (company, self.home)])
        self.assertEqual(first.partner.vat, CUIT)
        self.assertEqual(second.partner.vat, COMPANY_CUIT)

    def test_the_second_identity_is_an_existing_customer(self):
        known = self.customer(COMPANY_CUIT, is_company=True)
        self.upsert()
        self.assertEqual(self.upsert(**self.company_buys()).partner, known)

    def test_each_customer_follows_the_nickname(self):
        first, second = self.upsert(), self.upsert(**self.company_buys())
        second.partner.name = "La empresa de Ana"
        self.upsert(nickname="NUEVA", **self.company_buys())
        self.upsert(nickname="NUEVA")
        self.assertEqual(first.partner.name, "NUEVA")
        self.assertEqual(second.partner.name, "La empresa de Ana")

    def test_the_first_document_completes_the_customer(self):
        first = self.upsert(identity=None)
        second = self.upsert()
        self.assertEqual(first.partner, second.partner)
        self.assertEqual(second.partner.vat, CUIT)
        self.assertEqual(self.upsert(identity=None).partner, first.partner)

    def test_an_order_without_document_keeps_the_main_customer(self):
        first = self.upsert()
        self.upsert(**self.company_buys())
        result = self.upsert(identity=None)
        self.assertEqual(result.partner, first.partner)
        self.assertFalse(result.identity)

    def test_an_invalid_document_makes_no_second_customer(self):
        first = self.upsert()
        result = self.upsert(**self.document("CUIT", "20267565392"))
        self.assertEqual(result.partner, first.partner)
        self.assertEqual(result.identity.problem, "checksum")
        self.assertEqual(result.partner.vat, CUIT)
        self.assertEqual(len(first.buyer.identity_ids), 2)
        self.upsert(**self.document("CUIT", "20267565392"))
        self.assertEqual(len(first.buyer.identity_ids), 2)

    def test_the_type_follows_the_same_number(self):
        first = self.upsert(**self.document("CUIL", CUIT))
        cuil, cuit = self.env.ref("l10n_ar.it_CUIL"), self.env.ref("l10n_ar.it_cuit")
        self.assertEqual(first.partner.l10n_latam_identification_type_id, cuil)
        second = self.upsert(**self.document("CUIT", CUIT))
        self.assertEqual(first.identity, second.identity)
        self.assertEqual(second.identity.document_type, "CUIT")
        self.assertEqual(second.partner.l10n_latam_identification_type_id, cuit)
        second.partner.l10n_latam_identification_type_id = cuil
        self.upsert(**self.document("CUIT", CUIT))
        self.assertEqual(first.partner.l10n_latam_identification_type_id, cuil)

    # What the channel prepares or hides

    def test_what_is_prepared_becomes_the_identity(self):
        first = self.upsert(**self.document("", "", external_id="b1", pending=True))
        self.assertTrue(first.identity.pending)
        self.assertFalse(first.partner.vat)
        ready = replace(self.buyer.identity, external_id="b1")
        second = self.upsert(identity=ready)
        self.assertEqual(first.identity, second.identity)
        self.assertFalse(second.identity.pending)
        self.assertEqual(second.partner, first.partner)
        self.assertEqual(second.partner.vat, CUIT)

    def test_what_is_prepared_may_be_another_identity(self):
        first = self.upsert()
        waiting = self.upsert(**self.document("", "", external_id="b2", pending=True))
        self.assertEqual(waiting.partner, first.partner)
        ready = self.upsert(**self.company_buys(external_id="b2"))
        self.assertEqual(ready.identity, waiting.identity)
        self.assertNotEqual(ready.partner, first.partner)
        self.assertEqual(ready.partner.vat, COMPANY_CUIT)
        self.assertEqual(first.partner.vat, CUIT)

    def test_hidden_data_erase_nothing(self):
        told = FiscalIdentity(
            name="Ana Paz",
            document_type="CUIT",
            document_number=CUIT,
            external_id="b1",
            taxpayer_type="Monotributo",
            address=self.home,
        )
        first = self.upsert(identity=told)
        hidden = FiscalIdentity(document_number="XXXXXXX", external_id="b1")
        second = self.upsert(identity=hidden)
        self.assertEqual(first.identity, second.identity)
        self.assertRecordValues(
            second.identity,
            [
                {
                    "document_number": CUIT,
                    "legal_name": "Ana Paz",
                    "taxpayer_type": "Monotributo",
                    "key": f"AR|{CUIT}",
                }
            ],
        )
        self.assertIn("Núñez", second.identity.address_text)

    # Robustness

    def test_another_transaction_made_the_identity(self):
        first = self.upsert()
        count = self.env["res.partner"].search_count([])

        def see_none(_self, items):
            for item in items:
                item.is_told, item.key = True, f"AR|{CUIT}"

        model = type(self.env["sale.channel.identity.matcher"])
        with (
            patch.object(model, "_find_identities", see_none),
            self.assertRaises(ConcurrencyError),
            self.env.cr.savepoint(),
        ):
            self.upsert()
        self.assertEqual(self.env["res.partner"].search_count([]), count)
        self.assertEqual(self.upsert().identity, first.identity)

    def test_few_queries_with_documents(self):
        def count(numbers, first):
            """Queries of so many buyers in one import."""
            updates = [
                (
                    replace(
                        self.buyer,
                        external_id=str(first + n),
                        **self.document("DNI", str(20123000 + first + n)),
                    ),
                    self.home,
                )
                for n in range(numbers)
            ]
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.upsert_all(updates)
            return self.env.cr.sql_log_count - before

        count(1, 100)
        one, many = count(1, 200), count(25, 300)
        self.assertLess(one, 40)
        self.assertEqual(many, one, "what is asked is asked once a batch")
        self.assertLess(count(25, 300), 20, "the same buyers again")

    def test_search_by_document(self):
        result = self.upsert(self.brazilian, **self.document("CNPJ", CNPJ))
        Buyer = self.env["sale.channel.partner"]
        found = Buyer.search([("identity_ids.document_number", "ilike", CNPJ[:9])])
        self.assertEqual(found, result.buyer)

    def test_profile_and_accounts_of_the_second_customer(self):
        second = self.upsert(), self.upsert(**self.company_buys())
        partner = second[1].partner
        self.assertEqual(partner.channel_buyer_count, 1)
        domain = partner.action_view_buyers()["domain"]
        self.assertEqual(
            self.env["sale.channel.partner"].search(domain), second[1].buyer
        )
        model = type(self.env["sale.channel.provider"])
        page = "https://profile.example.com/ANA"
        with patch.object(model, "_get_buyer_profile_url", lambda *args: page):
            self.assertEqual(partner.channel_profile_url, page)
