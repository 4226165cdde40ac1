from odoo import api, models


class PricingSourceMixin(models.AbstractModel):
    """What the generator reads: a change of it marks scenarios *To Generate*."""

    _name = "pricing.source.mixin"
    _description = "Source of Generated Pricelists"

    # Fields that a change of what the generator reads is written to
    _pricing_source_fields = frozenset()

    def _get_pricing_source(self):
        """What the generator reads of a record, to be compared.

        :return: None if it does not read the record
        """
        raise NotImplementedError

    def _get_source_scenarios(self):
        """Scenarios whose plan depends on the records as they are."""
        raise NotImplementedError

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._filter_pricing_sources()._get_source_scenarios()._mark_to_generate()
        return records

    def write(self, vals):
        if self._pricing_source_fields.isdisjoint(vals):
            return super().write(vals)
        before = {record: record._get_pricing_source() for record in self}
        scenarios = self._filter_pricing_sources()._get_source_scenarios()
        result = super().write(vals)
        changed = self.filtered(lambda r: r._get_pricing_source() != before[r])
        if changed:
            scenarios |= changed._filter_pricing_sources()._get_source_scenarios()
            scenarios._mark_to_generate()
        return result

    def unlink(self):
        scenarios = self._filter_pricing_sources()._get_source_scenarios()
        result = super().unlink()
        scenarios.exists()._mark_to_generate()
        return result

    def _filter_pricing_sources(self):
        return self.filtered(lambda record: record._get_pricing_source() is not None)
