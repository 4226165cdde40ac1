from odoo.modules.module import get_manifest
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestExtensions(TransactionCase):
    """A method that was moved leaves no extension behind that nobody calls."""

    def test_what_is_extended_is_there(self):
        found = []
        for model in self.registry.values():
            classes = model.__mro__
            for index, cls in enumerate(classes):
                if not self.is_ours(cls):
                    continue
                for name, method in vars(cls).items():
                    code = getattr(method, "__code__", None)
                    # Who calls super() knows its class; the name is that of the method.
                    calls = code and "__class__" in code.co_freevars
                    if not calls or name not in code.co_names:
                        continue
                    if not any(name in vars(later) for later in classes[index + 1 :]):
                        found.append(f"{cls.__module__}: {name}")
        self.assertEqual(found, [])

    def is_ours(self, cls):
        parts = cls.__module__.split(".")
        return (
            parts[:2] == ["odoo", "addons"]
            and get_manifest(parts[2]).get("author") == "Channel Suite"
        )
