"""A pipeline of threads with the order restored at its end."""

import queue
import threading
from math import isqrt

PIECES = 100


def is_prime(n):
    return n > 1 and all(n % d != 0 for d in range(2, isqrt(n) + 1))


def primes_in(numbers):
    return sum(map(is_prime, numbers))


def cut(tickets, pieces, workers):
    """Stage 1: numbers for the pieces, as many as there are tickets."""
    for number in range(1, PIECES + 1):
        tickets.acquire()
        pieces.put(number)
    for _ in range(workers):
        pieces.put(None)  # a queue has no end of its own: None stands for it


def count(pieces, counted, task):
    """Stage 2, in several threads: a failure is passed on like a result."""
    for number in iter(pieces.get, None):
        try:
            counted.put((number, task(number), None))
        except Exception as error:
            counted.put((number, None, error))


def add_up(counted, tickets, limit):
    """Stage 3: the results in order, and their sum so far."""
    early = {}
    done = primes = 0
    while done < PIECES:
        number, result, error = counted.get()
        if error:
            raise RuntimeError(f"piece {number}") from error
        early[number] = result
        while done + 1 in early:
            done += 1
            primes += early.pop(done)
            if done % 10 == 0:
                print(f"{primes} primes below {limit * done // PIECES}", flush=True)
            tickets.release()
    return primes


def pipeline(limit, workers, room, task):
    tickets = threading.Semaphore(room)
    pieces = queue.Queue(room)
    counted = queue.Queue(room)
    # If stage 3 raises, the others wait for ever; as daemons they end with the program.
    threading.Thread(target=cut, args=(tickets, pieces, workers), daemon=True).start()
    for _ in range(workers):
        args = (pieces, counted, task)
        threading.Thread(target=count, args=args, daemon=True).start()
    return add_up(counted, tickets, limit)


if __name__ == "__main__":
    limit = 1_000_000
    room = 8

    def task(number):
        start, end = (limit * n // PIECES for n in (number - 1, number))
        return primes_in(range(start, end))

    primes = pipeline(limit, workers=4, room=room, task=task)
    print(f"never more than {room} pieces on their way")
    assert primes == 78498, "OEIS A006880"
