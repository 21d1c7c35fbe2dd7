"""A pool that lives: an executor that is kept over many calls, and made anew when it is broken."""

import os
import signal
import zlib
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import NamedTuple

TILE = 16  # rows


class Setup(NamedTuple):
    width: int
    height: int
    iterations: int


class Task(NamedTuple):
    top: int
    dies: bool = False


def load(given):
    """Once in each worker. It stands for what is large: a model, an index, a connection."""
    global setup, colours
    setup, colours = given, []
    for n in range(setup.iterations):
        colours.append(bytes(min(n * factor, 255) for factor in (3, 6, 12)))
    colours.append(bytes(3))  # inside of the set


def work(task):
    """Once for each task."""
    if task.dies:
        os.kill(os.getpid(), signal.SIGKILL)
    pixels = bytearray()
    for y in range(task.top, min(task.top + TILE, setup.height)):
        for x in range(setup.width):
            re = 3.0 * x / setup.width - 2.0
            im = 2.0 * y / setup.height - 1.0
            pixels += colours[escape(re, im, setup.iterations)]
    return bytes(pixels)


def escape(re, im, iterations):
    x = y = 0.0
    for n in range(iterations):
        if x * x + y * y > 4.0:
            return n
        x, y = x * x - y * y + re, 2.0 * x * y + im
    return iterations


class Pool:
    def __init__(self, workers, setup):
        self.workers, self.setup, self.executor = workers, setup, None
        self.renew()

    def renew(self):
        if self.executor:
            self.executor.shutdown()
        self.executor = ProcessPoolExecutor(
            self.workers, initializer=load, initargs=(self.setup,)
        )

    def call(self, tasks):
        """What is missing when the executor breaks is tried once more, by a new one."""
        answers = [None] * len(tasks)
        for attempt in 1, 2:
            futures = {}
            try:
                for number, task in enumerate(tasks):
                    if answers[number] is None:
                        task = task._replace(dies=attempt <= task.dies)
                        futures[number] = self.executor.submit(work, task)
            except BrokenProcessPool:
                pass  # it can break while tasks are still being handed in
            for number, future in futures.items():
                if not isinstance(future.exception(), BrokenProcessPool):
                    answers[number] = future.result()
            if None not in answers:
                return answers
            print(f"attempt {attempt}: a worker died, and the executor is broken")
            self.renew()
        raise RuntimeError("a tile is missing")


def checksum(answers):
    return zlib.crc32(b"".join(answers))


def main():
    width = 384
    setup = Setup(width, width // 3 * 2, 255)
    pool = Pool(3, setup)
    tiles = [Task(top) for top in range(0, setup.height, TILE)]
    calm = checksum(pool.call(tiles))
    print(f"undisturbed: {len(tiles)} tiles, checksum {calm:08x}")

    troubled = [tiles[0]._replace(dies=True)] + tiles[1:]
    disturbed = checksum(pool.call(troubled))
    print(f"disturbed:   {len(tiles)} tiles, checksum {disturbed:08x}")
    assert disturbed == calm
    pool.executor.shutdown()


if __name__ == "__main__":
    main()
