from dataclasses import replace

from odoo.tests import tagged

from .common import CNPJ, CNPJ_LETTERS, CPF, CUIT, PartnerCase


@tagged("post_install", "-at_install")
class TestDocuments(PartnerCase):
    def check_document(self, word, number, xmlid, vat, buyer=None):
        result = self.upsert(buyer, **self.document(word, number))
        self.assertEqual(result.partner.vat, vat)
        self.assertEqual(
            result.partner.l10n_latam_identification_type_id, self.env.ref(xmlid)
        )
        self.assertFalse(result.identity.problem)
        return result

    def test_cuit(self):
        self.check_document("CUIT", "20-26756539-3", "l10n_ar.it_cuit", CUIT)

    def test_cuil(self):
        self.check_document("CUIL", CUIT, "l10n_ar.it_CUIL", CUIT)

    def test_dni(self):
        self.check_document("DNI", "20.123.456", "l10n_ar.it_dni", "20123456")

    def test_dni_with_a_leading_zero_is_the_same_again(self):
        self.check_document("DNI", "05123456", "l10n_ar.it_dni", "5123456")
        self.check_document("DNI", "05123456", "l10n_ar.it_dni", "5123456")

    def test_cpf(self):
        result = self.check_document("CPF", "390.533.447-05", "l10n_br.cpf", CPF)
        self.assertEqual(result.partner.country_id, self.brazil)

    def test_cnpj(self):
        self.check_document("CNPJ", "16.727.230/0001-97", "l10n_br.cnpj", CNPJ)

    def test_cnpj_with_letters(self):
        self.check_document("CNPJ", "12.ABC.345/01DE-35", "l10n_br.cnpj", CNPJ_LETTERS)

    def test_documents_with_letters_keep_them(self):
        cases = [
            ("PASAPORTE", "AAB 123456", "l10n_latam_base.it_pass", "AAB123456"),
            ("RG", "12.345.678-X", "l10n_latam_base.it_fid", "12345678X"),
        ]
        for number, (word, written, xmlid, vat) in enumerate(cases):
            with self.subTest(word=word):
                buyer = replace(self.buyer, external_id=f"L{number}")
                result = self.check_document(word, written, xmlid, vat, buyer)
                self.assertEqual(result.partner.country_id, self.argentina)
                later = replace(self.buyer, external_id=f"M{number}", identity=None)
                self.upsert(later)
                self.check_document(word, written, xmlid, vat, later)

    def test_letters_that_were_lost_come_back(self):
        told = self.document("PASAPORTE", "AAB123456")
        result, mine = self.upsert(**told), self.upsert(external_id="7", **told)
        self.env.flush_all()
        partners = result.partner | mine.partner
        self.env.cr.execute(
            "UPDATE res_partner SET vat = '123456' WHERE id = ANY(%s)", [partners.ids]
        )
        self.env.invalidate_all()
        written = {**result.identity.written, "vat": "123456"}
        result.identity.written = written
        self.migrate("channel_partner_l10n_ar", "post-repair")
        self.assertEqual(result.partner.vat, "AAB123456")
        self.assertEqual(result.partner.document_key, "AAB123456")
        self.assertEqual(result.identity.written["vat"], "AAB123456")
        self.assertEqual(mine.partner.vat, "123456", "somebody else wrote it")

    def test_a_type_that_keeps_only_digits_gets_no_letters(self):
        """A person may map the word to such a type."""
        book = self.env.ref("l10n_ar.it_LE")
        self.env["sale.channel.mapping"]._ensure(
            self.channel, "document_type", "LIBRETA"
        ).res_id = book.id
        told = self.document("LIBRETA", "AB1234567")
        self.upsert(external_id="5", identity=None)
        for result in (self.upsert(**told), self.upsert(external_id="5", **told)):
            self.assertFalse(result.partner.vat)
            self.assertEqual(result.identity.problem, "refused")
            self.assertIn("document_refused", self.codes(result))
            self.assertIn("1234567", str(result.notes))

    def test_country_of_the_document_counts(self):
        result = self.upsert(self.brazilian, self.home)
        self.assertEqual(result.partner.country_id, self.brazil)
        self.assertEqual(result.delivery.country_id, self.argentina)

    def test_invalid_is_kept_visible_and_stops_nothing(self):
        result = self.upsert(address=self.home, **self.document("CUIT", "20267565392"))
        self.assertFalse(result.partner.vat)
        self.assertTrue(result.delivery)
        self.assertRecordValues(
            result.identity,
            [
                {
                    "document_type": "CUIT",
                    "document_number": "20267565392",
                    "problem": "checksum",
                }
            ],
        )
        code, params = result.notes[0]
        self.assertEqual(code, "document_invalid")
        text = self.env["sale.channel.text"]._format(code, params)
        self.assertIn("CUIT 20267565392", text)

    def test_invalid_does_not_touch_what_is_there(self):
        self.upsert()
        result = self.upsert(**self.document("CUIT", "123"))
        self.assertEqual(result.partner.vat, CUIT)
        self.assertEqual(result.identity.problem, "length")

    def test_pending_identity_changes_nothing(self):
        self.upsert()
        result = self.upsert(**self.document("", "", pending=True))
        self.assertEqual(result.identity.document_number, CUIT)
        self.assertFalse(result.notes)

    def test_de_para_decides_first(self):
        passport = self.env.ref("l10n_latam_base.it_pass")
        self.env["sale.channel.mapping"]._ensure(
            self.channel, "document_type", "DNI"
        ).res_id = passport.id
        result = self.upsert(**self.document("DNI", "AB123456"))
        self.assertEqual(result.partner.l10n_latam_identification_type_id, passport)

    def test_de_para_to_a_known_type_brings_its_check(self):
        self.env["sale.channel.mapping"]._ensure(
            self.channel, "document_type", "TAXID"
        ).res_id = self.env.ref("l10n_ar.it_cuit").id
        result = self.upsert(**self.document("taxid", "20267565392"))
        self.assertEqual(result.identity.problem, "checksum")
        result = self.upsert(**self.document("taxid", "20-26756539-3"))
        self.assertEqual(result.partner.vat, CUIT)

    def test_unknown_type_asks_the_de_para_and_is_generic_meanwhile(self):
        result = self.upsert(**self.document("LICENCIA", "A-123"))
        generic = self.env.ref("l10n_latam_base.it_fid")
        self.assertEqual(result.partner.l10n_latam_identification_type_id, generic)
        self.assertEqual(self.codes(result), ["document_type_unmapped"])
        row = self.channel.mapping_ids
        self.assertRecordValues(
            row, [{"external_value": "LICENCIA", "is_mapped": False}]
        )
        self.upsert(**self.document("LICENCIA", "A-123"))
        self.assertEqual(len(self.channel.mapping_ids), 1)
        passport = self.env.ref("l10n_latam_base.it_pass")
        row.res_id = passport.id
        result = self.upsert(**self.document("LICENCIA", "A-123"))
        self.assertEqual(result.partner.l10n_latam_identification_type_id, passport)
        # A word is no pattern of the names of types.
        for word in ("%", "V_T", "FOREIGN%"):
            with self.subTest(word):
                result = self.upsert(
                    external_id=word, **self.document(word, f"{len(word)}A77123")
                )
                type_ = result.partner.l10n_latam_identification_type_id
                self.assertEqual(type_, generic)

    def test_however_people_write_a_number_it_is_found(self):
        """Odoo cleans the number after it was written; the key is the clean one's."""
        dni = {
            "name": "Ana Paz",
            "l10n_latam_identification_type_id": self.env.ref("l10n_ar.it_dni").id,
            "country_id": self.argentina.id,
        }
        partner = self.env["res.partner"].create(dni)
        for writing in ("Nº 24681357", "24,681,357", "DNI 24681357", "Doc. 24681357"):
            with self.subTest(writing=writing):
                made = self.env["res.partner"].create({**dni, "vat": writing})
                partner.vat = writing
                self.env.flush_all()
                for found in (made, partner):
                    self.assertEqual(found.vat, "24681357")
                    self.assertEqual(found.document_key, "24681357")
                made.unlink()
                result = self.upsert(
                    external_id=writing, **self.document("DNI", "24.681.357")
                )
                self.assertEqual(result.partner, partner)
                partner.vat = False

    def test_search_keys_of_before_are_repaired(self):
        right, wrong, archived = self.env["res.partner"].create(
            [{"name": name, "vat": "24681357"} for name in ("A", "B", "C")]
        )
        archived.active = False
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET document_key = %s WHERE id = ANY(%s)",
            ["DNI24681357", (wrong | archived).ids],
        )
        self.env.invalidate_all()
        before = right.write_date
        self.env["res.partner"]._repair_document_keys(batch=2)
        self.migrate("channel_partner", "post-repair")
        for partner in (right, wrong, archived):
            self.assertEqual(partner.document_key, "24681357")
        self.assertEqual(right.write_date, before)

    def test_a_type_of_the_same_name_is_found(self):
        mexico = self.env.ref("base.mx")
        mexican = self.env["l10n_latam.identification.type"].create(
            {"name": "RFC", "country_id": mexico.id, "is_vat": True}
        )
        self.channel.country_id = mexico
        result = self.upsert(**self.document("RFC", "UBA930714AB4"))
        self.assertEqual(result.partner.l10n_latam_identification_type_id, mexican)
        self.assertEqual(result.partner.vat, "UBA930714AB4")
        self.assertFalse(result.notes)

    def test_what_odoo_refuses_stops_nobody(self):
        """A de-para may name a type whose rules Odoo knows and this addon does not."""
        vat = self.env["l10n_latam.identification.type"].create(
            {"name": "Odd", "country_id": self.argentina.id, "is_vat": True}
        )
        self.env["sale.channel.mapping"]._ensure(
            self.channel, "document_type", "ODD"
        ).res_id = vat.id
        odd = self.document("ODD", "12345678")
        bad, good = self.upsert_all(
            [(replace(self.buyer, **odd), self.home), (self.brazilian, self.casa)]
        )
        self.assertFalse(bad.partner.vat)
        self.assertEqual(bad.identity.problem, "refused")
        self.assertIn("document_refused", self.codes(bad))
        self.assertTrue(bad.delivery)
        self.assertEqual(good.partner.vat, CPF)
        again = self.upsert(**odd)
        self.assertFalse(again.partner.vat)
        self.assertEqual(again.identity.problem, "refused")

    def test_a_customer_that_belongs_to_a_company_keeps_its_document(self):
        partner = self.upsert(identity=None).partner
        partner.parent_id = self.env["res.partner"].create(
            {"name": "Brumelia S.A.", "is_company": True}
        )
        result = self.upsert()
        self.assertFalse(result.partner.parent_id.vat)
        self.assertIn("document_elsewhere", self.codes(result))
