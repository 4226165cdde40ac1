"""Counting tests and finding problems in Odoo's log."""

import pytest

from devtool import odoo_log

PREFIX = "2026-01-31 10:00:00,123 4711"
TESTS = "odoo.addons.channel_x.tests.test_a"


def entries(*lines):
    return list(odoo_log.records([f"{line}\n" for line in lines]))


def line(level, logger, text):
    return f"{PREFIX} {level} db {logger}: {text} "


def test_records_keep_the_lines_that_follow():
    found = entries(
        "before the log",
        line("INFO", "odoo", "first"),
        line("ERROR", "odoo.x", "second"),
        "Traceback (most recent call last):",
        "ValueError: no",
    )
    assert [entry.text for entry in found] == ["before the log", "first", "second"]
    assert found[2].more[-1] == "ValueError: no"
    assert found[2].has_traceback


def test_colours_are_no_part_of_the_text():
    (entry,) = entries(
        f"{PREFIX} \x1b[1;31mERROR\x1b[0m db \x1b[1;32modoo.x\x1b[0m: gone wrong"
    )
    assert (entry.level, entry.text) == ("ERROR", "gone wrong")


@pytest.mark.parametrize("level", ["ERROR", "CRITICAL"])
def test_errors_are_problems(level):
    assert odoo_log.problems(entries(line(level, "odoo.addons.channel_x", "gone")))


def test_a_traceback_is_a_problem_at_any_level():
    found = entries(
        line("WARNING", "odoo.x", "odd"), "Traceback (most recent call last):"
    )
    assert odoo_log.problems(found)


def test_the_missing_extension_is_expected():
    query = "bad query: CREATE EXTENSION IF NOT EXISTS pg_trgm"
    assert not odoo_log.problems(entries(line("ERROR", "odoo.sql_db", query)))


def test_reports_of_failed_tests_are_no_further_problem():
    found = entries(
        line("ERROR", TESTS, "FAIL: TestA.test_one"),
        "Traceback (most recent call last):",
        line("ERROR", "odoo.modules.loading", "Module x: 1 failures, 0 errors of 3"),
        line("ERROR", "odoo.modules.loading", "At least one test failed when loading"),
        line("ERROR", "odoo.tests.result", "1 failed, 0 error(s) of 3 tests when"),
    )
    assert not odoo_log.problems(found)


def test_an_error_that_only_looks_like_a_test_is_a_problem():
    assert odoo_log.problems(entries(line("ERROR", "odoo.http", "FAIL: TestA.test")))


def test_counts():
    found = entries(
        line("INFO", TESTS, "Starting TestA.test_good ..."),
        line("INFO", TESTS, "Starting TestA.test_bad ..."),
        line("ERROR", TESTS, "FAIL: TestA.test_bad"),
        line("INFO", TESTS, "Starting TestA.test_parts ..."),
        line("ERROR", TESTS, "FAIL: Subtest TestA.test_parts (i=1)"),
        line("ERROR", TESTS, "ERROR: Subtest TestA.test_parts (i=2)"),
        line("INFO", TESTS, "Starting TestA.test_later ..."),
        line("INFO", TESTS, "skipped TestA.test_later : not today"),
        line("ERROR", "odoo.tests.result", "2 failed, 1 error(s) of 4 tests when"),
    )
    counts = odoo_log.count_tests(found)
    assert counts.passed == 1
    assert len(counts.failed) == 3
    assert list(counts.skipped.values()) == ["not today"]
    assert counts.total_seen


def test_the_same_test_in_two_addons_is_two_tests():
    other = TESTS.replace("channel_x", "channel_y")
    found = entries(
        line("INFO", TESTS, "Starting TestA.test_one ..."),
        line("INFO", other, "Starting TestA.test_one ..."),
        line("ERROR", other, "FAIL: TestA.test_one"),
    )
    counts = odoo_log.count_tests(found)
    assert (counts.passed, len(counts.failed)) == (1, 1)


def test_a_skip_for_want_of_a_browser_is_a_failure():
    found = entries(
        line("INFO", TESTS, "Starting TestTour.test_tour ..."),
        line("INFO", TESTS, "skipped TestTour.test_tour : Chrome executable not found"),
    )
    counts = odoo_log.count_tests(found)
    assert (counts.passed, len(counts.failed), len(counts.skipped)) == (0, 1, 0)


def test_warnings_are_listed_once():
    found = entries(
        line("WARNING", "odoo.addons.channel_x", "careful"),
        line("WARNING", "odoo.addons.channel_x", "careful"),
        line("INFO", "odoo", "fine"),
    )
    assert odoo_log.warnings(found) == ["odoo.addons.channel_x: careful"]


def test_loading_tells_how_far_it_is():
    match = odoo_log.LOADING.match("Loading module sale (12/86)")
    assert match and (match["module"], match["at"], match["of"]) == ("sale", "12", "86")
