"""The summary of ``./dev test``."""

from pathlib import Path

from devtool import odoo_log
from devtool.testing.odoo_suite import judge, test_methods
from devtool.testing.odoo_suite import test_tags as tags_for
from devtool.testing.pytest_suite import read_report
from devtool.testing.results import MINIMUM_TESTS, SuiteResult, last_line, report

# pytest would collect functions whose name begins with "test_"
read_methods = test_methods
del test_methods

LOG = Path("odoo.log")
PREFIX = "2026-01-31 10:00:00,123 4711"


def judged(code, *lines):
    result = SuiteResult("odoo")
    judge(list(odoo_log.records(lines)), code, result, LOG)
    return result


def test_last_line_counts_everything():
    results = [SuiteResult("a", passed=3), SuiteResult("b", passed=1, failed=2)]
    assert last_line(results) == "4 passed, 2 failed"


def test_last_line_mentions_skipped_tests_only_if_there_are_any():
    assert last_line([SuiteResult("a", passed=3, skipped=1)]) == (
        "3 passed, 0 failed, 1 skipped"
    )


def test_report_ends_with_the_last_line_and_a_failing_code():
    lines = []
    good, bad = SuiteResult("good"), SuiteResult("bad")
    good.add("one", True)
    bad.add("two", False, "because")
    assert report([good, bad], lines.append) == 1
    assert lines[-1] == "1 passed, 1 failed"
    assert any("because" in line for line in lines)


def test_a_suite_without_tests_fails():
    for name, minimum in MINIMUM_TESTS.items():
        assert minimum > 0
        result = SuiteResult(name)
        result.require_minimum(minimum)
        assert result.failed == 1


def test_a_run_without_its_total_fails():
    result = judged(0, f"{PREFIX} INFO db odoo: ready")
    assert result.failed == 1
    assert "ran to its end" in result.failures[0]


def test_a_failing_exit_code_without_a_reason_fails():
    total = f"{PREFIX} INFO db odoo.tests.result: 0 failed, 0 error(s) of 1 tests when"
    assert judged(1, total).failed == 1
    assert judged(0, total).failed == 0


def test_an_unexpected_error_fails_one_test():
    total = f"{PREFIX} INFO db odoo.tests.result: 0 failed, 0 error(s) of 1 tests when"
    result = judged(0, f"{PREFIX} ERROR db odoo.addons.x: gone", total)
    assert result.failed == 1
    assert "gone" in result.failures[0]


def test_pytest_report(tmp_path):
    path = tmp_path / "report.xml"
    path.write_text(
        """<testsuites><testsuite>
        <testcase classname="a" name="good"/>
        <testcase classname="a" name="bad"><failure>no</failure></testcase>
        <testcase classname="a" name="broken"><error>setup</error></testcase>
        <testcase classname="a" name="later"><skipped/></testcase>
        <testcase classname="a" name="untidy"/>
        <testcase classname="a" name="untidy"><error>teardown</error></testcase>
        </testsuite></testsuites>"""
    )
    result = SuiteResult("pure")
    read_report(path, result)
    assert (result.passed, result.failed, result.skipped) == (1, 3, 1)


def test_tags_for_whole_addons_and_for_odoos_own_syntax():
    assert tags_for(["a", "b"], None) == ["/a", "/b"]
    assert tags_for(["a"], "/a:TestX.test_y") == ["/a:TestX.test_y"]


def test_methods_of_a_file(tmp_path):
    path = tmp_path / "test_x.py"
    path.write_text(
        "class TestX:\n    def test_one(self): ...\n    def helper(self): ...\n"
    )
    assert read_methods(path) == [("TestX", "test_one")]
