"""The test suites behind ``./dev test``."""
