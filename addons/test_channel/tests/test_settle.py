"""Orders that did not come in, or lost their sale order: what settles them."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.modules.module import load_script
from odoo.tests import Form, tagged
from odoo.tools import file_path

from .common import FakeCase

UNKNOWN = {
    "sku": "LATER",
    "title": "Mate de calabaza",
    "quantity": "3",
    "price": "121.00",
}


@tagged("post_install", "-at_install")
class TestSettle(FakeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls.make_user("empleada", "channel_base.group_channel_user")
        cls.boss = cls.make_user("jefa", "channel_base.group_channel_manager")

    def rejected(self, external_id=None, **line):
        row = self.bring(external_id, lines=[{**UNKNOWN, **line}])
        self.assertEqual((row.state, row.sync_state), ("rejected", "error"))
        return row

    def assert_released(self, row):
        """It goes on by itself, at the flow's next waking."""
        self.assertEqual((row.state, row.sync_state), ("received", "process"))
        self.assertFalse(row.error_message)
        self.assertLessEqual(row.next_attempt_at, fields.Datetime.now())

    def assert_waits(self, row):
        self.assertEqual((row.state, row.sync_state), ("rejected", "error"))

    # Products

    def test_what_releases_an_order_that_waits_for_its_product(self):
        other = self.env["res.company"].create({"name": "Ajena"})
        spare = self.make_product("SPARE", self.tax_21)
        hidden = self.make_product("HIDDEN", self.tax_21)
        hidden.active = False
        unsold = self.make_product("UNSOLD", self.tax_21)
        unsold.sale_ok = False
        theirs = self.make_product("THEIRS", self.tax_21)
        theirs.company_id = other
        twins = self.make_product("TWIN") | self.make_product("TWIN")
        pair = self.make_product("PAIR") | self.make_product("PAIR")
        template = self.env["product.template"]
        for number, (sku, act) in enumerate(
            (
                ("NEW", lambda: self.make_product("NEW", self.tax_21)),
                ("TPL", lambda: template.create({"name": "T", "default_code": "TPL"})),
                ("CODE", lambda: spare.write({"default_code": "CODE"})),
                ("7790001112223", lambda: spare.write({"barcode": "7790001112223"})),
                ("HIDDEN", lambda: hidden.write({"active": True})),
                ("UNSOLD", lambda: unsold.product_tmpl_id.write({"sale_ok": True})),
                ("THEIRS", lambda: theirs.write({"company_id": False})),
                ("TWIN", lambda: twins[0].write({"default_code": "NO-TWIN"})),
                ("PAIR", lambda: pair[0].unlink()),
            )
        ):
            with self.subTest(sku=sku):
                row = self.rejected(f"W{number}", sku=sku)
                bystander = self.rejected(f"B{number}", sku="NOBODY-HAS-IT")
                act()
                self.assert_released(row)
                self.assert_waits(bystander)
                self.run_flow()
                self.assertEqual(row.state, "imported", row.error_message)

    def test_a_product_without_anybody_waiting_costs_one_search(self):
        self.rejected()
        self.product._release_channel_orders()
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.product._release_channel_orders()
        with self.assertQueryCount(1):
            self.env["sale.channel.order.releaser"]._release_products(
                self.product, [f"SKU-{number}" for number in range(5000)]
            )

    def test_a_product_that_was_made_while_the_order_was_refused(self):
        row = self.rejected()
        product = self.make_product("OTHER", self.tax_21)
        self.env.flush_all()
        # As another transaction would, which did not see the refusal yet.
        self.env.cr.execute(
            "UPDATE product_product SET default_code = 'LATER' WHERE id = %s",
            [product.id],
        )
        self.env.invalidate_all()
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)

    def test_two_products_are_missing(self):
        row = self.bring(lines=[UNKNOWN, {**UNKNOWN, "sku": "SECOND"}])
        self.make_product("LATER", self.tax_21)
        self.run_flow()
        self.assertIn("SECOND", row.error_message)
        self.make_product("SECOND", self.tax_21)
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)

    def test_the_row_shows_what_was_bought(self):
        row = self.bring(lines=[UNKNOWN, {**UNKNOWN, "sku": "FAKE-1", "quantity": "2"}])
        with Form(row.with_user(self.clerk)) as form:
            self.assertEqual(len(form.line_ids), 2)
        missing, known = row.with_user(self.clerk).line_ids
        self.assertEqual(
            (missing.title, missing.sku, missing.quantity, missing.unit_price),
            ("Mate de calabaza", "LATER", 3.0, 121.0),
        )
        self.assertEqual((missing.found, known.found), ("none", "one"))
        self.assertEqual(known.product_id, self.product)
        self.make_product("LATER", self.tax_21)
        self.make_product("LATER", self.tax_21)
        row.invalidate_recordset()
        missing.invalidate_recordset()
        self.assertEqual(missing.found, "several")
        self.assertFalse(missing.product_id)

    def test_lines_are_those_of_the_last_refusal(self):
        row = self.rejected()
        self.put("F1", lines=[{**UNKNOWN, "sku": "ANOTHER"}])
        self.run_flow()
        self.assertEqual(row.line_ids.mapped("sku"), ["ANOTHER"])
        self.assertFalse(self.bring().line_ids)

    def link(self, line, product):
        """Press Link product and choose."""
        action = line.with_user(self.boss).action_link_product()
        wizard = Form(
            self.env[action["res_model"]]
            .with_user(self.boss)
            .with_context(**action["context"])
        )
        wizard.record_ref = f"product.product,{product.id}"
        wizard.save().action_assign()

    def test_linking_a_product(self):
        row = self.rejected()
        self.link(row.line_ids, self.product)
        self.assert_released(row)
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertEqual(row.sale_order_id.order_line.product_id, self.product)
        # The next order of that SKU finds it, whoever has the code by then.
        self.make_product("LATER", self.tax_21)
        order = self.imported(lines=[UNKNOWN])
        self.assertEqual(order.order_line.product_id, self.product)

    def test_linking_settles_several_products_of_one_sku(self):
        self.make_product("FAKE-1")
        row = self.rejected(sku="FAKE-1")
        self.assertEqual(row.error_code, "product_ambiguous")
        self.link(row.line_ids, self.product)
        self.run_flow()
        self.assertEqual(row.sale_order_id.order_line.product_id, self.product)

    def test_linking_what_has_no_sku(self):
        row = self.rejected(sku="")
        self.assertEqual(row.error_code, "sku_missing")
        self.link(row.line_ids, self.product)
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)

    def test_a_link_to_what_is_not_sold_counts_for_nothing(self):
        row = self.rejected()
        self.link(row.line_ids, self.product)
        self.product.active = False
        self.run_flow()
        self.assertEqual(row.error_code, "product_unknown")
        self.product.active = True
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)

    def test_only_who_keeps_the_de_para_links(self):
        row = self.rejected()
        with self.assertRaises(AccessError):
            row.line_ids.with_user(self.clerk).action_link_product()
        stranger = self.make_user("vendedor", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            row.line_ids.with_user(stranger).action_create_product()

    def test_creating_a_product(self):
        row = self.rejected()
        action = row.line_ids.with_user(self.clerk).action_create_product()
        self.assertEqual(action["res_model"], "product.product")
        product = Form(self.env["product.product"].with_context(**action["context"]))
        self.assertEqual(
            (product.name, product.default_code, product.list_price, product.sale_ok),
            ("Mate de calabaza", "LATER", 121.0, True),
        )
        product.save().taxes_id = self.tax_21
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)

    def test_skus_that_nobody_waits_for_leave_the_inbox(self):
        kept, settled = self.rejected(sku="KEPT"), self.rejected(sku="GONE")
        self.make_product("GONE", self.tax_21)
        self.run_flow()
        mappings = self.env["sale.channel.mapping"].search(
            [("kind_id.code", "=", "product"), ("channel_id", "=", self.channel.id)]
        )
        self.assertEqual(set(mappings.mapped("external_value")), {"KEPT", "GONE"})
        self.env.cr.execute(
            "UPDATE sale_channel_mapping SET write_date = now() - interval '2 days'"
        )
        mappings.invalidate_recordset()
        self.env["sale.channel.order.releaser"]._gc_product_mappings()
        self.assertEqual(mappings.exists().mapped("external_value"), ["KEPT"])
        self.assertEqual((kept.state, settled.state), ("rejected", "imported"))

    def test_rows_of_an_earlier_version_learn_what_they_wait_for(self):
        rows = self.rejected() | self.rejected(sku="")
        rows.line_ids.unlink()
        rows.blocked_mapping_id.unlink()
        rows.write({"sync_state": "error", "state": "rejected"})
        for row, code in zip(rows, ("product_unknown", "sku_missing"), strict=True):
            row.write({"error_code": code, "error_params": {"sku": "LATER"}})
        order = self.imported("LOST")
        lost = self.inbox("LOST")
        order._action_cancel()
        order.unlink()
        lost.proposal_ids.unlink()
        path = "channel_order/migrations/19.0.1.1.0/end-rows.py"
        script = load_script(file_path(path), "end_rows")
        for _turn in range(2):
            script.migrate(self.env.cr, "19.0.1.0.0")
        self.assertEqual(self.codes(lost), ["review_deleted"])
        self.assertEqual([len(row.line_ids) for row in rows], [1, 1])
        self.assertEqual(rows[0].blocked_mapping_id.external_value, "LATER")
        self.make_product("LATER", self.tax_21)
        self.assert_released(rows[0])

    # Retry and Dismiss

    def test_retry_answers(self):
        row = self.rejected()
        answer = row.with_user(self.clerk).action_retry()
        self.assertEqual(answer["tag"], "display_notification")
        self.assertEqual(answer["params"]["type"], "success")
        self.assertEqual(answer["params"]["next"]["tag"], "soft_reload")
        self.assert_released(row)
        for switch in (self.flow(), self.channel):
            switch.write(
                {"enabled": False} if switch == self.flow() else {"state": "paused"}
            )
            answer = row.action_retry()
            self.assertEqual(answer["params"]["type"], "warning")
            self.assertIn(self.channel.name, answer["params"]["message"])
            switch.write(
                {"enabled": True} if switch == self.flow() else {"state": "live"}
            )
        done = self.bring()
        self.assertEqual(done.action_retry()["params"]["type"], "warning")
        self.assertEqual(done.sync_state, "done")
        self.assertEqual(
            row.action_fetch_again()["params"]["next"]["tag"], "soft_reload"
        )

    def dismiss(self, rows, reason="Se vendió por teléfono", user=None):
        action = rows.with_user(user or self.clerk).action_dismiss()
        return (
            self.env[action["res_model"]]
            .with_user(user or self.clerk)
            .with_context(**action["context"])
            .create({"reason": reason})
            .action_dismiss()
        )

    def test_dismissing(self):
        rows = self.rejected() | self.bring(carrier="pigeon")
        self.assertEqual(rows.mapped("sync_state"), ["error", "blocked"])
        self.dismiss(rows)
        for row in rows:
            self.assertEqual((row.state, row.sync_state), ("ignored", "done"))
            self.assertEqual(row.ignored_code, "dismissed")
            told = row.event_ids[-1]
            self.assertEqual(told.code, "dismissed")
            self.assertIn("Se vendió por teléfono", told.message)
            self.assertIn(self.clerk.name, told.message)
        self.channel.invalidate_recordset()
        self.assertEqual(self.channel.failed_count + self.channel.waiting_count, 0)
        # Neither its product nor another run brings it back.
        self.make_product("LATER", self.tax_21)
        self.run_flow()
        self.assertEqual(set(rows.mapped("ignored_code")), {"dismissed"})

    def test_what_is_dismissed_stays_so_when_the_channel_changes_it(self):
        row = self.rejected()
        self.dismiss(row)
        for change in (
            {"lines": [{**UNKNOWN, "sku": "FAKE-1"}]},
            {"shipping_status": "shipped"},
            {"lines": None},
            {"status": "unheard_of", "lines": [UNKNOWN]},
        ):
            self.put("F1", **change)
            self.run_flow()
            with self.subTest(change=change):
                self.assertEqual((row.state, row.sync_state), ("ignored", "done"))
                self.assertEqual(row.ignored_code, "dismissed")
                self.assertFalse(row.sale_order_id)
        self.assertIn("still_dismissed", row.event_ids.mapped("code"))
        self.put("F1", status="cancelled")
        self.run_flow()
        self.assertEqual(row.state, "cancelled")

    def test_what_was_dismissed_can_be_taken_up_again(self):
        row = self.rejected()
        self.dismiss(row)
        self.make_product("LATER", self.tax_21)
        self.assertTrue(row.can_retry)
        row.with_user(self.clerk).action_retry()
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)

    def test_who_dismisses_what(self):
        row = self.rejected()
        stranger = self.make_user("vendedor", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self.dismiss(row, user=stranger)
        with self.assertRaises(UserError):
            self.dismiss(self.bring())
        row.action_retry()
        with self.assertRaises(UserError):
            self.dismiss(row)
        other = self.env["res.company"].create({"name": "Ajena"})
        foreign = self.make_user("forastera", "channel_base.group_channel_user")
        foreign.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            self.env["sale.channel.order.dismiss"].with_user(foreign).create(
                {"order_ids": [(6, 0, row.ids)], "reason": "x"}
            ).action_dismiss()

    def test_an_import_that_failed_later_keeps_its_order(self):
        order = self.imported("F1")
        row = self.inbox("F1")
        self.put("F1", lines=None)
        self.run_flow()
        self.assertEqual(row.sync_state, "error")
        self.dismiss(row)
        self.assertEqual(
            (row.state, row.sync_state, row.sale_order_id), ("imported", "done", order)
        )

    # Sale orders that are cancelled or deleted

    def codes(self, row, state="open"):
        found = row.proposal_ids.filtered(lambda proposal: proposal.state == state)
        return found.mapped("code")

    def test_cancelling_an_order_that_the_channel_still_sells(self):
        salesman = self.make_user("vendedor", "sales_team.group_sale_manager")
        for number, cancel in enumerate(
            (
                lambda order: order.with_user(salesman)._action_cancel(),
                lambda order: order.with_user(salesman).write({"state": "cancel"}),
            )
        ):
            order = self.imported(f"C{number}")
            row = self.inbox(f"C{number}")
            cancel(order)
            with self.subTest(number=number):
                self.assertEqual(self.codes(row), ["order_cancelled_here"])
                self.assertTrue(row.needs_review)
                self.assertIn(salesman.name, row.proposal_ids.message)
                self.assertIn(order.name, row.proposal_ids.message)
        order.with_user(salesman).action_draft()
        self.assertFalse(row.needs_review)

    def test_retry_imports_anew_what_was_cancelled_or_deleted(self):
        for number, delete in enumerate((False, True)):
            order = self.imported(f"C{number}")
            row = self.inbox(f"C{number}")
            order._action_cancel()
            if delete:
                order.unlink()
            with self.subTest(delete=delete):
                self.assertTrue(row.can_retry)
                row.with_user(self.clerk).action_retry()
                self.run_flow()
                self.assertEqual(row.state, "imported", row.error_message)
                self.assertEqual(row.sale_order_id.state, "sale")
                self.assertNotEqual(row.sale_order_id, order)
                self.assertFalse(row.needs_review)

    def test_what_was_delivered_or_invoiced_is_not_imported_anew(self):
        order = self.imported("F1")
        row = self.inbox("F1")
        invoice = order._create_invoices()
        invoice.action_post()
        order._action_cancel()
        self.assertEqual(self.codes(row), ["order_cancelled_here"])
        self.assertFalse(row.can_retry)
        row.action_retry()
        self.run_flow()
        self.assertEqual(row.sale_order_id, order)
        # The channel cancels it, and takes that back.
        for status in ("cancelled", "paid"):
            self.put("F1", status=status)
            self.run_flow()
        self.assertEqual((row.sync_state, row.error_code), ("error", "former_stands"))
        self.assertEqual(row.sale_order_id, order)

    def test_what_was_asked_about_the_former_order_is_not_asked_about_the_next(self):
        order = self.imported("F1")
        row = self.inbox("F1")
        self.put("F1", refunded="50")
        self.run_flow()
        self.assertEqual(self.codes(row), ["review_refund_uninvoiced"])
        order._action_cancel()
        row.action_retry()
        self.run_flow()
        self.assertNotEqual(row.sale_order_id, order)
        asked = row.proposal_ids.filtered(lambda p: p.state == "open")
        self.assertEqual(asked.mapped("amount"), [50.0])
        # The former order cannot sell the same goods again.
        with self.assertRaises(UserError) as caught:
            order.action_draft()
        self.assertIn(row.sale_order_id.name, str(caught.exception))

    def test_an_order_entered_by_hand_answers_the_question(self):
        order = self.imported("F1")
        row = self.inbox("F1")
        order._action_cancel()
        order.unlink()
        self.assertEqual(self.codes(row), ["order_deleted"])
        wizard = self.env["sale.channel.order.manual"].create({"order_id": row.id})
        wizard.partner_id = row.partner_id
        wizard.action_enter()
        self.assertFalse(row.needs_review)

    def test_what_a_person_has_decided_to_cancel_is_not_retried(self):
        order = self.imported("F1")
        row = self.inbox("F1")
        order._action_cancel()
        row.action_reviewed()
        self.assertFalse(row.can_retry)
        row.action_retry()
        self.run_flow()
        self.assertEqual((row.state, row.sale_order_id), ("imported", order))

    def test_deleting_an_order_asks_at_once(self):
        order = self.imported("F1")
        row, name = self.inbox("F1"), order.name
        order._action_cancel()
        order.unlink()
        self.assertEqual(self.codes(row), ["order_deleted"])
        self.assertIn(name, row.proposal_ids[:1].message)
        self.assertIn("order_deleted", row.event_ids.mapped("code"))
        # One question, whatever the channel says next.
        self.put("F1", noise="x")
        self.run_flow()
        self.assertEqual(self.codes(row), ["order_deleted"])
        row.with_user(self.clerk).action_reviewed()
        self.assertEqual(
            (row.ignored_code, row.needs_review), ("deletion_accepted", False)
        )
        self.put("F1", noise="y")
        self.run_flow()
        self.assertEqual(
            (row.ignored_code, row.needs_review), ("deletion_accepted", False)
        )

    def test_a_cancellation_of_the_channel_answers_it(self):
        for number, delete in enumerate((False, True)):
            order = self.imported(f"C{number}")
            row = self.inbox(f"C{number}")
            order._action_cancel()
            if delete:
                order.unlink()
            self.put(f"C{number}", status="cancelled")
            self.run_flow()
            with self.subTest(delete=delete):
                self.assertEqual((row.state, row.needs_review), ("cancelled", False))
                self.assertFalse(row.can_retry)

    def test_what_the_channel_cancels_asks_nothing(self):
        order = self.imported("F1")
        self.put("F1", status="cancelled")
        self.run_flow()
        self.assertEqual(order.state, "cancel")
        self.assertFalse(self.inbox("F1").proposal_ids)
        order.unlink()
        self.assertFalse(self.inbox("F1").proposal_ids)
