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

    def test_another_postal_code_or_state_is_another_address(self):
        first = self.deliver()
        cases = [
            {"zip": "1407"},
            {"zip": "5570", "state_code": "AR-M"},
            {"zip": "", "state_code": "AR-X", "state_name": "Córdoba"},
            {"zip": "11000", "state_code": "UY-MO", "country_code": "UY"},
        ]
        seen = first.delivery
        for changes in cases:
            with self.subTest(changes=changes):
                other = self.deliver(**changes)
                self.assertNotIn(other.delivery, seen)
                self.assertEqual(self.deliver(**changes).delivery, other.delivery)
                seen |= other.delivery
        self.assertEqual(self.deliver().delivery, first.delivery)
        self.assertEqual(first.delivery.zip, "1406")

    def test_the_same_postal_code_in_another_writing(self):
        first = self.deliver()
        for code in ("C1406ABC", "c 1406 abc", "", "0000"):
            with self.subTest(code=code):
                self.assertEqual(self.deliver(zip=code).delivery, first.delivery)
        self.assertEqual(first.delivery.zip, "1406")

    def test_what_the_channel_leaves_open_is_not_guessed(self):
        near = self.deliver(city="San Martín", zip="1650", state_code="AR-B")
        far = self.deliver(city="San Martín", zip="5570", state_code="AR-M")
        unsaid = {"city": "San Martín", "zip": "", "state_code": "", "state_name": ""}
        result = self.deliver(**unsaid)
        self.assertNotIn(result.delivery, near.delivery | far.delivery)
        self.assertEqual(self.deliver(**unsaid).delivery, result.delivery)

    def test_an_address_of_a_person_in_another_town_is_not_used(self):
        partner = self.upsert().partner
        made = self.env["res.partner"].create(
            {
                "parent_id": partner.id,
                "type": "delivery",
                "street": "Av. Los Aromos 1234 - Timbre 3B",
                "city": "Núñez",
                "zip": "5570",
                "country_id": self.argentina.id,
            }
        )
        result = self.deliver()
        self.assertNotEqual(result.delivery, made)
        self.assertEqual(made.zip, "5570")

    def test_a_postal_code_that_a_person_corrected_stays(self):
        delivery = self.deliver().delivery
        delivery.zip = "1429"
        result = self.deliver()
        self.assertEqual(result.delivery, delivery)
        self.assertEqual(delivery.zip, "1429")

    def test_addresses_bound_before_variants_were_kept(self):
        first = self.deliver()
        link = first.buyer.link_ids.filtered(lambda link: link.role == "delivery")
        told = {k: v for k, v in link.written.items() if k != "country_id"}
        link.write({"variant": "", "written": told})
        far = self.deliver(zip="5570", state_code="AR-M")
        self.assertNotEqual(far.delivery, first.delivery)
        self.assertEqual(self.deliver().delivery, first.delivery)
        self.assertTrue(link.variant)

    def quote(self, address):
        """Something that is still to be sent there."""
        return self.env["sale.order"].create(
            {"partner_id": self.upsert().partner.id, "partner_shipping_id": address.id}
        )

    def test_phones_follow_while_something_is_on_its_way(self):
        first = self.deliver()
        self.quote(first.delivery)
        second = self.deliver(phone="11 7777777", email="otra@example.com")
        self.assertEqual(second.delivery, first.delivery)
        self.assertEqual(second.delivery.phone, "11 7777777")
        self.assertEqual(second.delivery.email, "otra@example.com")

    def test_notes_kept_apart_belong_to_what_is_on_its_way(self):
        self.channel.comments_apart = True
        first = self.deliver()
        self.quote(first.delivery)
        second = self.deliver(comment="Dejar en portería")
        self.assertNotEqual(second.delivery, first.delivery)
        self.assertIn("Timbre 3B", first.delivery.comment)

    def test_what_people_made_of_an_awaited_address_stays(self):
        first = self.deliver()
        first.delivery.street2 = "Portería"
        self.deliver(receiver="Elsa")
        first.delivery.street2 = "Berta Toledo"
        order = self.quote(first.delivery)
        again = self.deliver(receiver="Elsa")
        self.assertEqual(again.delivery, first.delivery, "just what was said before")
        self.assertEqual(first.delivery.street2, "Berta Toledo")
        order.action_cancel()
        self.assertEqual(self.deliver(receiver="Elsa").delivery.street2, "Elsa")

    def test_brazilian_addresses_with_two_postal_codes(self):
        first = self.upsert(self.brazilian, self.casa)
        other = replace(self.casa, zip="13024-100")
        second = self.upsert(self.brazilian, other)
        self.assertNotEqual(first.delivery, second.delivery)
        self.assertEqual(first.delivery.zip, "13024000")
        same = self.upsert(self.brazilian, replace(self.casa, zip="13024-000"))
        self.assertEqual(same.delivery, first.delivery)

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

    def test_parts_are_the_channel_s_not_those_that_odoo_would_find(self):
        for name, number, door in (("Rua 15", "8", ""), ("Rua 15", "", "Fundos - 2")):
            house = replace(
                self.casa, street_name=name, street_number=number, complement=door
            )
            delivery = self.upsert(self.brazilian, house).delivery
            found = [delivery.street_name, delivery.street_number]
            found.append(delivery.street_number2)
            with self.subTest(delivery.street):
                self.assertEqual([text or "" for text in found], [name, number, door])

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

    def test_a_state_that_was_mapped_with_loose_accents_is_found(self):
        loose = "Narni\u0301a"
        row = self.env["sale.channel.mapping"]._ensure(self.channel, "state", "x")
        row.res_id = self.env.ref("base.state_ar_t").id
        row.external_value = loose
        told = {"state_code": "", "state_name": loose}
        self.assertFalse(self.deliver(line="Calle 1", **told).delivery.state_id)
        self.channel.mapping_ids.filtered(lambda other: other != row).unlink()
        self.migrate("channel_base", "post-compose")
        delivery = self.deliver(line="Calle 2", **told).delivery
        self.assertEqual(delivery.state_id, self.env.ref("base.state_ar_t"))
        self.assertEqual(self.channel.mapping_ids, row)

    def test_an_address_that_is_hidden_is_not_made(self):
        result = self.deliver(line="XXXXXXX")
        self.assertEqual(result.delivery, result.partner)
        self.assertEqual(self.codes(result), ["address_hidden"])

    def test_line_1_may_come_in_parts_only(self):
        result = self.deliver(line="", street_name="Calle 47", street_number="9")
        self.assertEqual(result.delivery.street, "Calle 47 9 - Timbre 3B")
