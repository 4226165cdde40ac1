"""Small real-HTTP fakes of the services the suite talks to.

Each service is a package of its own on top of :mod:`sandbox.http`. The fakes are
seeded and deterministic, listen on loopback only and use the standard library
only. They know nothing about the programs that call them.
"""
