"""Locks between threads, locks between processes, and two locks in the wrong order."""

import multiprocessing
import signal
import threading
import time
from math import isqrt

LIMIT = 100_000
PARTS = 4


def primes_in(part):
    numbers = range(LIMIT * part // PARTS, LIMIT * (part + 1) // PARTS)
    return [n for n in numbers if n >= 2 and all(n % d for d in range(2, isqrt(n) + 1))]


def run(workers):
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def with_mutex():
    lock = threading.Lock()
    primes, largest = 0, 0

    def work(part):
        nonlocal primes, largest
        found = primes_in(part)
        with lock:
            primes += len(found)
            largest = max(largest, found[-1])

    run([threading.Thread(target=work, args=(part,)) for part in range(PARTS)])
    print(f"mutex: {primes} primes below {LIMIT}, the largest is {largest}")


def with_condvar():
    results = []
    added = threading.Condition()

    def work():
        for part in range(PARTS):
            found = len(primes_in(part))
            with added:
                results.append(found)
                added.notify()

    thread = threading.Thread(target=work)
    thread.start()
    total = 0
    for _ in range(PARTS):
        with added:
            while not results:
                added.wait()
            total += results.pop(0)
    thread.join()
    print(f"condvar: {PARTS} results came, together {total} primes", flush=True)


def enter(permits, inside, most):
    with permits:
        with inside.get_lock():
            inside.value += 1
            most.value = max(most.value, inside.value)
        time.sleep(0.01)
        with inside.get_lock():
            inside.value -= 1


def with_semaphore():
    inside, most = multiprocessing.Value("i", 0), multiprocessing.Value("i", 0)
    args = (multiprocessing.Semaphore(2), inside, most)
    run([multiprocessing.Process(target=enter, args=args) for _ in range(8)])
    assert most.value <= 2
    print("semaphore: 8 processes, never more than 2 at once", flush=True)


def add(lock, total):
    for _ in range(100):
        with lock:
            before = total.value
            time.sleep(0.00001)
            total.value = before + 1


def with_lock_across_processes():
    total = multiprocessing.Value("i", 0, lock=False)
    args = (multiprocessing.Lock(), total)
    run([multiprocessing.Process(target=add, args=args) for _ in range(8)])
    print(f"lock across processes: 8 times 100 is {total.value}", flush=True)


def giver_first(accounts, locks, giver, taker):
    with locks[giver]:
        time.sleep(0.001)
        with locks[taker]:
            accounts[giver] -= 1
            accounts[taker] += 1


def same_order(accounts, locks, giver, taker):
    with locks[0]:
        time.sleep(0.001)
        with locks[1]:
            accounts[giver] -= 1
            accounts[taker] += 1


def transfers(name, transfer):
    accounts, locks = [500, 500], [threading.Lock(), threading.Lock()]

    both_are_there = threading.Barrier(2)

    def work(giver, taker):
        both_are_there.wait()
        for _ in range(100):
            transfer(accounts, locks, giver, taker)

    run([threading.Thread(target=work, args=args) for args in [(0, 1), (1, 0)]])
    print(f"{name}: the accounts hold {accounts[0]} and {accounts[1]}", flush=True)


def main():
    with_mutex()
    with_condvar()
    with_semaphore()
    with_lock_across_processes()

    child = multiprocessing.Process(target=transfers, args=("giver first", giver_first))
    child.start()
    child.join(1)
    if child.is_alive():
        child.kill()
        child.join()
        ended = f"signal: {-child.exitcode} ({signal.Signals(-child.exitcode).name})"
        print(f"giver first: not done after a second, killed, {ended}", flush=True)
    child = multiprocessing.Process(target=transfers, args=("same order", same_order))
    child.start()
    child.join()


if __name__ == "__main__":
    main()
