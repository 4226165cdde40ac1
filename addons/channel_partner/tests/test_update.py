from dataclasses import replace

from odoo.tests import tagged

from .common import CUIT, PartnerCase


@tagged("post_install", "-at_install")
class TestUpdate(PartnerCase):
    def test_again_changes_nothing(self):
        first = self.upsert(address=self.home)
        records = first.partner | first.delivery | first.contact
        before = {r.id: r.write_date for r in records}
        second = self.upsert(address=self.home)
        for name in ("buyer", "partner", "delivery", "contact"):
            self.assertEqual(getattr(first, name), getattr(second, name), name)
        self.assertEqual({r.id: r.write_date for r in records}, before)
        self.assertEqual(len(first.partner.child_ids), 2)
        self.assertEqual(len(first.buyer.link_ids), 2)

    def test_nickname_follows(self):
        self.upsert()
        result = self.upsert(nickname="ANA.NUEVA")
        self.assertEqual(result.buyer.nickname, "ANA.NUEVA")
        self.assertEqual(result.partner.name, "ANA.NUEVA")

    def test_a_name_that_a_person_wrote_stays(self):
        self.upsert().partner.name = "Ana Paz (VIP)"
        result = self.upsert(nickname="ANA.NUEVA")
        self.assertEqual(result.buyer.nickname, "ANA.NUEVA")
        self.assertEqual(result.partner.name, "Ana Paz (VIP)")
        again = self.upsert(nickname="ANA.TERCERA")
        self.assertEqual(again.partner.name, "Ana Paz (VIP)")

    def test_a_nickname_that_is_missing_renames_nobody(self):
        self.upsert()
        result = self.upsert(nickname="", complete=False)
        self.assertEqual(result.partner.name, "PAZANA1234")
        self.assertEqual(result.buyer.nickname, "PAZANA1234")

    def test_a_nameless_buyer_is_called_by_the_legal_name_until_there_is_a_nickname(
        self,
    ):
        nameless = {"nickname": "", "name": ""}
        result = self.upsert(**nameless)
        self.assertEqual(result.partner.name, "Ana Paz")
        self.upsert(name="")
        self.assertEqual(result.partner.name, "PAZANA1234")
        for later in ({"identity": None}, {}):
            with self.subTest(later=later):
                number = f"7{len(later)}"
                numbered = self.upsert(external_id=number, identity=None, **nameless)
                self.assertEqual(numbered.partner.name, number)
                self.upsert(external_id=number, name="", **later)
                self.assertEqual(numbered.partner.name, "PAZANA1234")
        mine = self.upsert(external_id="78", identity=None, **nameless).partner
        mine.name = "Ana (VIP)"
        self.upsert(external_id="78", identity=None)
        self.assertEqual(mine.name, "Ana (VIP)")

    def test_punctuation_is_no_name(self):
        for nothing in (".", "--", "🙂", "¿?"):
            with self.subTest(nothing=nothing):
                told = replace(self.buyer.identity, name=nothing)
                result = self.upsert(
                    external_id=f"x{nothing}",
                    nickname=nothing,
                    name=nothing,
                    identity=replace(told, document_number=""),
                    phone="",
                    alternative_phone="",
                    email="",
                )
                self.assertEqual(result.partner.name, f"x{nothing}")
                self.assertFalse(result.partner.legal_name)
                self.assertFalse(result.contact)

    def test_accents_are_composed(self):
        told = replace(self.buyer.identity, name="MARI\u0301A NU\u0301N\u0303EZ")
        result = self.upsert(
            name="Mari\u0301a",
            identity=told,
            address=replace(self.home, city="Nu\u0301n\u0303ez"),
        )
        self.assertEqual(result.partner.legal_name, "MAR\u00cdA N\u00da\u00d1EZ")
        self.assertEqual(result.contact.name, "Mar\u00eda")
        self.assertEqual(result.delivery.city, "N\u00fa\u00f1ez")

    def test_a_name_replaces_the_number_of_a_nameless_buyer(self):
        self.upsert(nickname="", name="")
        self.assertEqual(self.upsert(nickname="").partner.name, "Ana Paz")

    def test_missing_document_is_filled(self):
        self.assertFalse(self.upsert(identity=None).partner.vat)
        result = self.upsert()
        self.assertEqual(result.partner.vat, CUIT)
        self.assertEqual(
            result.partner.l10n_latam_identification_type_id,
            self.env.ref("l10n_ar.it_cuit"),
        )
        self.assertEqual(result.contact.vat, CUIT, "children carry it as well")

    def test_missing_type_is_filled(self):
        partner = self.upsert().partner
        partner.l10n_latam_identification_type_id = False
        result = self.upsert()
        self.assertEqual(
            result.partner.l10n_latam_identification_type_id,
            self.env.ref("l10n_ar.it_cuit"),
        )

    def test_country_of_the_customer_counts_without_address(self):
        self.channel.country_id = self.env.ref("base.us")
        dni = self.document("DNI", "20123456")
        self.upsert(address=self.home, **dni)
        result = self.upsert(**dni)
        self.assertFalse(result.notes)
        self.assertEqual(
            result.partner.l10n_latam_identification_type_id,
            self.env.ref("l10n_ar.it_dni"),
        )

    def test_another_document_that_a_person_wrote_is_reported_and_left_alone(self):
        partner = self.upsert().partner
        partner.write(
            {
                "vat": "20123456",
                "l10n_latam_identification_type_id": self.env.ref("l10n_ar.it_dni").id,
            }
        )
        result = self.upsert()
        self.assertEqual(result.partner, partner)
        self.assertEqual(partner.vat, "20123456")
        self.assertEqual(self.codes(result), ["document_differs"])
        self.assertEqual(result.identity.problem, "differs")
        cuit = self.env.ref("l10n_ar.it_cuit").id
        partner.write({"vat": CUIT, "l10n_latam_identification_type_id": cuit})
        self.assertFalse(self.upsert().identity.problem)

    def test_phones_follow(self):
        self.upsert()
        result = self.upsert(phone="11 7777777", alternative_phone="11 8888888")
        self.assertEqual(result.contact.phone, "11 7777777")
        self.assertEqual(result.contact.alternative_phone, "11 8888888")
        self.assertEqual(len(self.children(result.partner, "contact")), 1)

    def test_phones_that_a_person_changed_stay(self):
        self.upsert().contact.phone = "+54 11 4000 0000"
        result = self.upsert(phone="11 7777777", alternative_phone="11 8888888")
        self.assertEqual(result.contact.phone, "+54 11 4000 0000")
        self.assertEqual(result.contact.alternative_phone, "11 8888888")

    def test_phones_that_are_missing_are_filled(self):
        self.upsert(phone="", alternative_phone="", email="")
        result = self.upsert()
        self.assertEqual(result.contact.phone, "11 5551234")
        self.assertEqual(result.contact.email, "ana@example.com")

    def test_a_phone_that_a_person_erased_stays_erased(self):
        self.upsert().contact.phone = False
        self.assertFalse(self.upsert().contact.phone)
        self.assertEqual(self.upsert(phone="11 9").contact.phone, "11 9")

    def test_same_name_in_other_letters_is_the_same_contact(self):
        first = self.upsert()
        second = self.upsert(name="ANA  páz")
        self.assertEqual(first.contact, second.contact)
        self.assertEqual(second.contact.name, "Ana Paz")

    def test_another_name_is_another_contact(self):
        first = self.upsert()
        second = self.upsert(name="Carlos Olivera")
        self.assertNotEqual(first.contact, second.contact)
        self.assertEqual(second.contact.contact_status, "passive")
        self.assertEqual(len(self.children(first.partner, "contact")), 2)

    def test_a_contact_that_a_person_renamed_is_found_again(self):
        contact = self.upsert().contact
        contact.name = "Anita"
        contact.contact_status = "replied"
        result = self.upsert()
        self.assertEqual(result.contact, contact)
        self.assertEqual(contact.name, "Anita")
        self.assertEqual(contact.contact_status, "replied")

    def test_a_contact_that_a_person_made_is_used(self):
        partner = self.upsert(name="", phone="", alternative_phone="", email="").partner
        made = self.env["res.partner"].create(
            {"parent_id": partner.id, "name": "ana paz", "phone": "11 1"}
        )
        result = self.upsert()
        self.assertEqual(result.contact, made)
        self.assertEqual(made.phone, "11 1")
        self.assertEqual(made.alternative_phone, "11 5554321")

    def test_hidden_and_empty_values_erase_nothing(self):
        first = self.upsert(address=self.home)
        hidden = replace(
            self.buyer,
            nickname="",
            phone="XXXXXXX",
            alternative_phone="",
            email="XXXXX",
            identity=replace(self.buyer.identity, document_number="XXXXXXXXX"),
            complete=False,
        )
        unsaid = dict.fromkeys(("zip", "email", "state_code", "state_name"), "")
        place = replace(self.home, phone="XXXXXXX", receiver="XXXX", **unsaid)
        second = self.upsert(hidden, place)
        self.assertEqual(first.delivery, second.delivery)
        self.assertFalse(second.notes)
        self.assertRecordValues(
            second.delivery,
            [
                {
                    "zip": "1406",
                    "phone": "11 5550000",
                    "street2": "Berta Toledo",
                    "email": "berta@example.com",
                    "state_id": self.env.ref("base.state_ar_c").id,
                }
            ],
        )
        self.assertRecordValues(
            second.contact,
            [
                {
                    "phone": "11 5551234",
                    "alternative_phone": "11 5554321",
                    "email": "ana@example.com",
                }
            ],
        )
        self.assertEqual(second.partner.vat, CUIT)
        self.assertEqual(second.partner.name, "PAZANA1234")

    def test_tags_and_team_are_the_users_after_creation(self):
        partner = self.upsert().partner
        partner.write({"category_id": [(5,)], "team_id": False})
        result = self.upsert()
        self.assertFalse(result.partner.category_id)
        self.assertFalse(result.partner.team_id)

    def test_an_archived_customer_is_used_and_noted(self):
        self.upsert().partner.active = False
        result = self.upsert(address=self.home)
        self.assertFalse(result.partner.active)
        self.assertIn("customer_archived", self.codes(result))

    def test_the_same_buyer_several_times_in_one_batch(self):
        other = replace(self.home, line="Calle 47 9")
        results = self.upsert_all(
            [
                (replace(self.buyer, identity=None), self.home),
                (self.brazilian, self.casa),
                (replace(self.buyer, nickname="ANA.NUEVA"), other),
                (self.buyer, self.home),
            ]
        )
        first, _, second, third = results
        self.assertEqual(first.partner, second.partner)
        self.assertEqual(first.delivery, third.delivery)
        self.assertNotEqual(first.delivery, second.delivery)
        self.assertEqual(first.partner.vat, CUIT)
        self.assertEqual(first.partner.name, "PAZANA1234", "the last one counts")
        self.assertEqual(len(first.partner.child_ids), 3)
