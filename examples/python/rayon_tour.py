"""What rayon does in rayon_tour.rs, as far as concurrent.futures has it."""

import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from functools import reduce
from math import isqrt


def is_prime(n):
    return n > 1 and all(n % d != 0 for d in range(2, isqrt(n) + 1))


def primes_in(numbers):
    return sum(map(is_prime, numbers))


def primes_below(limit):
    return primes_in(range(limit))


def pieces(limit, size):
    return [range(start, min(start + size, limit)) for start in range(0, limit, size)]


def the_task(limit):
    with ProcessPoolExecutor() as pool:
        primes = sum(pool.map(primes_in, pieces(limit, 1000), chunksize=16))
    print(f"{primes} primes below {limit}")
    assert primes == 78498, "OEIS A006880"


def ordered_and_unordered(pool):
    limits = [10_000, 1000, 100, 10]
    print(f"in order: {list(pool.map(primes_below, limits))}")
    futures = {pool.submit(primes_below, limit): limit for limit in limits}
    for future in as_completed(futures):
        print(f"as it comes: {future.result()} primes below {futures[future]}")


def small_tasks(pool):
    start = time.perf_counter()
    total = sum(pool.map(lambda n: n, range(10_000)))
    elapsed = (time.perf_counter() - start) * 1e6
    print(f"sum {total} by 10000 tasks of one number: {elapsed:.0f} µs")
    start = time.perf_counter()
    total = sum(pool.map(sum, pieces(10_000, 1000)))
    elapsed = (time.perf_counter() - start) * 1e6
    print(f"sum {total} in pieces of 1000 or more: {elapsed:.0f} µs")


def a_panic(pool):
    try:
        sum(pool.map(lambda n: 840 // n, range(9)))
    except ZeroDivisionError as error:
        print(f"the caller gets: {error}")
    print(f"and again, without the 0: {sum(pool.map(lambda n: 840 // n, range(1, 9)))}")


def sorting_and_reducing():
    print(f"sorted: {sorted(n * n % 11 for n in range(1, 11))}")


if __name__ == "__main__":
    the_task(1_000_000)
    with ThreadPoolExecutor(max_workers=4) as pool:
        ordered_and_unordered(pool)
        small_tasks(pool)
        a_panic(pool)
    sorting_and_reducing()
