"""TODO: what it shows, in a line."""

import multiprocessing


def task(number):
    print(f"task {number} is done")


if __name__ == "__main__":
    process = multiprocessing.Process(target=task, args=(0,))
    process.start()
    process.join()
    print(f"process 0 has ended, exit status: {process.exitcode}", flush=True)
