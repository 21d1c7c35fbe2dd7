"""The template: as many processes as there are CPUs for this program."""

import multiprocessing
import os


def task(number):
    print(f"This is worker {number} (pid {os.getpid()})")


if __name__ == "__main__":
    print(f"multiprocessing.cpu_count: {multiprocessing.cpu_count()} CPUs")
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        available = len(os.sched_getaffinity(0))
    else:
        available = os.cpu_count()
    print(f"os.sched_getaffinity:      {available} CPUs", flush=True)

    processes = []
    for number in range(available):
        process = multiprocessing.Process(target=task, args=(number,))
        process.start()
        processes.append(process)
    for process in processes:
        process.join()
