"""The Python side of the measurements: a process that does one thing as often as it is told.

python3 peer.py TOPIC CASE [NUMBER...], then a line with a number for each measurement; the answer is
the nanoseconds that it took. Imports stand where they are used: a worker that is spawned runs this
file again, and what the others need is no part of its cost.
"""

import multiprocessing
import os
import sys
import threading
import time

USAGE = """expected one of
  start thread|fork|forkserver|spawn
  fork_memory fork BYTES
  chunk pool|executor CHUNK TASKS (CHUNK 0: the default)
  result pool|executor BYTES TASKS
  moving pipe BYTES MESSAGES
  speedup sequential|pool WORKERS LIMIT
  crossover sequential|threads|processes SPINS TASKS
  usage sequential|threads|processes LIMIT
  calibrate spin SPINS"""


class Unknown(Exception):
    """No such case."""


def cpus():
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count()


def each(f):
    def run(n):
        start = time.monotonic_ns()
        for _ in range(n):
            f()
        return time.monotonic_ns() - start

    return run


def nothing():
    pass


def start(case):
    if case == "thread":
        new = threading.Thread
    elif case in ("fork", "forkserver", "spawn"):
        new = multiprocessing.get_context(case).Process
    else:
        raise Unknown

    def start_and_join():
        worker = new(target=nothing)
        worker.start()
        worker.join()

    return each(start_and_join)


def fork_memory(case, size):
    if case != "fork":
        raise Unknown
    memory = b"\1" * size
    run = start(case)
    return lambda n: (run(n), memory)[0]


def following(n):
    return n + 1


def filled(size):
    return b"\1" * size


def executor():
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("fork")
    return ProcessPoolExecutor(max_workers=cpus(), mp_context=context)


def pool_of(workers):
    return multiprocessing.get_context("fork").Pool(workers)


def mapped(case, function, inputs, chunk):
    """Maps with a pool that is kept; the calls before the first measurement start its workers."""
    options = {"chunksize": chunk} if chunk else {}
    if case == "pool":
        pool = pool_of(cpus())
        run = lambda: pool.map(function, inputs, **options)
        close = pool.terminate
    elif case == "executor":
        pool = executor()
        run = lambda: list(pool.map(function, inputs, **options))
        close = pool.shutdown
    else:
        raise Unknown

    def check():
        if len(run()) != len(inputs):
            raise RuntimeError("results are missing")

    way = each(check)
    way.close = close
    return way


def chunk(case, size, tasks):
    return mapped(case, following, range(tasks), size)


def result(case, size, tasks):
    return mapped(case, filled, [size] * tasks, 0)


def moving(case, size, count):
    if case != "pipe":
        raise Unknown

    def run(n):
        # A pipe for the messages, in one direction as in the Rust program.
        reader, writer = multiprocessing.Pipe(duplex=False)
        here, there = multiprocessing.Pipe()
        child = multiprocessing.get_context("fork").Process(
            target=send_through, args=(writer, there, size, n * count)
        )
        child.start()
        writer.close()
        message = bytearray(size)
        here.recv_bytes()
        start = time.monotonic_ns()
        here.send_bytes(b"go")
        for _ in range(n * count):
            reader.recv_bytes_into(message)
        taken = time.monotonic_ns() - start
        child.join()
        return taken

    return run


def send_through(writer, there, size, count):
    message = b"\1" * size
    there.send_bytes(b"ready")
    there.recv_bytes()
    for _ in range(count):
        writer.send_bytes(message)


def is_prime(n):
    if n < 2:
        return False
    d = 2
    while d * d <= n:
        if n % d == 0:
            return False
        d += 1
    return True


def primes_in(piece):
    first, end = piece
    return sum(is_prime(n) for n in range(first, end))


def pieces(limit):
    size = max(1, -(-limit // 500))
    return [(first, min(limit, first + size)) for first in range(0, limit, size)]


def speedup(case, workers, limit):
    work = pieces(limit)
    if case == "sequential":
        return each(lambda: [primes_in(piece) for piece in work])
    if case == "pool":
        pool = pool_of(workers)
        way = each(lambda: pool.map(primes_in, work))
        way.close = pool.terminate
        return way
    raise Unknown


def spin(spins):
    for _ in range(spins):
        pass


def crossover(case, spins, tasks):
    work = [spins] * tasks
    if case == "sequential":

        def run():
            for spins in work:
                spin(spins)

        return each(run)
    if case == "threads":
        from concurrent.futures import ThreadPoolExecutor

        pool = ThreadPoolExecutor(max_workers=cpus())

        def run():
            for _ in pool.map(spin, work):
                pass

        way = each(run)
        way.close = pool.shutdown
        return way
    if case == "processes":
        pool = pool_of(cpus())
        way = each(lambda: pool.map(spin, work, chunksize=1))
        way.close = pool.terminate
        return way
    raise Unknown


def counts():
    import resource

    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    both = lambda name: getattr(own, name) + getattr(children, name)
    return {
        "voluntary switches": both("ru_nvcsw"),
        "involuntary switches": both("ru_nivcsw"),
        "minor faults": both("ru_minflt"),
        "ms user": both("ru_utime") * 1000,
        "ms system": both("ru_stime") * 1000,
    }


def usage(case, limit):
    import json

    work = pieces(limit)

    def sequential():
        for piece in work:
            primes_in(piece)

    def threads():
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(max_workers=cpus()) as pool:
            list(pool.map(primes_in, work))

    def processes():
        pool = pool_of(cpus())
        pool.map(primes_in, work)
        pool.close()
        pool.join()

    ways = {"sequential": sequential, "threads": threads, "processes": processes}
    if case not in ways:
        raise Unknown

    def run(n):
        before = counts()
        for _ in range(n):
            ways[case]()
        after = counts()
        return json.dumps({name: after[name] - before[name] for name in after})

    return run


def calibrate(case, spins):
    if case != "spin":
        raise Unknown
    return each(lambda: spin(spins))


TOPICS = {
    f.__name__: f
    for f in (start, fork_memory, chunk, result, moving, speedup, crossover, usage, calibrate)
}


def refuse(message):
    print(f"error: {message}", file=sys.stderr)
    sys.exit(2)


def main(arguments):
    try:
        topic, case, *numbers = arguments
        numbers = [int(number) for number in numbers]
        if any(number < 0 for number in numbers):
            raise ValueError
        way = TOPICS[topic](case, *numbers)
    except (KeyError, TypeError, ValueError, Unknown):
        refuse(USAGE)
    try:
        for line in iter(sys.stdin.readline, ""):
            if not line.strip().isdecimal():
                refuse(f"expected how often, a whole number, not {line.strip()!r}")
            print(way(int(line)), flush=True)
    finally:
        if hasattr(way, "close"):
            way.close()


if __name__ == "__main__":
    main(sys.argv[1:])
