"""The summary of ``./dev test``."""

import io
import threading
from contextlib import nullcontext
from operator import itemgetter
from pathlib import Path

import pytest

from devtool import odoo_log
from devtool.errors import DevError
from devtool.odoo_scripts.claims import claimed
from devtool.progress import Progress
from devtool.testing import run
from devtool.testing.odoo_suite import Group, check_shares, judge, test_methods
from devtool.testing.odoo_suite import test_tags as tags_for
from devtool.testing.pytest_suite import read_report, tell
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


def shares(started, *plans):
    result = SuiteResult("odoo")
    check_shares(result, started, plans)
    return result


def test_every_test_of_a_shared_run_counts_once():
    assert shares(["a", "b"], ["a", "b"], ["a", "b"]).failed == 0


def test_a_test_that_no_process_ran_fails_the_run():
    result = shares(["a"], ["a"], ["a", "b"])
    assert result.failed == 1
    assert "not run: b" in result.failures[0]


def test_a_test_that_two_processes_ran_fails_the_run():
    result = shares(["a", "a"], ["a"])
    assert result.failed == 1
    assert "run 2 times: a" in result.failures[0]


def test_processes_take_whole_classes_and_leave_none(tmp_path):
    tests = ["a.1", "a.2", "b.1", "b.2", "c.1"]
    first, second = (claimed(tests, itemgetter(0), tmp_path) for _turn in range(2))
    mine, theirs = [next(first)], [next(second)]
    assert [*mine, *first] == ["a.1", "a.2", "c.1"]
    assert [*theirs, *second] == ["b.1", "b.2"]


def test_the_terminal_is_spared_what_the_report_says_again(tmp_path):
    shown = [
        "tests/e2e/test_x.py::test_one PASSED [ 50%]",
        "[gw1] [100%] FAILED tests/e2e/test_x.py::test_two",
        "=== 1 failed, 1 passed in 6.23s (0:00:06) ===",
    ]
    hidden = ["tests/e2e/test_x.py::test_two ", "=== FAILURES ===", "E  1 == 2"]
    lines = [shown[0], hidden[0], shown[1], *hidden[1:], shown[2]]
    said = []
    tell([f"{line}\n" for line in lines], tmp_path / "log", said.append)
    assert said == shown
    assert (tmp_path / "log").read_text().splitlines() == lines


def heavy_run(monkeypatch, browser=lambda: None, **suites):
    """A run of the suites that need Odoo, each of them played by a function."""
    test_run = run.TestRun(None, Progress(io.StringIO()), None)
    monkeypatch.setattr(run, "open_workspace", lambda *_arguments: nullcontext())

    def play(name):
        with test_run._suite(name) as (result, say):
            suites[name](result, say)

    monkeypatch.setattr(test_run, "_company", lambda *_arguments: nullcontext())
    monkeypatch.setattr(test_run, "_odoo", lambda workspace: play("odoo"))
    monkeypatch.setattr(test_run, "_e2e", lambda workspace: play("e2e"))
    beside = run.Beside(browser)
    beside.start()
    test_run._run_heavy(list(suites), beside)
    return test_run


def test_a_suite_that_breaks_hides_nothing_of_the_other(monkeypatch):
    def breaks(result, say):
        raise DevError("no such thing")

    def works(result, say):
        result.add("one", True)

    results = heavy_run(monkeypatch, odoo=breaks, e2e=works).results
    assert results["odoo"].failures == ["setup\nno such thing"]
    assert (results["e2e"].passed, results["e2e"].failed) == (1, 0)


def test_suites_run_at_the_same_time(monkeypatch):
    meeting = threading.Barrier(2)

    def meets(result, say):
        meeting.wait(timeout=60)
        result.add("one", True)

    results = heavy_run(monkeypatch, odoo=meets, e2e=meets).results
    assert [result.failed for result in results.values()] == [0, 0]


def test_without_a_browser_every_suite_that_needs_one_fails(monkeypatch):
    def browser():
        raise DevError("no browser")

    results = heavy_run(monkeypatch, browser, odoo=None, e2e=None).results
    assert [result.failures for result in results.values()] == [
        ["setup\nno browser"],
        ["setup\nno browser"],
    ]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("/a", ["/a"]),
        ("/a:TestX.test_y", ["/a:TestX.test_y"]),
        ("/b", []),
        (":TestX", [":TestX"]),
        (None, ["/a"]),
    ],
)
def test_a_tag_is_for_the_databases_that_have_its_addon(expression, expected):
    assert Group("some", ["a"], str).tags(expression) == expected
