"""A queue between processes: several producers and consumers, and one that dies."""

import itertools
import multiprocessing
import os
import signal
import threading

SIZE = 12


def fill(rows, straight=0, left=0, right=0):
    """In how many ways the rows that are left can be filled, with a queen in each.

    What is attacked in the next row is a bit for each column, and for the diagonals.
    """
    if not rows:
        return 1
    solutions = 0
    for column in rows[0]:
        queen = 1 << column
        if not (straight | left | right) & queen:
            board = straight | queen, (left | queen) << 1, (right | queen) >> 1
            solutions += fill(rows[1:], *board)
    return solutions


def produce(own, tasks):
    for task in own:
        tasks.put(task)


def consume(tasks, results):
    for number, columns, deadly in iter(tasks.get, None):
        if deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        rows = [[column] for column in columns] + [range(SIZE)] * (SIZE - 3)
        results.put((number, fill(rows)))


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
    solutions = {}
    while todo:
        for number, found in run_round(todo, producers, consumers):
            assert number not in solutions
            solutions[number] = found
        lost = [task for task in todo if task[0] not in solutions]
        todo = [(number, columns, False) for number, columns, _ in lost]
        print(f"without a result: {len(todo)} of {SIZE**3} tasks", flush=True)
    return sum(solutions.values())


if __name__ == "__main__":
    starts = list(itertools.product(range(SIZE), repeat=3))
    for fatal in [None, len(starts) // 2]:
        todo = [(number, start, number == fatal) for number, start in enumerate(starts)]
        total = count(todo, producers=2, consumers=3)
        print(f"{total} solutions for {SIZE} queens", flush=True)
        assert total == 14_200, "OEIS A000170"
