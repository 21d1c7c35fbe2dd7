"""A pool of threads that returns results in the order of the inputs."""

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile


def is_prime(n):
    return all(n % d != 0 for d in takewhile(lambda d: d * d <= n, range(2, n)))


def primes_below(limit):
    return sum(is_prime(n) for n in range(2, limit))


if __name__ == "__main__":
    limits = [n * 1000 for n in range(1, 11)]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        counts = list(pool.map(primes_below, limits))
    for limit, count in zip(limits, counts):
        print(f"{count} primes below {limit}")
