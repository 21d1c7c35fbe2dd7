"""One job by three start methods, and what each of them costs."""

import multiprocessing
import os
import statistics
import time
from itertools import takewhile

SETTING = 0  # main sets it to 1; which workers see that?


def is_prime(n):
    divisors = takewhile(lambda d: d * d <= n, range(2, n))
    return n >= 2 and all(n % d != 0 for d in divisors)


def primes_in(numbers):
    return sum(is_prime(n) for n in numbers)


def work(job, result):
    result.send((primes_in(range(*job)), SETTING, os.getpid()))


def run(method, job):
    context = multiprocessing.get_context(method)
    reader, writer = context.Pipe(duplex=False)
    worker = context.Process(target=work, args=(job, writer))
    worker.start()
    writer.close()
    result = reader.recv()
    worker.join()
    return result


def median_cost(method, runs):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        run(method, (0, 0))
        times.append(time.perf_counter() - start)
    return f"{statistics.median(times) * 1e3:.1f} ms"


METHODS = {"fork": "fork", "forkserver": "fork server", "spawn": "the program again"}


def main():
    global SETTING
    SETTING = 1
    limit, megabytes, runs = 100_000, 128, 9
    methods = [m for m in METHODS if m in multiprocessing.get_all_start_methods()]

    for method in methods:
        count, setting, pid = run(method, (0, limit))
        name = METHODS[method]
        print(f"{name}: {count} primes below {limit}, setting {setting}, pid {pid}")

    costs = [median_cost(method, runs) for method in methods]
    memory = bytearray(b"\x01") * (megabytes << 20)
    print(f"an empty job -> with {megabytes} MiB more in use (medians of {runs}):")
    for method, before in zip(methods, costs):
        print(f"  {METHODS[method]:<17}  {before} -> {median_cost(method, runs)}")
    del memory
    if "forkserver" in methods:
        stop_helpers()


def stop_helpers():
    """Else they end a moment after this program. There is no public call for it."""
    from multiprocessing import forkserver, resource_tracker

    forkserver._forkserver._stop()
    resource_tracker._resource_tracker._stop()


if __name__ == "__main__":
    main()
