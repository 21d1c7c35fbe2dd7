"""What goes wrong at a fork: each mistake in a process of its own, then its cure."""

import multiprocessing
import os
import signal
import sys
import threading
import time
import warnings

FORK = multiprocessing.get_context("fork")


def start(task):
    """The right way: Process flushes, catches what is raised and ends the child."""
    process = FORK.Process(target=task)
    process.start()
    process.join()
    return process.exitcode


def wait(child):
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        return f"signal: {signal.Signals(-code).name}"
    return f"exit status: {code}"


def wrong_buffer():
    print("  begun before the fork, ", end="")
    child = os.fork()
    if child == 0:
        print("ended by the child")
        sys.exit(0)
    wait(child)
    print("ended by the parent")


def right_buffer():
    print("  begun before the fork, ", end="")
    start(lambda: print("ended by the child"))
    print("  ended by the parent")


class Folder:
    """Stands for what its owner gives back at the end."""

    def __enter__(self):
        self.owner = os.getpid()

    def __exit__(self, *exception):
        who = "parent" if os.getpid() == self.owner else "child"
        print(f"  the {who} deletes the folder")


def fail():
    raise SystemExit(101)


def wrong_exception():
    with Folder():
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            fail()
        print(f"  the child: {wait(child)}")


def wrong_exception_in_a_thread():
    thread = threading.Thread(target=wrong_exception)
    thread.start()
    thread.join()


def right_exception():
    with Folder():
        print(f"  the child: exit status: {start(fail)}")


def wrong_lock():
    lock = threading.Lock()
    locked, forked = threading.Event(), threading.Event()

    def hold():
        with lock:
            locked.set()
            forked.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    locked.wait()
    child = os.fork()
    if child == 0:
        signal.alarm(1)  # after a second, SIGALRM ends this process
        with lock:
            os._exit(0)
    forked.set()
    thread.join()
    with lock:
        print("  the parent prints: its thread has opened the lock")
    print(f"  the child waits for ever: {wait(child)}")


def endings():
    tasks = {
        "returns": lambda: None,
        "panics": fail,
        "calls exit(3)": lambda: sys.exit(3),
        "calls exit(256)": lambda: sys.exit(256),
        "is killed": lambda: signal.raise_signal(signal.SIGKILL),
    }
    for what, task in tasks.items():
        code = start(task)
        if code < 0:
            print(f"  it {what}: signal: {-code} ({signal.Signals(-code).name})")
        else:
            print(f"  it {what}: exit status: {code}")


def state(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            letter = stat.read().rpartition(") ")[2][0]
        return "a zombie" if letter == "Z" else "running"
    except FileNotFoundError:
        return "gone"


def zombie():
    child = os.fork()
    if child == 0:
        os._exit(0)
    while state(child) == "running":
        time.sleep(0.001)
    print(f"  the child has ended and is {state(child)}")
    wait(child)
    print(f"  after join it is {state(child)}")


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True, write_through=False)
    # since Python 3.12, fork beside a thread warns
    warnings.simplefilter("ignore", DeprecationWarning)
    for title, scene in {
        "a buffer, wrong": wrong_buffer,
        "a buffer, right": right_buffer,
        "a panic, wrong": wrong_exception,
        "a panic in a thread, wrong": wrong_exception_in_a_thread,
        "a panic, right": right_exception,
        "a lock, wrong": wrong_lock,
        "how a child ends": endings,
        "until it is waited for": zombie,
    }.items():
        print(f"{title}:", flush=True)
        start(scene)
