"""Limits of a process: how each shows, and what a parent sees."""

import mmap
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time

FORK = multiprocessing.get_context("fork")
CPU = 1  # seconds
MIB = 1 << 20


def limit(which, soft):
    _, hard = resource.getrlimit(which)
    resource.setrlimit(which, (soft, hard))


def status_of(process):
    code = process.exitcode
    if code < 0:
        return f"signal: {-code} ({signal.Signals(-code).name})"
    return f"exit status: {code}"


def text(error):
    return f"{error.strerror} (os error {error.errno})"


def ended(task):
    process = FORK.Process(target=task)
    process.start()
    process.join()
    return status_of(process)


def takes_it_for_granted():
    sys.stderr = open(os.devnull, "w")  # a traceback of MemoryError
    bytearray(1024 * MIB)


def memory():
    limit(resource.RLIMIT_AS, 512 * MIB)
    try:
        bytearray(1024 * MIB)
    except MemoryError as error:
        print(f"  bytearray: {type(error).__name__}")
    try:
        mmap.mmap(-1, 1024 * MIB)
    except OSError as error:
        print(f"  mmap: {text(error)}")
    threading.stack_size(1024 * MIB)
    try:
        threading.Thread(target=lambda: None).start()
    except RuntimeError as error:
        print(f"  a thread: {error}")
    print(f"  who takes it for granted: {ended(takes_it_for_granted)}")


def compute():
    while True:
        pass


def processor_time():
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU + 1))
    sleeps = FORK.Process(target=time.sleep, args=[CPU])
    sleeps.start()
    print(f"  who computes: {ended(compute)}")
    sleeps.join()
    print(f"  who sleeps as long: {status_of(sleeps)}")


def descriptors():
    limit(resource.RLIMIT_NOFILE, 16)
    files = []
    try:
        while True:
            files.append(open("/dev/null"))
    except OSError as error:
        print(f"  one file more: {text(error)}")
    try:
        os.pipe()
    except OSError as error:
        print(f"  a pipe: {text(error)}")
    try:
        FORK.Process(target=lambda: None).start()
    except OSError as error:
        print(f"  a child: {text(error)}")
    for file in files[-4:]:  # a Process has two pipes of its own
        file.close()
    print(f"  a child, with four files closed: {ended(lambda: None)}")


def processes():
    if os.geteuid() == 0:
        os.setuid(65534)  # nobody: for root this limit doesn't hold
    limit(resource.RLIMIT_NPROC, 1)
    try:
        FORK.Process(target=lambda: None).start()
    except OSError as error:
        print(f"  a child: {text(error)}")
    try:
        threading.Thread(target=lambda: None).start()
    except RuntimeError as error:
        print(f"  a thread: {error}")
    limit(resource.RLIMIT_NPROC, resource.getrlimit(resource.RLIMIT_NPROC)[1])
    print(f"  a child, with the limit raised again: {ended(lambda: None)}")


def scene(title, task):
    print(title, flush=True)
    status = ended(task)
    if status != "exit status: 0":
        raise SystemExit(f"a child failed, {status}")


if __name__ == "__main__":
    # those who are killed leave no core file
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    scene("memory, 512 MiB:", memory)
    if CPU:
        scene(f"processor time, {CPU} s:", processor_time)
    scene("descriptors, 16:", descriptors)
    scene("processes, 1:", processes)
