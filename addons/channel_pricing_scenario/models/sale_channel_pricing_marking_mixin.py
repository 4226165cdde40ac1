from odoo import api, models


class SaleChannelPricingMarkingMixin(models.AbstractModel):
    """What prices on a channel depend on: saving and deleting leave marks.

    ``_pricing_marking_fields`` are the fields whose change counts; None for each one.
    """

    _name = "sale.channel.pricing.marking.mixin"
    _description = "Leaves Marks for Prices on Channels"

    _pricing_marking_fields = None

    def _get_pricing_marks(self):
        """What a change of these records concerns.

        :return: set of pairs of scope and value, see ``sale.channel.pricing.mark``
        """
        raise NotImplementedError(self._name)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env["sale.channel.pricing.mark"]._add(records._get_pricing_marks())
        return records

    def write(self, vals):
        marking = self._pricing_marking_fields
        if marking is not None and not marking & vals.keys():
            return super().write(vals)
        before = self._get_pricing_marks()
        result = super().write(vals)
        marks = before | self._get_pricing_marks()
        self.env["sale.channel.pricing.mark"]._add(marks)
        return result

    def unlink(self):
        marks = self._get_pricing_marks()
        result = super().unlink()
        self.env["sale.channel.pricing.mark"]._add(marks)
        return result
