"""Signals: who gets them, what a handler may do, what a child inherits, the end."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

FORK = multiprocessing.get_context("fork")


def in_a_child(task):
    process = FORK.Process(target=task)
    process.start()
    process.join()
    if process.exitcode != 0:
        raise SystemExit(f"a child failed, {process.exitcode}")


def status_of(process):
    code = process.exitcode
    if code < 0:
        return f"signal: {-code} ({signal.Signals(-code).name})"
    return f"exit status: {code}"


handled = []  # by which threads


def note(number, frame):
    handled.append(threading.current_thread())


def which_thread():
    signal.signal(signal.SIGUSR1, note)
    end = threading.Event()
    other = threading.Thread(target=end.wait)
    other.start()

    def taken_by():
        handled.clear()
        os.kill(os.getpid(), signal.SIGUSR1)
        while not handled:
            time.sleep(0.001)
        return "the first thread" if handled[0] is threading.main_thread() else "the other thread"

    print(f"  both let it in: {taken_by()} handles it")
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    # the other thread takes the signal, and Python still calls the function in the first one
    print(f"  the first one blocks it: {taken_by()} handles it")
    end.set()
    other.join()


def interrupted():
    signal.signal(signal.SIGUSR1, note)
    reader, writer = os.pipe()
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])

    def send():
        while len(handled) < 20:
            os.kill(os.getpid(), signal.SIGUSR1)
            time.sleep(0.001)
        os.write(writer, b"!")

    sender = threading.Thread(target=send)
    sender.start()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
    os.read(reader, 1)  # since Python 3.5 it reads again when a signal interrupts it
    sender.join()
    print("  read, with it: a byte")


def a_pipe_to_oneself():
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    for number in signal.SIGUSR1, signal.SIGTERM:
        signal.signal(number, lambda number, frame: None)
        signal.raise_signal(number)  # before anybody waits
    for number in os.read(reader, 100):
        print(f"  {signal.Signals(number).name} was not missed")


def children():
    signal.signal(signal.SIGCHLD, note)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    started = [FORK.Process(target=lambda: None) for _ in range(3)]
    for child in started:
        child.start()
    for child in started:
        child.join()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    print(f"  3 children have ended, calls of the handler: {len(handled)}")


def nobody_reads():
    for how, action in ("ignored", signal.SIG_IGN), ("not ignored", signal.SIG_DFL):

        def write():
            signal.signal(signal.SIGPIPE, action)
            reader, writer = os.pipe()
            os.close(reader)
            try:
                os.write(writer, b"!")
            except BrokenPipeError as error:
                print(f"  SIGPIPE {how}, the write: {error.strerror} (os error {error.errno})")

        child = FORK.Process(target=write)
        child.start()
        child.join()
        print(f"  SIGPIPE {how}, the child: {status_of(child)}")


def fates(status):
    sets = dict(line.split(":\t") for line in status.splitlines())

    def fate(number):
        for name, word in ("SigBlk", "blocked"), ("SigIgn", "ignored"), ("SigCgt", "handled"):
            if int(sets[name], 16) >> (number - 1) & 1:
                return word
        return "default"

    return ", ".join(map(fate, [signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM]))


def inherited():
    signal.signal(signal.SIGUSR1, note)
    signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])

    def status():
        with open("/proc/self/status") as file:
            return file.read()

    print(f"  this process:      {fates(status())}")
    sys.stdout.flush()
    in_a_child(lambda: print(f"  a forked child:    {fates(status())}"))
    cat = subprocess.run(["cat", "/proc/self/status"], capture_output=True, text=True, check=True)
    print(f"  another program:   {fates(cat.stdout)}")


def consume(reader, writer):
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # its producer decides
    os.close(writer)
    with open(reader) as lines:
        print(f"  the consumer has taken {len(list(lines))} items")


def produce(items, interrupt):
    signal.signal(signal.SIGINT, signal.default_int_handler)
    reader, writer = os.pipe()
    consumer = FORK.Process(target=consume, args=(reader, writer))
    consumer.start()
    os.close(reader)
    print("  the producer begins", flush=True)
    interrupted = False
    try:
        for item in range(1, items + 1):
            os.write(writer, b"an item\n")
            if item == interrupt:
                signal.raise_signal(signal.SIGINT)  # as if somebody had pressed Ctrl-C
            time.sleep(0.02)
    except KeyboardInterrupt:
        print(f"  SIGINT: the producer has made {item} items and stops", flush=True)
        interrupted = True
    os.close(writer)
    consumer.join()
    if interrupted:
        sys.stdout.flush()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.raise_signal(signal.SIGINT)


def in_order(items, interrupt):
    # as a shell does: it waits, and looks how its program has ended
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    producer = FORK.Process(target=produce, args=(items, interrupt))
    producer.start()
    producer.join()
    print(f"  who waits for it sees: {status_of(producer)}")


if __name__ == "__main__":
    for title, scene in {
        "which thread": which_thread,
        "a call that is interrupted": interrupted,
        "a pipe to oneself": a_pipe_to_oneself,
        "children that end": children,
        "nobody reads": nobody_reads,
        "what is inherited": inherited,
    }.items():
        print(f"{title}:", flush=True)
        in_a_child(scene)
    print("Ctrl-C:", flush=True)
    in_order(5, 3)
