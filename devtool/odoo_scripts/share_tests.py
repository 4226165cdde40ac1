"""Odoo's command line in one of several processes that share the tests of a run.

``TESTS_SHARED_IN`` is a folder that they have in common. Before a class of tests, a
process makes a file of its name there; who finds one passes over the class. So every
class runs once, and whoever is ready takes the next one. Each process leaves a list
there of all the tests that there are, whoever runs them.
"""

import json
import os
from pathlib import Path

from claims import claimed

import odoo.cli
from odoo.tests import loader
from odoo.tests.suite import OdooSuite

FOLDER = Path(os.environ["TESTS_SHARED_IN"])


def class_name(test):
    return f"{type(test).__module__}:{type(test).__qualname__}"


class SharedSuite(OdooSuite):
    def run(self, result, debug=False):
        tests = list(self)
        names = [f"{class_name(test)}.{test._testMethodName}" for test in tests]
        (FOLDER / f"{os.getpid()}.json").write_text(json.dumps(names))
        self._tests = claimed(tests, class_name, FOLDER)
        try:
            return super().run(result, debug)
        finally:
            self._tests = tests


if __name__ == "__main__":
    loader.OdooSuite = SharedSuite
    odoo.cli.main()
