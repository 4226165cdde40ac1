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
    queue = _Queue(items, workers)

    def run() -> None:
        for index, item in queue:
            queue.answer(index, _answer(work, item))

    threads = min(workers, len(items))
    if threads <= 1:
        run()
    else:
        _run_in_threads(run, threads, queue)
    return queue.get_answers()


def _answer(work: Callable[[Item], Result], item: Item) -> Result | Exception:
    try:
        return work(item)
    except ChannelError as error:
        return error
    except Exception as error:
        # One item's problem, not the batch's.
        _logger.exception("one of many")
        return error


def _run_in_threads(run: Callable[[], None], threads: int, queue: _Queue) -> None:
    """Run it in the caller's thread, and beside it in others."""
    with ThreadPoolExecutor(threads - 1) as pool:
        try:
            futures = _submit(pool, run, threads - 1)
            run()
            for future in futures:
                future.result()
        finally:
            # Who interrupts waits for the calls that are on their way, for no more.
            queue.close()


def _submit(
    pool: ThreadPoolExecutor, run: Callable[[], None], threads: int
) -> list[Future[None]]:
    futures = []
    for _number in range(threads):
        try:
            futures.append(pool.submit(run))
        except RuntimeError as error:
            _logger.warning("with %s threads less: %s", threads - len(futures), error)
            break
    return futures


class _Queue(Generic[Item, Result]):
    """Items that threads take one after the other, and their answers.

    :param patience: so many failures in a row, and nothing more is given
    """

    def __init__(self, items: Sequence[Item], patience: int):
        self._items = iter(enumerate(items))
        self._size = len(items)
        self._patience = patience
        self._answers: dict[int, Result | Exception] = {}
        self._failures: dict[int, Exception] = {}
        self._refused: AuthRequired | None = None
        self._in_a_row = 0
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[tuple[int, Item]]:
        while True:
            with self._lock:
                taken = next(self._items, None)
            if taken is None:
                return
            yield taken

    def answer(self, index: int, answer: Result | Exception) -> None:
        with self._lock:
            self._answers[index] = answer
            if isinstance(answer, AuthRequired):
                self._refused = self._refused or answer
                self._items = iter(())
            elif is_unreachable(answer):
                self._failures[index] = answer
                self._in_a_row += 1
                if self._in_a_row >= self._patience:
                    self._items = iter(())
            elif isinstance(answer, Rejected) or not isinstance(answer, Exception):
                self._in_a_row = 0

    def close(self) -> None:
        """Give nothing more."""
        with self._lock:
            self._items = iter(())

    def get_answers(self) -> list[Result | Exception]:
        """All of them, in order; where nothing was tried, why."""
        indexes = range(self._size)
        if len(self._answers) < self._size:
            failure = self._refused or self._failures[min(self._failures)]
            return [self._answers.get(index, failure) for index in indexes]
        return [self._answers[index] for index in indexes]
