"""Processes that end in any order, and results put in order by their index."""

import multiprocessing
import time


def task(index, tasks, results):
    # The later it was started, the sooner it is done.
    time.sleep(0.02 * (tasks - index))
    results.put((index, index * index))


if __name__ == "__main__":
    tasks = 5
    queue = multiprocessing.SimpleQueue()
    processes = []
    for index in range(tasks):
        process = multiprocessing.Process(target=task, args=(index, tasks, queue))
        process.start()
        processes.append(process)

    results = [None] * tasks
    for _ in range(tasks):
        index, result = queue.get()
        print(f"task {index} is done")
        results[index] = result
    for process in processes:
        process.join()
    for index, result in enumerate(results):
        print(f"{index} squared is {result}")
