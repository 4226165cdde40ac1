from dataclasses import replace

from odoo.tests import tagged

from .common import CNPJ, CUIT, PartnerCase


@tagged("post_install", "-at_install")
class TestCreate(PartnerCase):
    def test_customer(self):
        partner = self.upsert(address=self.home).partner
        self.assertRecordValues(
            partner,
            [
                {
                    "ref": "2150000001",
                    "name": "PAZANA1234",
                    "category_id": self.tag.ids,
                    "team_id": self.team.id,
                    "company_type": "person",
                    "vat": CUIT,
                    "l10n_latam_identification_type_id": self.env.ref(
                        "l10n_ar.it_cuit"
                    ).id,
                    "country_id": self.argentina.id,
                    "company_id": False,
                    "active": True,
                    "customer_rank": 1,
                }
            ],
        )

    def test_buyer_binds_the_customer(self):
        result = self.upsert()
        self.assertRecordValues(
            result.buyer,
            [
                {
                    "channel_id": self.channel.id,
                    "external_id": "2150000001",
                    "partner_id": result.partner.id,
                    "nickname": "PAZANA1234",
                    "written": {"name": "PAZANA1234"},
                }
            ],
        )
        self.assertRecordValues(
            result.identity,
            [
                {
                    "buyer_id": result.buyer.id,
                    "key": f"AR|{CUIT}",
                    "document_type": "CUIT",
                    "document_number": CUIT,
                    "legal_name": "Ana Paz",
                    "problem": False,
                    "partner_id": result.partner.id,
                    "origin": "created",
                }
            ],
        )
        self.assertFalse(result.notes)

    def test_name_falls_back(self):
        self.assertEqual(self.upsert(nickname="").partner.name, "Ana Paz")
        nameless = self.upsert(external_id="77", nickname="", name="", identity=None)
        self.assertEqual(nameless.partner.name, "77")

    def test_a_legal_entity_is_a_company(self):
        result = self.upsert(
            self.brazilian, **self.document("CNPJ", CNPJ, is_company=True)
        )
        self.assertEqual(result.partner.company_type, "company")
        self.assertEqual(
            result.partner.l10n_latam_identification_type_id,
            self.env.ref("l10n_br.cnpj"),
        )

    def test_delivery_address(self):
        result = self.upsert(address=self.home)
        self.assertRecordValues(
            result.delivery,
            [
                {
                    "parent_id": result.partner.id,
                    "type": "delivery",
                    "name": "Shipping",
                    "street": "Av. Los Aromos 1234 - Timbre 3B",
                    "street2": "Berta Toledo",
                    "city": "Núñez",
                    "state_id": self.env.ref("base.state_ar_c").id,
                    "zip": "1406",
                    "country_id": self.argentina.id,
                    "phone": "11 5550000",
                    "email": "berta@example.com",
                    "vat": CUIT,
                }
            ],
        )

    def test_contact(self):
        result = self.upsert(address=self.home)
        self.assertRecordValues(
            result.contact,
            [
                {
                    "parent_id": result.partner.id,
                    "type": "contact",
                    "name": "Ana Paz",
                    "phone": "11 5551234",
                    "alternative_phone": "11 5554321",
                    "email": "ana@example.com",
                    "contact_status": "passive",
                    "active": True,
                    "commercial_partner_id": result.partner.id,
                }
            ],
        )

    def test_without_address_the_customer_is_shipped_to(self):
        result = self.upsert()
        self.assertEqual(result.delivery, result.partner)
        self.assertFalse(self.children(result.partner, "delivery"))

    def test_nobody_named_makes_no_contact(self):
        bare = {"phone": "", "alternative_phone": "", "email": ""}
        self.assertFalse(self.upsert(name="", **bare).contact)
        named = self.upsert(external_id="78", name="")
        self.assertEqual(named.contact.name, "PAZANA1234")

    def test_language_of_the_country_when_it_is_installed(self):
        partner = self.upsert().partner
        self.assertEqual(partner.lang, self.env.lang or "en_US")
        self.env["res.lang"]._activate_lang("pt_BR")
        result = self.upsert(self.brazilian, self.casa)
        self.assertEqual(result.partner.lang, "pt_BR")
        self.assertEqual(result.delivery.lang, "pt_BR")

    def test_the_language_of_a_country_that_lacks_its_own(self):
        self.env["res.lang"]._activate_lang("es_419")
        lookup = self.env["sale.channel.partner.lookup"]
        mexico, france = self.env.ref("base.mx"), self.env.ref("base.fr")
        self.assertEqual(lookup._get_language(mexico), "es_419")
        self.env["res.lang"]._activate_lang("es_MX")
        self.assertEqual(lookup._get_language(mexico), "es_MX")
        self.assertFalse(lookup._get_language(france))

    def test_country_of_the_channel_when_none_is_named(self):
        self.channel.country_id = self.brazil
        result = self.upsert(identity=None)
        self.assertEqual(result.partner.country_id, self.brazil)
        self.channel.country_id = False
        self.env.company.country_id = self.env.ref("base.uy")
        other = self.upsert(external_id="79", identity=None)
        self.assertEqual(other.partner.country_id, self.env.ref("base.uy"))

    def test_customers_of_one_company(self):
        self.channel.own_customers = True
        result = self.upsert(address=self.home)
        everybody = result.partner | result.delivery | result.contact
        self.assertEqual(everybody.company_id, self.channel.company_id)

    def test_children_are_what_odoo_itself_would_make(self):
        """The fast way to create contacts gives the same ones as the slow one."""
        abroad = replace(self.home, country_code="DE", external_id="2")
        for buyer, address in (
            (self.buyer, self.home),
            (self.brazilian, self.casa),
            (replace(self.buyer, external_id="7", identity=None), abroad),
        ):
            result = self.upsert(buyer, address)
            customer = result.partner
            copied = (*customer._commercial_fields(), *customer._address_fields())
            peppol = {"peppol_eas", "peppol_endpoint"} & customer._fields.keys()
            for contact in (customer, result.delivery, result.contact):
                vals = contact.copy_data({"name": contact.name})[0]
                if contact != customer:
                    for name in customer._commercial_fields():
                        vals.pop(name, None)
                if contact.type == "contact" and contact != customer:
                    for name in customer._address_fields():
                        vals.pop(name, None)
                slow = self.env["res.partner"].create(vals)
                for name in (*copied, *peppol, "document_key"):
                    with self.subTest(address.country_code, name=name):
                        self.assertEqual(contact[name], slow[name])

    def test_several_at_once_in_order(self):
        buyers = [
            (
                replace(
                    self.buyer,
                    external_id=str(n),
                    nickname=f"N{n}",
                    **self.document("DNI", f"2012345{n}"),
                ),
                self.home,
            )
            for n in range(5)
        ]
        results = self.upsert_all([*buyers, (self.brazilian, self.casa)])
        self.assertEqual(
            [result.buyer.external_id for result in results],
            ["0", "1", "2", "3", "4", "2150000002"],
        )
        self.assertEqual(len({result.delivery.id for result in results}), 6)

    def test_few_queries(self):
        """A batch does not cost queries for each of its buyers."""

        def count(n, first):
            updates = [
                (replace(self.buyer, external_id=str(first + i), identity=None), home)
                for i in range(n)
            ]
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.upsert_all(updates)
            return self.env.cr.sql_log_count - before

        for home, first in ((self.home, 1000), (self.casa, 2000)):
            with self.subTest(home.country_code):
                count(2, first)
                ten, thirty = count(10, first + 100), count(30, first + 200)
                self.assertEqual(thirty, ten)
                known = count(30, first + 200)
                self.assertLess(known, 20, "the same buyers again")
