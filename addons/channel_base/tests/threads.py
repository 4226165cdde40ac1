"""Work that threads share, in a test whose cursors belong to its own thread."""

from concurrent.futures import Future, ThreadPoolExecutor


class InOneThread(ThreadPoolExecutor):
    """In place of ``channel_base.lib.parallel.ThreadPoolExecutor``: nothing is done
    beside the caller, which does it all."""

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        future.set_result(None)
        return future
