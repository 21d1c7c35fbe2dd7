"""A deadline for each worker, where one hangs and an answer is larger than a pipe."""

import multiprocessing
import os
import signal
import sys
import time
from multiprocessing import connection

DEADLINE = 2
REFUSED = 65
AT_MOST = 1 << 20


def matches(pattern, name):
    if not pattern:
        return not name
    if pattern[0] == "*":
        places = range(len(name) + 1)
        return any(matches(pattern[1:], name[place:]) for place in places)
    return name[:1] == pattern[0] and matches(pattern[1:], name[1:])


def names():
    for n in range(2000):
        yield f"{n:04} Summer on the islands of Greece.jpg"
    yield "A" * 60 + "rgh.wav"


def work(pattern, writer):
    signal.alarm(DEADLINE + 1)  # ends it should nobody be left to kill it
    if "[" in pattern:
        sys.exit(REFUSED)
    if pattern == "-":
        # Wrong: a pipe whose writer is open has no end, and this worker holds it itself.
        reader, _ = os.pipe()
        os.read(reader, 1)
    found = "".join(f"{name}\n" for name in names() if matches(pattern, name))
    with open(writer.fileno(), "wb", closefd=False) as pipe:
        pipe.write(found.encode())


class Worker:
    def __init__(self, pattern):
        self.pattern = pattern
        self.until = time.monotonic() + DEADLINE
        self.pipe, writer = multiprocessing.Pipe(duplex=False)
        self.process = multiprocessing.Process(target=work, args=(pattern, writer))
        self.process.start()
        writer.close()
        self.answer = b""

    def left(self):
        return max(self.until - time.monotonic(), 0)

    def read(self):
        piece = os.read(self.pipe.fileno(), 1 << 16)
        self.answer += piece
        return not piece

    def end(self, by_itself):
        if not by_itself:
            self.process.kill()
        self.process.join()
        code = self.process.exitcode
        if by_itself and code == 0:
            lines = self.answer.count(b"\n")
            outcome = f"{lines} names, {len(self.answer)} bytes"
        elif by_itself:
            outcome = f"failed: exit code {code}"
        elif len(self.answer) > AT_MOST:
            outcome = f"too much: exit code {code}"
        else:
            outcome = f"too late: exit code {code}"
        print(f"  {self.pattern:9} {outcome}")


def join_then_read(workers):
    for worker in workers:
        worker.process.join(worker.left())
        in_time = worker.process.exitcode is not None
        while in_time and not worker.read():
            pass
        worker.end(in_time)


def read_then_join(running):
    while running:
        next_one = min(worker.left() for worker in running)
        ready = connection.wait([worker.pipe for worker in running], next_one)
        for worker in list(running):
            ended = worker.pipe in ready and worker.read()
            too_much = len(worker.answer) > AT_MOST
            if ended or too_much or not worker.left():
                running.remove(worker)
                worker.end(ended)


def main():
    print("join, then read:", flush=True)
    join_then_read([Worker(pattern) for pattern in ["*17*.jpg", "*"]])
    print("read, then join:", flush=True)
    patterns = ["*17*.jpg", "*", "[0-9]*", "-"]
    read_then_join([Worker(pattern) for pattern in patterns])


if __name__ == "__main__":
    main()
