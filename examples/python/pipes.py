"""Workers behind pipes: messages with a length, objects as bytes, and one cut short."""

import multiprocessing
import os
import struct
from math import isqrt


def is_prime(n):
    return n > 1 and all(n % d != 0 for d in range(2, isqrt(n) + 1))


def primes_in(numbers):
    return sum(is_prime(n) for n in numbers)


def serve(requests, answers, of_parent):
    for end in of_parent:  # the child closes its copies of the parent's ends
        end.close()
    while True:
        try:
            numbers = requests.recv()
        except EOFError:
            break
        answers.send((numbers, primes_in(numbers)))


def start(of_parent):
    from_parent, requests = multiprocessing.Pipe(duplex=False)
    answers, to_parent = multiprocessing.Pipe(duplex=False)
    of_parent += [requests, answers]
    process = multiprocessing.Process(
        target=serve, args=(from_parent, to_parent, of_parent)
    )
    process.start()
    from_parent.close()
    to_parent.close()
    return process, requests, answers


def count(workers, limit):
    of_parent = []
    running = []
    for number in range(workers):
        process, requests, answers = start(of_parent)
        requests.send(range(limit * number // workers, limit * (number + 1) // workers))
        running.append((process, requests, answers))
    for _, requests, _ in running:
        requests.close()
    total = 0
    for process, _, answers in running:
        try:
            while True:
                numbers, primes = answers.recv()
                print(f"{primes} primes from {numbers.start} to {numbers.stop}")
                total += primes
        except EOFError:
            process.join()
    return total


def half(writer):
    os.write(writer.fileno(), struct.pack("!i", 8) + b"half")


def cut_short():
    reader, writer = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.Process(target=half, args=(writer,))
    child.start()
    writer.close()
    try:
        reader.recv()
    except OSError as error:
        print(f"a message cut short: {error}")
    child.join()


if __name__ == "__main__":
    total = count(4, 1_000_000)
    print(f"{total} primes below 1000000", flush=True)
    assert total == 78498
    cut_short()
