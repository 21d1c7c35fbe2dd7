"""A queue between processes: several producers and consumers, and one that dies."""

import multiprocessing
import os
import signal
import threading
from math import isqrt

PIECES = 1000


def is_prime(n):
    return n > 1 and all(n % d != 0 for d in range(2, isqrt(n) + 1))


def produce(own, tasks):
    for task in own:
        tasks.put(task)


def consume(tasks, results):
    for piece, numbers, deadly in iter(tasks.get, None):
        if deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        results.put((piece, sum(map(is_prime, numbers))))


def start(target, *args):
    process = multiprocessing.Process(target=target, args=args)
    process.start()
    return process


def run_round(todo, producers, consumers):
    tasks = multiprocessing.Queue(maxsize=300)
    # A Queue's put leaves the message to a thread, and a killed process loses it.
    results = multiprocessing.SimpleQueue()
    consumers = [start(consume, tasks, results) for _ in range(consumers)]
    shares = [todo[number::producers] for number in range(producers)]
    producers = [start(produce, share, tasks) for share in shares]

    done = []
    collector = threading.Thread(target=lambda: done.extend(iter(results.get, None)))
    collector.start()
    for producer in producers:
        producer.join()
    for _ in consumers:
        tasks.put(None)
    for consumer in consumers:
        consumer.join()
    results.put(None)
    collector.join()
    for process in producers + consumers:
        if process.exitcode < 0:
            name = signal.Signals(-process.exitcode).name
            how = f"signal: {-process.exitcode} ({name})"
            print(f"a worker has ended before its time, {how}")
    return done


def count(todo, producers, consumers):
    primes = {}
    while todo:
        for piece, found in run_round(todo, producers, consumers):
            assert piece not in primes
            primes[piece] = found
        lost = [(piece, numbers) for piece, numbers, _ in todo if piece not in primes]
        todo = [(piece, numbers, False) for piece, numbers in lost]
        print(f"without a result: {len(todo)} of {PIECES} pieces", flush=True)
    return sum(primes.values())


if __name__ == "__main__":
    limit = 1_000_000
    size = limit // PIECES
    for fatal in [None, PIECES // 2]:
        todo = [
            (piece, range(piece * size, (piece + 1) * size), piece == fatal)
            for piece in range(PIECES)
        ]
        total = count(todo, producers=2, consumers=3)
        print(f"{total} primes below {limit}", flush=True)
        assert total == 78498
