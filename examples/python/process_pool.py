"""A pool of processes: results in the order of the inputs, and results as they come."""

import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import takewhile


def is_prime(n):
    return all(n % d != 0 for d in takewhile(lambda d: d * d <= n, range(2, n)))


def primes_below(limit):
    return sum(is_prime(n) for n in range(2, limit))


def with_index(numbered):
    index, limit = numbered
    return index, primes_below(limit)


def killed_at_three(n):
    if n == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return n


def wait_for_the_killed():
    with multiprocessing.Pool(2) as pool:
        pool.map(killed_at_three, range(6))


if __name__ == "__main__":
    limits = [n * 1000 for n in range(1, 11)]
    with multiprocessing.Pool() as pool:
        counts = pool.map(primes_below, limits)
        for limit, count in zip(limits, counts):
            print(f"{count} primes below {limit}")

        print("and once more, as they come:")
        for index, count in pool.imap_unordered(with_index, enumerate(limits)):
            print(f"input {index} is done: {count} primes")

    # In a child, since it would wait for ever.
    child = multiprocessing.Process(target=wait_for_the_killed)
    child.start()
    child.join(timeout=1)
    print("a worker of Pool is killed:", "it waits" if child.is_alive() else "it ends")
    child.kill()
    child.join()

    try:
        with ProcessPoolExecutor(2) as executor:
            list(executor.map(killed_at_three, range(6)))
    except BrokenProcessPool as error:
        print("a worker of ProcessPoolExecutor is killed:", type(error).__name__)
