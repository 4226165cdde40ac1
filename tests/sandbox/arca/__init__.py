"""A fake of ARCA's login service (WSAA) and taxpayer registry, with invented people.

Written from the published manuals and captured answers. Use :class:`ArcaSandbox` in
process, or ``python -m sandbox arca``.
"""

from .server import ArcaSandbox

__all__ = ["ArcaSandbox"]
