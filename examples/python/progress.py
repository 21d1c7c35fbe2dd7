"""A log from several worker processes; only their parent writes it."""

import logging
import logging.handlers
import multiprocessing
import os
import sys
import time
from math import isqrt

LIMIT = 1_000_000
CHUNK = 10_000
WORKERS = 4
PUBLISHED = 78_498  # OEIS A006880


def primes_in(numbers):
    return sum(n > 1 and all(n % d for d in range(2, isqrt(n) + 1)) for n in numbers)


def work(number, queue, counts):
    logger = logging.getLogger("worker")
    logger.setLevel(logging.INFO)
    logger.addHandler(logging.handlers.QueueHandler(queue))
    log = logging.LoggerAdapter(logger, {"number": number})
    log.info("begins")
    try:
        count = 0
        for first in range((number - 1) * CHUNK, LIMIT, WORKERS * CHUNK):
            primes = primes_in(range(first, min(first + CHUNK, LIMIT)))
            log.debug("counted first=%d primes=%d", first, primes)
            count += primes
    except Exception as error:
        log.error("failed: %r", error)
        sys.exit(1)
    log.info("has ended count=%d", count)
    counts.put(count)


def formatter():
    begin = "%(asctime)s.%(msecs)03dZ %(levelname)5s"
    worker = "worker{number=%(number)d pid=%(process)d}"
    formatter = logging.Formatter(f"{begin} {worker}: %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    return formatter


def torn_line():
    print("The parent writes half a line", end=" ", flush=True)
    child = multiprocessing.Process(target=print, args=("and the child a whole one.",))
    child.start()
    child.join()
    print("before the other half.", flush=True)


def main():
    torn_line()
    queue = multiprocessing.Queue()
    counts = multiprocessing.SimpleQueue()
    workers = []
    for number in range(1, WORKERS + 1):
        worker = multiprocessing.Process(target=work, args=(number, queue, counts))
        worker.start()
        workers.append(worker)

    handler = logging.StreamHandler()
    handler.setFormatter(formatter())
    listener = logging.handlers.QueueListener(queue, handler)
    listener.start()  # a thread, and therefore after the processes
    for worker in workers:
        worker.join()
    listener.stop()

    for number, worker in enumerate(workers, start=1):
        if worker.exitcode != 0:
            sys.exit(f"worker {number} failed, exit status: {worker.exitcode}")
    count = sum(counts.get() for _ in workers)
    print(f"{count} primes below {LIMIT}")
    if count != PUBLISHED:
        sys.exit(f"the published count is {PUBLISHED}")


if __name__ == "__main__":
    main()
