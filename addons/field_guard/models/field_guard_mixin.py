from odoo import api, models, tools
from odoo.exceptions import AccessError

SERVER = "server"
ONCE = "once"
# In the context while contacts are merged. An object: no caller over RPC can name it.
MERGING = object()


class FieldGuardMixin(models.AbstractModel):
    """Fields with the parameter ``guard`` say who may write them.

    ``guard="server"``: code that runs with ``sudo()``, nobody else. ``guard="once"``:
    whoever may write the record, while it is empty. Any other text: the groups,
    external ids separated by commas, whose members may write the field, and the server.

    The check is in ``create`` and ``write``, below the overrides of a model: a value
    that an override adds needs ``sudo()`` like any other of the server's.
    """

    _name = "field.guard.mixin"
    _description = "Guarded Fields"

    def _valid_field_parameter(self, field, name):
        return name == "guard" or super()._valid_field_parameter(field, name)

    @api.model
    @tools.ormcache("self._name")
    def _get_guards(self):
        """Field name → who may write it; see the class."""
        # A field that is not stored writes elsewhere, where the guard is.
        return {
            name: field.guard
            for name, field in self._fields.items()
            if field.store and getattr(field, "guard", None)
        }

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: a guarded field has another value than its default"""
        closed = self._get_closed_fields()
        closed = {name for name in closed if self._get_guards()[name] != ONCE}
        if not closed:
            return super().create(vals_list)
        model = self._without_defaults(closed)
        given = {name for vals in vals_list for name in closed & vals.keys()}
        defaults = model.default_get(list(given)) if given else {}
        empty = model.browse()
        model._refuse_guarded(
            name
            for vals in vals_list
            for name in given & vals.keys()
            if not empty._is_same_value(name, vals[name], defaults.get(name, False))
        )
        return super(FieldGuardMixin, model).create(vals_list)

    def write(self, vals):
        """:raises AccessError: a guarded field gets another value than it has"""
        self._refuse_guarded(
            name
            for name in self._get_closed_fields() & vals.keys()
            if any(record._is_closed_to(name, vals[name]) for record in self)
        )
        return super().write(vals)

    @api.model
    def _get_closed_fields(self):
        """Names of the guarded fields that the user is not entitled to."""
        if self.env.su or self.env.context.get("field_guard") is MERGING:
            return set()
        user = self.env.user
        return {
            name
            for name, guard in self._get_guards().items()
            if guard in (SERVER, ONCE) or not user.has_groups(guard)
        }

    def _is_closed_to(self, name, value):
        """Whether the user may not give this value to the record's field."""
        known = self.sudo()[name]
        if self._get_guards()[name] == ONCE and not known:
            return False
        return not self._is_same_value(name, value, known)

    @api.model
    def _without_defaults(self, names):
        """The model without ``default_`` keys of these fields in its context: they are
        values like any other, and often meant for another model."""
        keys = {f"default_{name}" for name in names}
        context = self.env.context
        if not keys & context.keys():
            return self
        kept = {key: value for key, value in context.items() if key not in keys}
        return self.with_env(self.env(context=kept))

    def _is_same_value(self, name, given, known):
        """Whether a value that is to be written is the one that is there."""
        field = self._fields[name]
        if field.type in ("one2many", "many2many"):
            return not given and not known
        return field.convert_to_cache(given, self, validate=False) == (
            field.convert_to_cache(known, self, validate=False)
        )

    def _refuse_guarded(self, names):
        """:raises AccessError: when there are names"""
        names = sorted(set(names))
        if not names:
            return
        labels = self.fields_get(names, ["string"])
        raise AccessError(
            self.env._(
                "%(model)s: %(fields)s cannot be changed by you.",
                model=self.env["ir.model"]._get(self._name).name,
                fields=", ".join(
                    labels.get(name, {}).get("string", name) for name in names
                ),
            )
        )
