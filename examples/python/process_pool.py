"""A pool of processes: results in the order of the inputs, and results as they come."""

import multiprocessing
from itertools import takewhile


def is_prime(n):
    return all(n % d != 0 for d in takewhile(lambda d: d * d <= n, range(2, n)))


def primes_below(limit):
    return sum(is_prime(n) for n in range(2, limit))


def with_index(numbered):
    index, limit = numbered
    return index, primes_below(limit)


if __name__ == "__main__":
    limits = [n * 1000 for n in range(1, 11)]
    with multiprocessing.Pool() as pool:
        counts = pool.map(primes_below, limits)
        for limit, count in zip(limits, counts):
            print(f"{count} primes below {limit}")

        print("and once more, as they come:")
        for index, count in pool.imap_unordered(with_index, enumerate(limits)):
            print(f"input {index} is done: {count} primes")
