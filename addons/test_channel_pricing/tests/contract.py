"""What every provider with prices by group must do."""


class PricingContract:
    """Groups, lists and contracts reach the channel; what is changed there is
    overwritten and told.

    Beside a case that has ``buyers`` B1, B2, B3 in the group of ``resale``; the heir
    says what its remote side has.
    """

    # Odoo's loader leaves inherited test methods out unless it is told.
    allow_inherited_tests_method = True

    def remote_group(self, external_id):
        """Name of the group that a buyer is in there; None for no group."""
        raise NotImplementedError

    def remote_move(self, external_id, name):
        """Put a buyer into a group there, by its name."""
        raise NotImplementedError

    def groups_of_buyers(self):
        return [self.remote_group(buyer.external_id) for buyer in self.buyers]

    def test_contract_everything_arrives(self):
        self.assertEqual(set(self.items().mapped("sync_state")), {"done"})
        self.assertTrue(all(self.items().mapped("external_id")))
        name = self.group_of(self.resale).name
        self.assertEqual(self.groups_of_buyers(), [name] * 3)

    def test_contract_twice_changes_nothing(self):
        before = self.items().read(["external_id", "write_date"])
        self.run_pricing()
        self.assertEqual(self.items().read(["external_id", "write_date"]), before)
        self.assertFalse(self.differences())

    def test_contract_a_change_of_ours_arrives(self):
        self.buyers[1].partner_id.pricing_scenario_id = self.retail
        self.buyers[2].partner_id.pricing_group_id = False
        self.run_pricing(full=False)
        names = [self.group_of(one).name for one in (self.resale, self.retail)]
        self.assertEqual(self.groups_of_buyers(), [*names, None])
        self.assertFalse(self.differences())

    def test_contract_a_change_there_is_overwritten_and_told(self):
        ours, other = (self.group_of(one).name for one in (self.resale, self.retail))
        self.remote_move("B2", other)
        self.run_pricing()
        self.assertEqual(self.groups_of_buyers(), [ours] * 3)
        found = self.differences()
        self.assertEqual((found.before_text, found.after_text), (other, ours))

    def test_contract_who_never_had_a_group_is_left_alone(self):
        other = self.group_of(self.retail).name
        self.make_buyer("B9")
        self.remote_move("B9", other)
        self.run_pricing()
        self.assertEqual(self.remote_group("B9"), other)
