"""The shop server of the tests and the demo: Medusa, a real one."""
