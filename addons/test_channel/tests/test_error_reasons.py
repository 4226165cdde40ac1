import ast
import re
from pathlib import Path

from odoo.tests import TransactionCase, tagged

ADDONS = Path(__file__).resolve().parents[2]
FOLDERS = ("lib", "models", "tools", "controllers", "wizards")
CODE = re.compile(r"[a-z_*]+")
PARAMETER = re.compile(r"%\((\w+)\)s")
# Callable → where a code stands among its arguments
RAISED = {"Rejected": 0, "Refusal": 0, "Unresolved": 0, "Verdict": 1}
TOLD = {"_tell": 1, "note": 0, "_propose": 1, "_propose_news": 1}
# Kinds of event, of the tuples that the story takes, and of the table of lives
EVENTS = {"received", "decided", "sent", "answered"}
KEYWORDS = {"error_code", "code"}


def get_constants(node):
    """The texts that an expression may come to; a template's gap is a ``*``."""
    if isinstance(node, ast.Constant):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return get_constants(node.body) + get_constants(node.orelse)
    if isinstance(node, ast.JoinedStr):
        parts = [getattr(part, "value", None) for part in node.values]
        return ["".join(p if isinstance(p, str) else "*" for p in parts)]
    return []


def find_codes(node):
    """The codes that a piece of code raises, stores or tells."""
    found = []
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        place = {**RAISED, **TOLD}.get(name)
        if place is not None and len(node.args) > place:
            found.append(node.args[place])
        if name in ("Retryable", "write", "_mark_done"):
            found += [word.value for word in node.keywords if word.arg in KEYWORDS]
        if name == "Event":
            told = {word.arg: word.value for word in node.keywords}
            found += [told["reason"]] if "reason" in told else []
            found += told["story"].elts[1:] if "story" in told else []
        if name == "_format" and node.args:
            found.append(node.args[0])
    elif isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        found += [v for k, v in pairs if getattr(k, "value", None) == "error_code"]
    elif isinstance(node, ast.Tuple):
        first, second = (node.elts[place : place + 1] for place in (0, 1))
        if second and set(get_constants(second[0])) & EVENTS:
            found += node.elts[2:3]
        elif second and isinstance(second[0], ast.Dict):
            # A code and its parameters
            found += first
    texts = [text for part in found for text in get_constants(part)]
    return {
        text
        for text in texts
        if isinstance(text, str) and CODE.fullmatch(text) and text != "http_*"
    }


def walk_code():
    """(addon, file), piece of code; all but the catalogue."""
    for path in sorted(ADDONS.glob("channel_*/*/*.py")):
        if path.parent.name in FOLDERS and path.name != "sale_channel_text.py":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                yield (path.parents[1].name, path.name), node


def collect_codes():
    """Code → (addon, file) of every code that the addons raise, store or tell."""
    found = {}
    for where, node in walk_code():
        for code in find_codes(node):
            found.setdefault(code, where)
    return found


@tagged("post_install", "-at_install")
class TestErrorReasons(TransactionCase):
    def expand(self, code):
        """The codes of a template such as ``awaits_*``."""
        moments = self.env["sale.channel"]._fields["invoicing_moment"]
        holds = self.env["sale.order"]._fields["channel_hold"].get_values(self.env)
        values = {
            "awaits_*": moments.get_values(self.env),
            "answer_*": ("written", "already", "cancelled"),
            "proposal_*": ("applied", "dismissed"),
            "order_*": holds,
            "hold_*": holds,
            "match_*": (
                "claimed",
                "contradicts",
                "differs",
                "name",
                "several",
                "spelling",
                "taken",
            ),
        }
        if "*" not in code:
            return [code]
        return [code.replace("*", value) for value in values[code]]

    def test_every_code_has_a_text(self):
        codes, texts = collect_codes(), self.env["sale.channel.text"]._get_texts()
        # Some of each kind: raised, told, stored, held, waited for
        for code in (
            "sku_missing",
            "moved",
            "before_start",
            "order_incomplete",
            "rest_undelivered",
            "stale",
            "customer_archived",
            "invoice_drafted",
            "review_fraud",
            "awaits_*",
        ):
            self.assertIn(code, codes)
        self.assertGreater(len(codes), 100)
        missing = {
            text: where
            for code, where in codes.items()
            for text in self.expand(code)
            if where[0] in self.registry._init_modules and text not in texts
        }
        self.assertFalse(missing)

    def test_no_text_is_for_nothing(self):
        used = {"http"}
        for _where, node in walk_code():
            if isinstance(node, ast.Constant):
                used.add(node.value)
            for code in find_codes(node):
                used |= set(self.expand(code))
        texts = self.env["sale.channel.text"]._get_texts()
        self.assertFalse(texts.keys() - used)

    def test_what_went_wrong_is_an_error(self):
        """Reports group by the codes of errors."""
        errors = self.env["sale.channel.text"]._get_errors()
        for model in ("sale.channel.order", "sale.channel.order.invoicing"):
            selection = dict(self.env[model]._selection_reason())
            self.assertEqual(selection.keys(), {*errors, "other"})
        self.assertNotIn("imported", errors)

    def test_texts_are_complete_in_every_language(self):
        sources = {}
        for lang in ("en_US", "es_AR", "pt_BR"):
            self.env["res.lang"]._activate_lang(lang)
            texts = self.env["sale.channel.text"].with_context(lang=lang)
            for code in texts._get_texts():
                with self.subTest(lang=lang, code=code):
                    # Parameters that are not there must not stop the list view.
                    text = texts._format(code, {})
                    self.assertTrue(text.strip())
                    source = sources.setdefault(code, text)
                    self.assertEqual(
                        set(PARAMETER.findall(text)), set(PARAMETER.findall(source))
                    )
                    if lang != "en_US":
                        self.assertNotEqual(text, source)

    def test_a_code_and_its_parameters_become_a_sentence(self):
        texts = self.env["sale.channel.text"]
        for code, params, sentence in (
            ("http_404", None, "The channel refused the request (HTTP 404)."),
            ("no_lines", None, "The order has no products."),
            ("before", {"x": 1}, "before"),
            ("no_lines", {"more": "100 %"}, "The order has no products."),
            ("unexpected", {"detail": "%(x)s 5 %"}, "Unexpected problem: %(x)s 5 %"),
            ("", {}, False),
            (False, None, False),
        ):
            with self.subTest(code=code, params=params):
                self.assertEqual(texts._format(code, params), sentence)

    def test_a_flow_s_error_uses_an_order_s_words(self):
        run = self.env["sale.channel.run"].new({"error_code": "no_lines"})
        self.assertEqual(run.error_message, "The order has no products.")
