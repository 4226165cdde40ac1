from . import field_guard_mixin
