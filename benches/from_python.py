"""What Python gains by the module of python/, measured beside `multiprocessing` on the same work.

from_python.py pool|threads|rust_one|rust LIMIT, run by the Python of target/python, which has the module;
then a line with a number for each answer: how many times as fast as Python's loop, which runs before and
after it. `cargo book figures --only from_python` runs it.
"""

import array
import os
import sys
import time

import peer

USAGE = "expected one of pool|threads|rust_one|rust, and a LIMIT"


def way_of(case, limit):
    """What counts, how often it is done for one time, and what ends it."""
    work = peer.pieces(limit)
    if case == "pool":
        pool = peer.pool_of(peer.cpus())
        return lambda: sum(pool.map(peer.primes_in, work)), 1, pool.terminate
    if case == "threads":
        from concurrent.futures import ThreadPoolExecutor

        pool = ThreadPoolExecutor(max_workers=peer.cpus())
        return lambda: sum(pool.map(peer.primes_in, work)), 1, pool.shutdown
    if case not in ("rust_one", "rust"):
        raise ValueError
    if case == "rust_one":
        # rayon reads it when it starts its threads.
        os.environ["RAYON_NUM_THREADS"] = "1"
    import rust_primes

    numbers = array.array("q", range(limit))
    return lambda: rust_primes.count(numbers), 50, lambda: None


def timed(function, times):
    start = time.monotonic_ns()
    counts = {function() for _ in range(times)}
    return (time.monotonic_ns() - start) / times, counts


def main(arguments):
    try:
        case, limit = arguments
        limit = int(limit)
        way, times, end = way_of(case, limit)
    except ValueError:
        peer.refuse(USAGE)
    work = peer.pieces(limit)
    loop = lambda: sum(map(peer.primes_in, work))
    try:
        for line in iter(sys.stdin.readline, ""):
            if not line.strip().isdecimal():
                peer.refuse(f"expected how often, a whole number, not {line.strip()!r}")
            (before, one), (taken, two), (after, three) = timed(loop, 1), timed(way, times), timed(loop, 1)
            if len(one | two | three) != 1:
                raise RuntimeError(f"they count {one | two | three}")
            print((before + after) / 2 / taken, flush=True)
    finally:
        end()


if __name__ == "__main__":
    main(sys.argv[1:])
