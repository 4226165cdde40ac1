from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..lib.errors import MappingMissing
from .common import ChannelCase

HOSTILE = ("x" * 10_000, "a\x00b", "🛎️ caja", "'; DROP TABLE x; --", "  c   d ")


@tagged("post_install", "-at_install")
class TestMapping(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mappings = cls.env["sale.channel.mapping"]
        cls.peru = cls.env.ref("base.pe")
        cls.chile = cls.env.ref("base.cl")
        cls.category = cls.env["res.partner.category"].create({"name": "Fiel"})

    def to_odoo(self, value, **options):
        return self.mappings._to_odoo(self.channel, "test_country", value, **options)

    def to_channel(self, record):
        return self.mappings._to_channel(self.channel, "test_country", record)

    def inbox(self, value):
        return self.mappings.search(
            [("channel_id", "=", self.channel.id), ("external_value", "=", value)]
        )

    def test_an_unknown_value_enters_the_inbox_once(self):
        for _turn in range(2):
            error = self.error_of(MappingMissing, self.to_odoo, "PER", label="Perú")
            self.assertEqual((error.kind, error.value), ("test_country", "PER"))
        row = self.inbox("PER")
        self.assertEqual(len(row), 1)
        self.assertEqual((row.external_label, row.is_mapped), ("Perú", False))
        self.assertEqual(self.channel.unmapped_count, 1)

    def test_an_optional_value_enters_the_inbox_too(self):
        self.assertIsNone(self.to_odoo("PER", required=False))
        self.assertTrue(self.inbox("PER"))

    def test_nothing_is_not_a_value(self):
        for empty in ("", None, "  ", [], {}):
            self.assertIsNone(self.to_odoo(empty))
        self.assertFalse(self.mappings.search([("channel_id", "=", self.channel.id)]))

    def test_a_mapped_value(self):
        self.make_mapping("PER", res_id=self.peru.id)
        self.assertEqual(self.to_odoo("PER"), self.peru)
        with self.assertRaises(MappingMissing):
            self.to_odoo("per")

    def test_a_value_that_is_only_sent_does_not_count_as_received(self):
        self.make_mapping("PER", res_id=self.peru.id, direction="out")
        with self.assertRaises(MappingMissing):
            self.to_odoo("PER")
        self.assertEqual(self.to_channel(self.peru), "PER")

    def test_a_record_deleted_since_counts_as_unmapped(self):
        self.make_mapping("F", kind_id=self.team_kind.id, res_id=self.category.id)
        self.category.unlink()
        with self.assertRaises(MappingMissing):
            self.mappings._to_odoo(self.channel, "test_category", "F")

    def test_only_one_value_is_sent_for_a_record(self):
        self.make_mapping("PER", res_id=self.peru.id, direction="both")
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self.make_mapping("PERU", res_id=self.peru.id, direction="out")

    def test_many_values_may_be_received_for_a_record(self):
        self.make_mapping("PER", res_id=self.peru.id)
        self.make_mapping("PERU", res_id=self.peru.id)
        self.assertEqual(self.to_odoo("PER"), self.to_odoo("PERU"))
        with self.assertRaises(MappingMissing):
            self.to_channel(self.peru)

    def test_a_value_is_unique_in_its_channel(self):
        self.make_mapping("PER")
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self.make_mapping("PER")

    def test_channels_do_not_share_values(self):
        self.make_mapping("PER", res_id=self.peru.id)
        other = self.make_channel("Otro", self.company)
        with self.assertRaises(MappingMissing):
            self.mappings._to_odoo(other, "test_country", "PER")

    def test_hostile_values_end_in_the_inbox(self):
        for value in HOSTILE:
            with self.subTest(value=value[:20]):
                for _turn in range(2):
                    self.error_of(MappingMissing, self.to_odoo, value, label=value)
        rows = self.mappings.search([("channel_id", "=", self.channel.id)])
        self.assertEqual(len(rows), len(HOSTILE))
        self.assertLessEqual(max(len(row.external_value) for row in rows), 255)
        self.assertFalse(any("\x00" in row.external_value for row in rows))

    def test_the_record_must_be_of_the_kind(self):
        row = self.make_mapping("PER")
        with self.assertRaises(ValidationError):
            row.record_ref = f"res.partner.category,{self.category.id}"
        with self.assertRaises(ValueError):
            row.record_ref = f"res.users,{self.env.uid}"

    def test_the_suggestion_ignores_accents_and_case(self):
        row = self.make_mapping("x", external_label="PERÚ")
        self.assertEqual(row.suggestion_ref, self.peru)
        row.action_accept_suggestion()
        self.assertEqual(row.record_ref, self.peru)
        self.assertTrue(row.is_mapped)
        self.assertFalse(row.suggestion_ref)

    def test_nothing_is_suggested_for_what_resembles_nothing(self):
        row = self.make_mapping("zzqqxxkk")
        self.assertFalse(row.suggestion_ref)
        row.action_accept_suggestion()
        self.assertFalse(row.is_mapped)

    def test_accepting_keeps_what_a_person_mapped(self):
        row = self.make_mapping("Peru", res_id=self.chile.id)
        row.action_accept_suggestion()
        self.assertEqual(row.record_ref, self.chile)

    def wizard(self, rows):
        return Form(
            self.env["sale.channel.mapping.assign"]
            .with_user(self.manager)
            .with_context(active_model=rows._name, active_ids=rows.ids)
        )

    def test_assigning_several_values_at_once(self):
        rows = self.make_mapping("PER") | self.make_mapping("PERU")
        form = self.wizard(rows)
        form.record_ref = f"res.country,{self.peru.id}"
        form.save().action_assign()
        self.assertEqual(rows.mapped("res_id"), self.peru.ids * 2)

    def test_assigning_needs_one_kind_and_a_record(self):
        row = self.make_mapping("PER")
        other = self.make_mapping("F", kind_id=self.team_kind.id)
        with self.assertRaises(UserError):
            self.wizard(row | other)
        with self.assertRaises(UserError):
            self.wizard(row).save().action_assign()

    def test_only_managers_map(self):
        row = self.make_mapping("PER")
        with self.assertRaises(AccessError):
            row.with_user(self.user).res_id = self.peru.id
        row.with_user(self.manager).record_ref = f"res.country,{self.peru.id}"
        self.assertEqual(self.to_odoo("PER"), self.peru)

    def test_a_company_sees_its_own_channels_and_mappings(self):
        theirs = self.make_channel("Ajeno", self.other_company)
        row = self.make_mapping("PER", channel_id=theirs.id)
        shared = self.env["sale.channel"].create(
            {"name": "De todos", "company_id": False}
        )
        for user in (self.manager, self.user):
            channels = self.env["sale.channel"].with_user(user).search([])
            self.assertIn(self.channel, channels)
            self.assertIn(shared, channels)
            self.assertNotIn(theirs, channels)
            self.assertFalse(
                self.mappings.with_user(user).search([("id", "=", row.id)])
            )
            with self.assertRaises(AccessError):
                row.with_user(user).read(["external_value"])
