"""A pool that lives: an executor that is kept over many calls, and made anew when it is broken."""

import math
import os
import signal
import zlib
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import NamedTuple

TILE = 64


class Setup(NamedTuple):
    width: int
    height: int
    iterations: int


class Task(NamedTuple):
    left: int
    top: int
    dies: bool = False


def load(given):
    """Once in each worker. It stands for what is large: a model, an index, a connection."""
    global setup, colours
    setup, colours = given, []
    for n in range(setup.iterations + 1):
        t = math.sqrt(n / setup.iterations)
        red = 9.0 * (1.0 - t) * t * t * t
        green = 15.0 * (1.0 - t) * (1.0 - t) * t * t
        blue = 8.5 * (1.0 - t) * (1.0 - t) * (1.0 - t) * t
        colours.append(bytes(int(part * 255.0) for part in (red, green, blue)))


def work(task):
    """Once for each task."""
    if task.dies:
        os.kill(os.getpid(), signal.SIGKILL)
    pixels = bytearray()
    for y in range(task.top, min(task.top + TILE, setup.height)):
        for x in range(task.left, min(task.left + TILE, setup.width)):
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


def checksum(answers, tiles, setup):
    pixels = bytearray(3 * setup.width * setup.height)
    for tile, answer in zip(tiles, answers):
        columns = 3 * min(TILE, setup.width - tile.left)
        for row in range(len(answer) // columns):
            at = 3 * ((tile.top + row) * setup.width + tile.left)
            pixels[at : at + columns] = answer[row * columns : (row + 1) * columns]
    return zlib.crc32(pixels)


def main():
    width = 384
    setup = Setup(width, width // 3 * 2, 200)
    pool = Pool(3, setup)
    tiles = [
        Task(left, top)
        for top in range(0, setup.height, TILE)
        for left in range(0, setup.width, TILE)
    ]
    calm = checksum(pool.call(tiles), tiles, setup)
    print(f"undisturbed: {len(tiles)} tiles, checksum {calm:08x}")

    troubled = [tiles[0]._replace(dies=True)] + tiles[1:]
    disturbed = checksum(pool.call(troubled), tiles, setup)
    print(f"disturbed:   {len(tiles)} tiles, checksum {disturbed:08x}")
    assert disturbed == calm
    pool.executor.shutdown()


if __name__ == "__main__":
    main()
