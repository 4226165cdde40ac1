from dataclasses import replace

from odoo.tests import tagged

from .common import PartnerCase


@tagged("post_install", "-at_install")
class TestAddresses(PartnerCase):
    def deliver(self, **changes):
        return self.upsert(address=replace(self.home, **changes))

    def test_another_line_is_another_address(self):
        first, second = self.deliver(), self.deliver(line="Calle 47 9")
        self.assertNotEqual(first.delivery, second.delivery)
        self.assertEqual(len(self.children(first.partner, "delivery")), 2)

    def test_another_city_is_another_address(self):
        self.assertNotEqual(
            self.deliver().delivery, self.deliver(city="Rosario").delivery
        )

    def test_case_accents_and_spaces_make_no_difference(self):
        first = self.deliver()
        second = self.deliver(line="av los  AROMOS 1234", city="NUNEZ")
        self.assertEqual(first.delivery, second.delivery)

    def test_an_address_that_a_person_made_is_used(self):
        partner = self.upsert().partner
        made = self.env["res.partner"].create(
            {
                "parent_id": partner.id,
                "type": "delivery",
                "name": "Casa de Ana",
                "street": "AV LOS AROMOS 1234 TIMBRE 3B",
                "city": "Nunez",
                "zip": "C1406ABC",
            }
        )
        result = self.deliver()
        self.assertEqual(result.delivery, made)
        self.assertEqual(made.name, "Casa de Ana")
        self.assertEqual(made.zip, "C1406ABC")
        self.assertEqual(made.street2, "Berta Toledo", "what was empty is filled")

    def test_an_address_that_a_person_corrected_is_found_again(self):
        delivery = self.deliver().delivery
        delivery.street = "Avenida Los Aromos 1234, 3.º B"
        result = self.deliver()
        self.assertEqual(result.delivery, delivery)
        self.assertEqual(delivery.street, "Avenida Los Aromos 1234, 3.º B")

    def test_an_archived_address_is_not_made_again(self):
        delivery = self.deliver().delivery
        delivery.active = False
        result = self.deliver()
        self.assertEqual(result.delivery, delivery)
        self.assertFalse(delivery.active)
        self.assertEqual(self.codes(result), ["delivery_archived"])

    def test_a_better_one_replaces_the_archived_address(self):
        delivery = self.deliver().delivery
        better = delivery.copy({"name": "Better"})
        delivery.active = False
        result = self.deliver()
        self.assertEqual(result.delivery, better)
        self.assertFalse(result.notes)

    def test_receiver_follows(self):
        first = self.deliver()
        second = self.deliver(receiver="Carlos Olivera")
        self.assertEqual(first.delivery, second.delivery)
        self.assertEqual(second.delivery.street2, "Carlos Olivera")
        second.delivery.street2 = "Portería"
        self.assertEqual(self.deliver(receiver="Elsa").delivery.street2, "Portería")

    def test_a_deleted_address_is_made_again(self):
        self.deliver().delivery.unlink()
        self.assertEqual(self.deliver().delivery.type, "delivery")

    def test_comments_apart(self):
        self.channel.comments_apart = True
        first = self.deliver(comment="Timbre <b>3B</b> 🙂")
        self.assertEqual(first.delivery.street, "Av. Los Aromos 1234")
        self.assertIn("Timbre &lt;b&gt;3B&lt;/b&gt; 🙂", first.delivery.comment)
        same = self.deliver(comment="Timbre <b>3B</b> 🙂")
        self.assertEqual(same.delivery.write_date, first.delivery.write_date)
        second = self.deliver(comment="Dejar en portería")
        self.assertEqual(first.delivery, second.delivery)
        self.assertIn("Dejar en portería", second.delivery.comment)
        second.delivery.comment = "<p>Perro malo</p>"
        third = self.deliver(comment="Tocar fuerte")
        self.assertIn("Perro malo", third.delivery.comment)

    def test_brazil(self):
        result = self.upsert(self.brazilian, self.casa)
        self.assertRecordValues(
            result.delivery,
            [
                {
                    "name": "Shipping - João Nóbrega",
                    "street": "Rua Araçá-Mirim 77 - Bloco B",
                    "street_name": "Rua Araçá-Mirim",
                    "street_number": "77",
                    "street_number2": "Bloco B",
                    "street2": "Cambuí",
                    "city": "Campinas",
                    "state_id": self.env.ref("base.state_br_sp").id,
                    "country_id": self.brazil.id,
                }
            ],
        )
        again = self.upsert(self.brazilian, replace(self.casa, receiver="Rita Leitão"))
        self.assertEqual(again.delivery, result.delivery)
        self.assertEqual(again.delivery.name, "Shipping - Rita Leitão")
        self.assertEqual(again.delivery.street_number2, "Bloco B")

    def test_a_pickup_point_is_not_the_buyers_home(self):
        home = self.deliver(comment="")
        result = self.deliver(comment="", pickup=True)
        self.assertNotEqual(home.delivery, result.delivery)
        self.assertEqual(result.delivery.name, "Pickup point")
        self.assertTrue(result.delivery.is_pickup_location)
        self.assertFalse(home.delivery.is_pickup_location)
        self.assertEqual(
            result.buyer.link_ids.filtered("pickup").partner_id, result.delivery
        )
        self.assertEqual(self.deliver(comment="").delivery, home.delivery)
        again = self.deliver(comment="", pickup=True)
        self.assertEqual(again.delivery, result.delivery)

    def test_states(self):
        cases = [
            ("AR-B", "", "base.state_ar_b"),
            ("01", "Buenos Aires", "base.state_ar_b"),
            ("", "Capital Federal", "base.state_ar_c"),
            ("", "cordoba", "base.state_ar_x"),
        ]
        for n, (code, name, xmlid) in enumerate(cases):
            with self.subTest(code=code, name=name):
                result = self.deliver(
                    line=f"Calle {n}", state_code=code, state_name=name
                )
                self.assertEqual(result.delivery.state_id, self.env.ref(xmlid))
        self.assertFalse(self.channel.mapping_ids)

    def test_an_unknown_state_is_asked_and_the_address_is_made(self):
        result = self.deliver(state_code="AR-?", state_name="Narnia")
        self.assertTrue(result.delivery.street)
        self.assertFalse(result.delivery.state_id)
        self.assertEqual(result.notes, [("state_unknown", {"value": "Narnia"})])
        row = self.channel.mapping_ids
        self.assertEqual((row.external_value, row.external_label), ("AR-?", "Narnia"))
        row.res_id = self.env.ref("base.state_ar_t").id
        again = self.deliver(state_code="AR-?", state_name="Narnia")
        self.assertEqual(again.delivery, result.delivery)
        self.assertEqual(again.delivery.state_id, self.env.ref("base.state_ar_t"))

    def test_an_address_that_is_hidden_is_not_made(self):
        result = self.deliver(line="XXXXXXX")
        self.assertEqual(result.delivery, result.partner)
        self.assertEqual(self.codes(result), ["address_hidden"])

    def test_line_1_may_come_in_parts_only(self):
        result = self.deliver(line="", street_name="Calle 47", street_number="9")
        self.assertEqual(result.delivery.street, "Calle 47 9 - Timbre 3B")
