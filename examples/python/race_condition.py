"""Updates that get lost, seats that are sold twice, and the cure for both."""

import multiprocessing
import threading
import time
from math import isqrt

LIMIT = 100_000
SLICE = 250
SEATS = 20
WORKERS = 4


def is_prime(n):
    return n >= 2 and all(n % d != 0 for d in range(2, isqrt(n) + 1))


def primes_in(numbers):
    time.sleep(0.001)  # as when the system lets another worker run
    return sum(is_prime(n) for n in numbers)


def slices(worker):
    for start in range(worker * SLICE, LIMIT, WORKERS * SLICE):
        yield range(start, min(start + SLICE, LIMIT))


class Total:
    """Threads share any object; this one looks like a multiprocessing.Value."""

    def __init__(self):
        self.value = 0
        self.lock = threading.Lock()

    def get_lock(self):
        return self.lock


def add_in_two_steps(total, worker):
    for numbers in slices(worker):
        total.value += primes_in(numbers)  # reads, counts, writes


def add_in_one_step(total, worker):
    for numbers in slices(worker):
        found = primes_in(numbers)
        with total.get_lock():
            total.value += found


def run(kind, target, *args):
    workers = [kind(target=target, args=(*args, worker)) for worker in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def count(kind, total, add):
    run(kind, add, total)
    return total.value


def look_then_sell(seat):
    free = not seat.locked()
    if free:
        time.sleep(0.005)  # the customer pays
        seat.acquire(blocking=False)
    return free


def take_then_sell(seat):
    free = seat.acquire(blocking=False)
    if free:
        time.sleep(0.005)
    return free


def tickets(sell):
    seats = [threading.Lock() for _ in range(SEATS)]
    sold = []

    def counter(_):
        sold.append(sum(sell(seat) for seat in seats))

    run(threading.Thread, counter)
    return sum(sold)


def report(how, total, expected):
    if total == expected:
        print(f"{how} {total} primes below {LIMIT}", flush=True)
    else:
        print(f"{how} not {expected} primes below {LIMIT}, some were lost", flush=True)


def main():
    expected = primes_in(range(LIMIT))
    thread, process = threading.Thread, multiprocessing.Process
    report("threads, two steps:  ", count(thread, Total(), add_in_two_steps), expected)
    report("threads, one step:   ", count(thread, Total(), add_in_one_step), expected)

    for how, sell in [("look", look_then_sell), ("take", take_then_sell)]:
        sold = tickets(sell)
        shown = f"{sold} tickets" if sold == SEATS else "more tickets than seats"
        print(f"{SEATS} seats, {how}, then sell: {shown}", flush=True)

    total = multiprocessing.Value("L", 0)
    report("processes, two steps:", count(process, total, add_in_two_steps), expected)
    total = multiprocessing.Value("L", 0)
    report("processes, one step: ", count(process, total, add_in_one_step), expected)


if __name__ == "__main__":
    main()
