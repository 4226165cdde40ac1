"""Implementation of the ``./dev`` command. Standard library only."""
