"""What a thread shares with its caller and a process does not; a race condition."""

import multiprocessing
import threading

number = 1


def add_one(who):
    global number
    number += 1
    print(f"{who}  the number is {number}", flush=True)


def in_a_thread():
    thread = threading.Thread(target=add_one, args=("thread:",))
    thread.start()
    thread.join()
    print(f"caller:  the number is {number}")


def in_a_process():
    process = multiprocessing.Process(target=add_one, args=("child: ",))
    process.start()
    process.join()
    print(f"parent:  the number is {number}")


def run_twice(task):
    threads = [threading.Thread(target=task) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def add_in_two_steps():
    total = 0
    both_have_read = threading.Barrier(2)

    def add():
        nonlocal total
        seen = total
        both_have_read.wait()
        total = seen + 1

    run_twice(add)
    return total


def add_in_one_step():
    total = 0
    lock = threading.Lock()

    def add():
        nonlocal total
        with lock:
            total += 1

    run_twice(add)
    return total


if __name__ == "__main__":
    in_a_thread()
    print(f"1 + 1 in two steps: {add_in_two_steps()}")
    print(f"1 + 1 in one step:  {add_in_one_step()}", flush=True)
    number = 1
    in_a_process()
