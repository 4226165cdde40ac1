"""Small real-HTTP fakes of the services the suite talks to.

Each service is a package of its own on top of :mod:`sandbox.http`. The fakes are
seeded and deterministic and listen on loopback only. They use the standard library;
ARCA's also lxml and cryptography, for its XML and its signatures. They know nothing
about the programs that call them.
"""
