"""The same call for many records at once, from a few threads."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from .errors import AuthRequired, ChannelError, Rejected, is_unreachable

_logger = logging.getLogger(__name__)

#: Threads of a batch: so many answers of a third of a second are 24 calls a second. A
#: session keeps as many connections, see ``remote_transport.lib.transport.POOL_SIZE``.
WORKERS = 8

Item = TypeVar("Item")
Result = TypeVar("Result")


def gather(
    items: Sequence[Item], work: Callable[[Item], Result], workers: int = WORKERS
) -> list[Result | Exception]:
    """What some work answers for each item.

    An item that fails keeps no other waiting; its error is its answer. Once so many
    calls in a row as there are threads found nobody (:func:`.errors.is_unreachable`),
    the rest is not tried, and its answer is the first of those errors.

    :param work: called from several threads at once; what it shares is for it to guard
    :param workers: most threads; with one it all happens in the caller's
    :return: in the order of the items, whatever was finished first. No thread is left
        when it ends, also when it raises
    """
    return Gathering(items, work, workers, min(workers, len(items)) - 1).wait()


class Gathering(Generic[Item, Result]):
    """Such work, begun in some threads while the caller does something else.

    :param threads: how many work beside the caller, who joins them in :meth:`wait`
    """

    def __init__(
        self,
        items: Sequence[Item],
        work: Callable[[Item], Result],
        workers: int = WORKERS,
        threads: int = 1,
    ):
        self._work = work
        self._queue: _Queue[Item, Result] = _Queue(items, workers)
        self._futures: list[Future[None]] = []
        self._pool: ThreadPoolExecutor | None = None
        if threads > 0 and items:
            self._pool = ThreadPoolExecutor(threads)
            self._submit(threads)

    def _submit(self, threads: int) -> None:
        for _number in range(threads):
            try:
                self._futures.append(self._pool.submit(self._run))
            except RuntimeError as error:
                missing = threads - len(self._futures)
                _logger.warning("with %s threads less: %s", missing, error)
                break

    def _run(self) -> None:
        for index, item in self._queue:
            self._queue.answer(index, _answer(self._work, item))

    def is_done(self) -> bool:
        """Whether :meth:`wait` would find nothing left to wait for."""
        return self._queue.is_done()

    def wait(self) -> list[Result | Exception]:
        """Help with what is left; see :func:`gather`."""
        try:
            self._run()
            for future in self._futures:
                future.result()
        finally:
            # Who interrupts waits for the calls that are on their way, for no more.
            self.cancel()
            if self._pool:
                self._pool.shutdown()
        return self._queue.get_answers()

    def cancel(self) -> None:
        """Begin no further call. Those on their way end by themselves."""
        self._queue.close()
        if self._pool:
            self._pool.shutdown(wait=False)


def _answer(work: Callable[[Item], Result], item: Item) -> Result | Exception:
    try:
        return work(item)
    except ChannelError as error:
        return error
    except Exception as error:
        # One item's problem, not the batch's.
        _logger.exception("one of many")
        return error


class _Queue(Generic[Item, Result]):
    """Items that threads take one after the other, and their answers.

    :param patience: so many failures in a row, and nothing more is given
    """

    def __init__(self, items: Sequence[Item], patience: int):
        self._items = iter(enumerate(items))
        self._size = len(items)
        self._taken = 0
        self._closed = False
        self._patience = patience
        self._answers: dict[int, Result | Exception] = {}
        self._failures: dict[int, Exception] = {}
        self._refused: AuthRequired | None = None
        self._in_a_row = 0
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[tuple[int, Item]]:
        while True:
            with self._lock:
                taken = None if self._closed else next(self._items, None)
                self._taken += taken is not None
            if taken is None:
                return
            yield taken

    def answer(self, index: int, answer: Result | Exception) -> None:
        with self._lock:
            self._answers[index] = answer
            if isinstance(answer, AuthRequired):
                self._refused = self._refused or answer
                self._closed = True
            elif is_unreachable(answer):
                self._failures[index] = answer
                self._in_a_row += 1
                if self._in_a_row >= self._patience:
                    self._closed = True
            elif isinstance(answer, Rejected) or not isinstance(answer, Exception):
                self._in_a_row = 0

    def is_done(self) -> bool:
        """Whether nothing more is given, or awaited."""
        with self._lock:
            over = self._closed or self._taken == self._size
            return over and len(self._answers) == self._taken

    def close(self) -> None:
        """Give nothing more."""
        with self._lock:
            self._closed = True

    def get_answers(self) -> list[Result | Exception]:
        """All of them, in order; where nothing was tried, why."""
        indexes = range(self._size)
        if len(self._answers) < self._size:
            failure = self._refused or self._failures[min(self._failures)]
            return [self._answers.get(index, failure) for index in indexes]
        return [self._answers[index] for index in indexes]
