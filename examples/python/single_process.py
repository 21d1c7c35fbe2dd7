"""One child process: first by hand with fork and wait, then through Process."""

import multiprocessing
import os
import sys


def task(a, b):
    print("Task in the process.")
    print(a, b)


def by_hand():
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        task(1, 2)
        sys.stdout.flush()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    print(f"The child has ended, exit status: {code}", flush=True)


def through_process():
    process = multiprocessing.Process(target=task, args=(1, 2))
    process.start()
    process.join()
    print(f"The child has ended, exit status: {process.exitcode}")


if __name__ == "__main__":
    by_hand()
    through_process()
