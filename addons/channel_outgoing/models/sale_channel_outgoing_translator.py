from odoo import api, models
from odoo.tools import SQL

from ..lib.content import Translator


class SaleChannelOutgoingTranslator(models.AbstractModel):
    """What rows of a family want, in Odoo's ids, in the channel's and in words.

    With ``sudo``: names of what the channel has are told to whoever sees the row.
    """

    _name = "sale.channel.outgoing.translator"
    _description = "Translates What Goes Out"

    @api.model
    def _get_contents(self, rows):
        """What the channel shall have of rows, in ids of Odoo.

        :return: dict id of the row → content
        """
        contents = {}
        for code, some in rows.grouped("kind").items():
            columns = rows._outgoing_family[code].columns
            if not columns:
                contents.update((row.id, row.wanted or {}) for row in some)
                continue
            # A field would tell 0 of an empty integer, and False of an empty text.
            rows.flush_model(columns)
            found = rows.env.execute_query(
                SQL(
                    "SELECT id, %s FROM %s WHERE id = ANY(%s)",
                    SQL(", ").join(map(SQL.identifier, columns)),
                    SQL.identifier(rows._table),
                    some.ids,
                )
            )
            for id_, *values in found:
                contents[id_] = dict(zip(columns, values, strict=True))
        return contents

    @api.model
    def _translate(self, rows, channel):
        """What a channel shall have of rows of it, in its own ids.

        :return: dict id of the row → content; None if it is to be removed, names what
            is not there yet, or could not be planned
        """
        planned = rows.filtered(lambda row: row.operation == "put" and row.wanted_hash)
        contents = self._get_contents(planned)
        named = {
            pair
            for row in planned
            for pair in row._get_kind().get_named(contents[row.id])
        }
        translator = Translator(rows._get_external_ids(channel, named))
        return dict.fromkeys(rows.ids) | {
            row.id: translator.translate(row._get_kind(), contents[row.id])
            for row in planned
        }

    @api.model
    def _get_names(self, rows, channel, shown):
        """Names of the records that contents name.

        :param shown: pairs of a kind's code and a content in the channel's ids, or None
        :return: dict of kind and the channel's id → name
        """
        family = rows._outgoing_family
        named = {
            (code, content[name])
            for kind, content in shown
            if content
            for name, code in family[kind].names.items()
            if content.get(name)
        }
        if not named:
            return {}
        kinds, external_ids = zip(*named, strict=True)
        found = rows.sudo().search_fetch(
            [
                ("channel_id", "=", channel.id),
                ("kind", "in", list(set(kinds))),
                ("external_id", "in", list(set(external_ids))),
            ],
            ["kind", "external_id", "name"],
        )
        return {(row.kind, row.external_id): row.name for row in found}

    @api.model
    def _find_external_ids(self, rows, channel, named):
        """The channel's ids of records, by the rows that made them; see the rows'
        ``_get_external_ids``."""
        if not named:
            return {}
        rows.flush_model(["channel_id", "kind", "res_id", "external_id"])
        kinds, ids = zip(*named, strict=True)
        found = rows.env.execute_query(
            SQL(
                """
                SELECT kind, res_id, external_id
                  FROM %s
                  JOIN unnest(%s::varchar[], %s::integer[]) AS named (kind, res_id)
                 USING (kind, res_id)
                 WHERE channel_id = %s AND external_id IS NOT NULL
                """,
                SQL.identifier(rows._table),
                list(kinds),
                list(ids),
                channel.id,
            )
        )
        return {(kind, record): external_id for kind, record, external_id in found}
