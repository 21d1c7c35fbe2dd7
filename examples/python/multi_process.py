"""Several processes at once, then a join for each."""

import multiprocessing
import os


def task(number):
    print(f"This is process {number} (pid {os.getpid()})")


if __name__ == "__main__":
    processes = []
    for number in range(5):
        process = multiprocessing.Process(target=task, args=(number,))
        process.start()
        processes.append(process)
    for number, process in enumerate(processes):
        process.join()
        status = process.exitcode
        print(f"process {number} has ended, exit status: {status}", flush=True)
