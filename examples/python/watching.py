"""A hang that is found: each process is asked, and tells in which function it is."""

import faulthandler
import mmap
import multiprocessing
import os
import re
import signal
import tempfile
import threading
import time

FORK = multiprocessing.get_context("fork")
LIMIT = 20  # seconds, after which whoever still hangs ends by itself
OWN_FRAME = re.compile(r'File ".*watching\.py", line \d+ in (\w+)')


class Worker:
    def __init__(self, work):
        self.answers = tempfile.TemporaryFile()
        # What answers is written in C: it waits for no lock, nor for the interpreter.
        # Before the fork, since without it the signal would kill the child.
        faulthandler.register(signal.SIGUSR1, file=self.answers, all_threads=True)
        self.process = FORK.Process(target=self.run, args=[work])
        self.process.start()

    def run(self, work):
        faulthandler.dump_traceback_later(LIMIT, exit=True, file=self.answers)
        work()

    def ask(self):
        """For each thread the function of this file that it is in."""
        file = self.answers.fileno()
        before = os.fstat(file).st_size
        os.kill(self.process.pid, signal.SIGUSR1)
        time.sleep(0.1)
        answer = os.pread(file, 1 << 16, before).decode()
        threads = re.split(r"(?:Thread|Current thread) 0x", answer)
        found = [OWN_FRAME.search(thread) for thread in threads]
        return sorted(frame[1] for frame in found if frame)


def a_copy_is_kept():
    from_parent, to_first = os.pipe()
    never, held = os.pipe()

    def first():
        os.close(to_first)
        os.read(from_parent, 1)

    def second():  # wrong: it keeps its copy of `to_first`
        os.read(never, 1)

    workers = [Worker(first), Worker(second)]
    os.close(to_first)
    return workers, [["first"], ["second"]]


def two_locks():
    accounts = [threading.Lock(), threading.Lock()]
    both = threading.Barrier(2)

    def giver_first(giver, taker):  # wrong: each takes its own lock first
        with accounts[giver]:
            both.wait()
            with accounts[taker]:
                pass

    def work():
        ways = [(0, 1), (1, 0)]
        threads = [threading.Thread(target=giver_first, args=way) for way in ways]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return [Worker(work)], [["giver_first", "giver_first", "work"]]


def a_flag_that_nobody_sets():
    done = mmap.mmap(-1, 1)

    def spin_until():
        while not done[0]:
            pass

    return [Worker(spin_until)], [["spin_until"]]


def a_worker_is_stopped():
    def stop():
        os.kill(os.getpid(), signal.SIGSTOP)

    worker = Worker(stop)
    os.waitid(os.P_PID, worker.process.pid, os.WSTOPPED | os.WNOWAIT)
    return [worker], [[]]  # it can't answer


def show(title, scene):
    print(f"{title}:")
    workers, expected = scene()
    try:
        answers = [worker.ask() for worker in workers]
        deadline = time.monotonic() + LIMIT
        while answers != expected and time.monotonic() < deadline:
            answers = [worker.ask() for worker in workers]
        for number, answer in enumerate(answers):
            print(f"  worker {number}: {', '.join(answer) or 'no answer'}")
    finally:
        for worker in workers:
            worker.process.kill()
            worker.process.join()


if __name__ == "__main__":
    show("a copy of a writing end is kept", a_copy_is_kept)
    show("two locks, in two orders", two_locks)
    show("a flag that nobody sets", a_flag_that_nobody_sets)
    show("a worker is stopped", a_worker_is_stopped)
