"""What a caller learns when a worker is killed: from a pipe of one's own, and from Python's pools."""

import argparse
import multiprocessing
import os
import signal
import time
from concurrent.futures import ProcessPoolExecutor

FORK = multiprocessing.get_context("fork")
WORKERS = 2
PIECES = 8
FATAL = 5


def is_prime(n):
    return n >= 2 and all(n % d for d in range(2, int(n**0.5) + 1))


def primes_of(piece, fatal):
    """The task: how many primes are among the 1250 numbers of a piece?"""
    time.sleep(0.001)
    if piece == fatal:
        os.kill(os.getpid(), signal.SIGKILL)
    return sum(map(is_prime, range(piece * 1250, (piece + 1) * 1250)))


def write_pieces(writer, first, fatal):
    for piece in range(first, PIECES, WORKERS):
        os.write(writer, f"{primes_of(piece, fatal)}\n".encode())


def pipe(fatal, _):
    reader, writer = os.pipe()
    workers = []
    for first in range(WORKERS):
        worker = FORK.Process(target=write_pieces, args=(writer, first, fatal))
        worker.start()
        workers.append(worker)
    os.close(writer)
    with open(reader) as lines:
        counts = [int(line) for line in lines]
    for worker in workers:
        worker.join()  # and nobody asks how it has ended
    return sum(counts)


def pool(fatal, deadline):
    tasks = [(piece, fatal) for piece in range(PIECES)]
    with FORK.Pool(WORKERS) as pool:
        result = pool.starmap_async(primes_of, tasks, PIECES // WORKERS)
        return sum(result.get(deadline))


def executor(fatal, deadline):
    with ProcessPoolExecutor(WORKERS, FORK) as executor:
        tasks = range(PIECES), [fatal] * PIECES
        counts = executor.map(
            primes_of, *tasks, timeout=deadline, chunksize=PIECES // WORKERS
        )
        return sum(counts)


WAYS = [("a pipe", pipe), ("Pool", pool), ("ProcessPoolExecutor", executor)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--way", type=int, default=0, choices=range(4))
    parser.add_argument("--deadline", type=int, default=0, help="milliseconds")
    arguments = parser.parse_args()
    deadline = arguments.deadline / 1000 or None
    if arguments.way > 0:
        print(WAYS[arguments.way - 1][1](None, deadline), "primes")
        return
    for fatal in [None, FATAL]:
        if fatal is None:
            print("nobody is killed:")
        else:
            print(f"a worker is killed in the task for input {fatal}:")
            deadline = deadline or 2  # without it the pool waits for ever
        for name, run in WAYS:
            try:
                print(f"  {name}: {run(fatal, deadline)} primes")
            except multiprocessing.TimeoutError:
                print(f"  {name}: no answer after {deadline} s")
            except Exception as error:
                print(f"  {name}: {error}")


if __name__ == "__main__":
    main()
