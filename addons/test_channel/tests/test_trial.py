from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .outgoing import OutgoingCase

MISSING = "No product has this"


@tagged("post_install", "-at_install")
class TestTrial(OutgoingCase):
    """A few products go out, and nothing of the others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.state = "trial"
        for number, product in enumerate(cls.products, 1):
            product.write({"default_code": f"ART-{number}", "barcode": f"779{number}"})

    def limit(self, codes):
        self.channel.trial_codes = codes

    def tried(self, codes):
        self.limit(codes)
        return self.channel._get_trial_products()

    # The list

    def test_codes_are_exact_without_spaces_around_them(self):
        one, two = self.products[:2]
        accented = self.products[2]
        accented.default_code = "CAFE\N{COMBINING ACUTE ACCENT}"
        for codes, expected in (
            ("ART-1", one),
            (" ART-1 ,\n7792,, ", one | two),
            ("ART-1,7791", one),
            ("art-1", self.products.browse()),
            ("CAFÉ", accented),
            ("CAFE\N{COMBINING ACUTE ACCENT}", accented),
            ("ART-1 ART-2", self.products.browse()),
        ):
            with self.subTest(codes):
                self.assertEqual(self.tried(codes), expected)

    def test_nothing_but_separators_is_no_list(self):
        for codes in (False, "", " ", ",", " ,\n, \r\n"):
            with self.subTest(codes):
                self.assertIsNone(self.tried(codes))
                self.channel.action_go_live()
                self.channel.state = "trial"

    def test_unknown_and_ambiguous_codes_are_told(self):
        one, two, three = self.products[:3]
        two.default_code = "ART-1"
        three.default_code = one.barcode
        self.assertFalse(self.tried("ART-1,7791,NADA"))
        lines = self.channel.trial_notice.splitlines()
        self.assertIn("NADA", lines[0])
        self.assertIn(MISSING, lines[0])
        for code, products, line in (
            ("ART-1", one | two, lines[1]),
            ("7791", one | three, lines[2]),
        ):
            self.assertTrue(line.startswith(code))
            for product in products:
                self.assertIn(product.display_name, line)
        self.tried("ART-4")
        self.assertFalse(self.channel.trial_notice)
        self.assertEqual(self.channel.trial_text, self.products[3].display_name)

    def test_another_company_s_product_is_unknown(self):
        self.products[0].company_id = self.env["res.company"].create({"name": "Ajena"})
        self.products[1].active = False
        self.assertFalse(self.tried("ART-1,ART-2"))
        self.assertIn("ART-1, ART-2", self.channel.trial_notice)

    # Going live

    def test_no_channel_is_live_with_a_list(self):
        channel = self.channel.with_user(
            self.make_user("gestora", "channel_base.group_channel_manager")
        )
        channel.trial_codes = "ART-1"
        for refused in (
            channel.action_go_live,
            lambda: channel.write({"state": "live"}),
            lambda: channel.create(
                {"name": "Otro", "state": "live", "trial_codes": "X"}
            ),
        ):
            with self.assertRaises(ValidationError):
                refused()
        channel.write({"state": "live", "trial_codes": False})
        with self.assertRaises(ValidationError):
            channel.trial_codes = "ART-1"
        channel.action_pause()
        channel.trial_codes = "ART-1"
        with self.assertRaises(ValidationError):
            channel.action_resume()
        channel.action_start_trial()
        self.assertEqual((channel.state, channel.trial_codes), ("trial", "ART-1"))
        user = self.make_user("empleada", "channel_base.group_channel_user")
        with self.assertRaises(AccessError):
            self.channel.with_user(user).trial_codes = False
        self.assertTrue(self.channel.with_user(user).trial_text)

    # What goes out

    def test_nothing_else_goes_out(self):
        self.limit("ART-3,ART-5")
        self.confirm()
        self.assertEqual(self.stock.quantities(), [3, 5])
        # Other settings than products are no matter of the trial.
        self.assertEqual(len(self.rows("shelf")), 2)
        self.products.write({"fake_quantity": 70})
        self.run_out(full=False)
        self.assertEqual(self.stock.quantities(), [70, 70])
        self.assertEqual(len(self.rows("stock")), 2)

    def test_an_unknown_code_lets_nothing_out(self):
        self.limit("NADA")
        self.confirm()
        self.assertFalse(self.stock.quantities())

    def test_what_is_out_already_stays_as_it_is(self):
        self.confirm()
        self.limit("ART-1")
        self.products[:4].fake_quantity = 50
        self.products[4].fake_listed = False
        self.products[5].unlink()
        for _reference, content in self.stock.records["stock"].values():
            if content["quantity"] == 9:
                content["quantity"] = 900
        self.run_out()
        self.assertEqual(self.stock.quantities(), [2, 3, 4, 5, 6, 7, 8, 50, 900])
        self.assertFalse(self.differences())
        # Nothing of them waits for the end of the trial, either.
        self.assertEqual(self.states(), {"done"})
        self.assertEqual(set(self.rows().mapped("operation")), {"put"})

    def test_what_waits_is_held_and_goes_on_after_the_trial(self):
        self.start()
        self.out._plan_whole(self.planner._get_parts()[0])
        self.out._plan_ids(self.planner._get_parts()[1], self.products.ids)
        self.assertEqual(self.states("stock"), {"pending"})
        self.limit("ART-2")
        self.run_out()
        self.assertEqual(self.stock.quantities(), [2])
        held = self.rows("stock").filtered(lambda row: row.sync_state == "pending")
        self.assertEqual(len(held), 8)
        self.assertEqual(set(held.mapped("error_code")), {"not_in_trial"})
        self.assertGreater(min(held.mapped("next_attempt_at")), fields.Datetime.now())
        requests = self.out.run_requests
        self.limit(" , ")
        self.assertGreater(self.out.run_requests, requests)
        self.run_out()
        self.assertEqual(self.stock.quantities(), list(range(1, 10)))
        self.assertEqual(self.states(), {"done"})

    def test_another_list_lets_others_out(self):
        self.limit("ART-1")
        self.confirm()
        requests = self.out.run_requests
        self.limit("ART-1 , ")
        self.assertEqual(self.out.run_requests, requests)
        self.limit("ART-1,ART-2")
        self.assertGreater(self.out.run_requests, requests)
        self.run_out()
        self.assertEqual(self.stock.quantities(), [1, 2])
