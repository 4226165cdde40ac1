"""A real shop server, Medusa, and what the tests and the demo do with it."""
