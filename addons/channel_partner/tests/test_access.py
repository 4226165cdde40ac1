from unittest.mock import patch

from psycopg2.errors import ForeignKeyViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import PartnerCase


@tagged("post_install", "-at_install")
class TestAccess(PartnerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "seller", "sales_team.group_sale_salesman")
        cls.reader = new_test_user(cls.env, "reader", "channel_base.group_channel_user")
        cls.manager = new_test_user(
            cls.env, "manager", "channel_base.group_channel_manager"
        )
        cls.plain = new_test_user(cls.env, "plain", "base.group_user")

    def page(self, url="https://profile.example.com/ANA"):
        model = type(self.env["sale.channel.provider"])
        return patch.object(model, "_get_buyer_profile_url", lambda *args: url)

    def test_everybody_opens_the_customer(self):
        partner = self.upsert().partner
        for user in (self.seller, self.reader, self.manager):
            with self.subTest(user=user.login):
                Form(partner.with_user(user))
        arch = self.env["res.partner"].with_user(self.seller).get_view(view_type="form")
        self.assertNotIn("buyer_ids", arch["arch"])
        arch = self.env["res.partner"].with_user(self.reader).get_view(view_type="form")
        self.assertIn("buyer_ids", arch["arch"])
        self.assertFalse(partner.with_user(self.plain).channel_profile_url)

    def test_rights_on_buyers(self):
        buyer = self.upsert(address=self.home).buyer
        self.assertEqual(buyer.with_user(self.reader).nickname, "PAZANA1234")
        with self.assertRaises(AccessError):
            buyer.with_user(self.reader).nickname = "X"
        with self.assertRaises(AccessError):
            buyer.with_user(self.seller).read(["nickname"])
        # Changing the customer is a step of the history, which can be undone.
        with self.assertRaises(AccessError):
            buyer.with_user(self.manager).partner_id = self.env.user.partner_id

    def test_other_companies_do_not_see_the_account(self):
        company = self.env["res.company"].create({"name": "Other"})
        channel = self.channel.copy({"name": "Theirs", "company_id": company.id})
        result = self.upsert(address=self.home, channel=channel)
        self.assertFalse(
            self.env["sale.channel.partner"]
            .with_user(self.reader)
            .search([("channel_id", "=", channel.id)])
        )
        self.assertFalse(
            self.env["sale.channel.partner.link"]
            .with_user(self.reader)
            .search([("buyer_id", "=", result.buyer.id)])
        )
        with self.page():
            partner = result.partner
            self.assertTrue(partner.with_company(company).channel_profile_url)
            self.assertFalse(partner.with_user(self.seller).channel_profile_url)

    def test_view_in_channel(self):
        result = self.upsert()
        self.assertFalse(result.partner.channel_profile_url)
        with self.assertRaises(UserError):
            result.partner.action_view_buyer_profile()
        self.env.invalidate_all()
        with self.page():
            action = result.partner.with_user(self.seller).action_view_buyer_profile()
            self.assertEqual(
                action,
                {
                    "type": "ir.actions.act_url",
                    "url": "https://profile.example.com/ANA",
                    "target": "new",
                },
            )
            self.assertEqual(result.buyer.action_view_profile(), action)

    def test_only_web_pages_open(self):
        result = self.upsert()
        for url in (
            "javascript:alert(1)",
            "file:///etc/passwd",
            "//x",
            "http://[x",
            "",
            None,
        ):
            self.env.invalidate_all()
            with self.page(url), self.subTest(url=url):
                self.assertFalse(result.buyer.profile_url)
                self.assertFalse(result.partner.channel_profile_url)

    def test_accounts_of_the_customer(self):
        result = self.upsert()
        partner = result.partner.with_user(self.reader)
        self.assertEqual(partner.channel_buyer_count, 1)
        action = partner.action_view_buyers()
        self.assertEqual(
            self.env["sale.channel.partner"].search(action["domain"]), result.buyer
        )

    def test_alternative_phone_is_formatted_and_found(self):
        # Whether the library that formats is installed is not the question here.
        model = type(self.env["res.partner"])
        formats = patch.object(
            model, "_phone_format", lambda *a, **k: "+54 11 5551-2345"
        )
        with formats, Form(self.env["res.partner"]) as form:
            form.name = "Elsa"
            form.country_id = self.argentina
            form.alternative_phone = "1155512345"
        partner = form.record
        self.assertEqual(partner.alternative_phone, "+54 11 5551-2345")
        found = self.env["res.partner"].search(
            [("phone_mobile_search", "ilike", "+54 11 5551")]
        )
        self.assertIn(partner, found)
        with Form(partner) as form, form.child_ids.new() as child:
            child.type = "contact"
            child.name = "Hijo"
            child.alternative_phone = "1155512346"
            child.contact_status = "open"
        self.assertEqual(partner.child_ids.contact_status, "open")

    def test_settings_on_the_channel(self):
        with Form(self.channel.with_user(self.manager)) as form:
            form.comments_apart = True
            form.partner_category_ids.remove(self.tag.id)
        self.assertTrue(self.channel.comments_apart)

    def test_a_customer_with_an_account_is_not_deleted(self):
        partner = self.upsert().partner
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(ForeignKeyViolation),
            self.env.cr.savepoint(),
        ):
            partner.unlink()
        self.assertTrue(partner.exists())
