from odoo import api, models


class SaleChannelChangeMixin(models.AbstractModel):
    """What goes out depends on these records: saving and deleting leaves changes.

    ``_change_fields`` are the fields whose change counts; None for each one. Without
    ``_change_created`` a new record concerns nobody before others name it.
    """

    _name = "sale.channel.change.mixin"
    _description = "Leaves Changes for Channels"

    _change_fields = None
    _change_created = True

    def _get_changes(self):
        """What a change of these records concerns; nothing may be searched for.

        :return: set of pairs of a scope and an id, a text or False
        """
        return {(self._name, id_) for id_ in self.ids}

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if self._change_created:
            self.env["sale.channel.change"]._add(records._get_changes())
        return records

    def write(self, vals):
        if self._change_fields is not None and not self._change_fields & vals.keys():
            return super().write(vals)
        before = self._get_changes()
        result = super().write(vals)
        self.env["sale.channel.change"]._add(before | self._get_changes())
        return result

    def unlink(self):
        changes = self._get_changes()
        result = super().unlink()
        self.env["sale.channel.change"]._add(changes)
        return result
