"""A table in memory that processes share: each fills its slices of it."""

import multiprocessing
import os
from math import isqrt
from multiprocessing.shared_memory import SharedMemory

LIMIT = 1_000_000
SLICE = 1000


def is_prime(n):
    return n >= 2 and all(n % d != 0 for d in range(2, isqrt(n) + 1))


def fill(table, limit, worker, workers):
    for start in range(worker * SLICE, limit, workers * SLICE):
        for n in range(start, min(start + SLICE, limit)):
            table[n] = is_prime(n)


def fill_shared(name, limit, worker, workers):
    memory = SharedMemory(name=name)
    fill(memory.buf, limit, worker, workers)
    memory.close()


def in_processes(target, place, limit):
    workers = os.cpu_count()
    processes = []
    for worker in range(workers):
        args = (place, limit, worker, workers)
        process = multiprocessing.Process(target=target, args=args)
        process.start()
        processes.append(process)
    for worker, process in enumerate(processes):
        process.join()
        if process.exitcode != 0:
            raise SystemExit(f"worker {worker} failed, exit status: {process.exitcode}")


def main():
    ordinary = bytearray(1000)
    in_processes(fill, ordinary, 1000)
    print(f"ordinary memory: {sum(ordinary)} primes below 1000", flush=True)

    shared = SharedMemory(create=True, size=LIMIT)
    try:
        in_processes(fill_shared, shared.name, LIMIT)
        table = bytes(shared.buf[:LIMIT])
    finally:
        shared.close()
        shared.unlink()
    print(f"shared memory:   {sum(table)} primes below {LIMIT}")
    primes = [n for n in range(LIMIT) if table[n]]
    print(f"the largest is {primes[-1]}")
    pairs = sum(b - a == 2 for a, b in zip(primes, primes[1:]))
    print(f"{pairs} times the next one is 2 away")


if __name__ == "__main__":
    main()
