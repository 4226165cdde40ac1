import ast
from pathlib import Path

from odoo.tests import TransactionCase, tagged

ADDONS = Path(__file__).resolve().parents[2]
FOLDERS = ("lib", "models", "tools", "controllers", "wizards")
# Never reach a row: they are caught where they are raised.
INTERNAL = set()
RAISED = ("Rejected", "Unresolved")


def raised_codes():
    """Code → file of every ``Rejected("code", …)`` and its kin in the addons."""
    found = {}
    for path in sorted(ADDONS.glob("channel_*/*/*.py")):
        if path.parent.name not in FOLDERS:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = node.args[0]
            if name in RAISED and isinstance(first, ast.Constant):
                found.setdefault(first.value, path.name)
    return found


def reason_keys():
    """Keys of the dictionaries that the addons' methods of reasons return."""
    found = set()
    for path in sorted(ADDONS.glob("channel_*/models/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.endswith("_reasons"):
                found |= {
                    key.value
                    for part in ast.walk(node)
                    if isinstance(part, ast.Dict)
                    for key in part.keys
                    if isinstance(key, ast.Constant)
                }
    return found


@tagged("post_install", "-at_install")
class TestErrorReasons(TransactionCase):
    def test_every_code_that_is_raised_has_a_reason(self):
        codes = raised_codes()
        self.assertGreater(len(codes), 20)
        reasons = reason_keys()
        missing = {
            code: where
            for code, where in codes.items()
            if code not in reasons
            and code not in INTERNAL
            and not code.startswith("http_")
        }
        self.assertFalse(missing)

    def test_the_rows_know_the_reasons_of_their_addons(self):
        reasons = self.env["sale.channel.order"]._get_error_reasons()
        for code, where in raised_codes().items():
            if code in reasons or code.startswith("http_"):
                continue
            # Reasons of a provider that is not installed here.
            self.assertIn(code, reason_keys(), where)

    def test_reasons_are_complete_sentences_in_every_language(self):
        for lang in ("en_US", "es_AR", "pt_BR"):
            self.env["res.lang"]._activate_lang(lang)
            rows = self.env["sale.channel.order"].with_context(lang=lang)
            for code, text in rows._get_error_reasons().items():
                with self.subTest(lang=lang, code=code):
                    self.assertTrue(text.strip())
                    # Parameters that are not there must not stop the list view.
                    self.assertTrue(rows._format_reason({code: text}, code, {}))
