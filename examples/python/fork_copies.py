"""What a forked child has of its parent's: a copy, a share, or nothing of it."""

import fcntl
import multiprocessing
import os
import random
import select
import signal
import sys
import tempfile
import traceback

FORK = multiprocessing.get_context("fork")


def in_a_child(task):
    """A bare fork: multiprocessing would give the child another stdin."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            task()
            sys.stdout.flush()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code != 0:
        raise SystemExit(f"a child failed, {code}")


def memory():
    data = bytearray(b"\x01") * (16 << 20)

    def change():
        data[:] = b"\x02" * len(data)

    in_a_child(change)
    print(f"  the parent still reads {data[0]}")


def random_numbers():
    # the functions of the module random are seeded anew after a fork; a generator of one's own isn't
    generator = random.Random(2026)

    def draw(stream):
        if stream == 0:
            return generator.random()
        return random.Random(2026 + stream).random()

    for how, streams in ("wrong, one stream", [0, 0, 0]), ("right, three", [1, 2, 3]):
        drawn = multiprocessing.RawArray("d", 3)
        for place, stream in enumerate(streams):
            in_a_child(lambda: drawn.__setitem__(place, draw(stream)))
        print(f"  {how}: 3 workers draw {len(set(drawn))} different numbers")


def show(lines):
    return "[" + ", ".join(f'"{line}"' for line in lines) + "]"


def stdin_read_ahead():
    reader, writer = os.pipe()
    os.write(writer, b"one\ntwo\nthree\nfour\n")
    os.close(writer)
    os.dup2(reader, 0)  # as if somebody had typed these lines

    first = sys.stdin.readline()
    print(f'  the parent has read "{first[:-1]}\\n"')

    def rest():
        return [line.rstrip("\n") for line in sys.stdin]

    in_a_child(lambda: print(f"  wrong, the child: {show(rest())}"))
    lines = rest()
    print(f"  and the parent:   {show(lines)}")
    half = len(lines) // 2
    in_a_child(lambda: print(f"  right, the child: {show(lines[half:])}"))
    print(f"  and the parent:   {show(lines[:half])}")


def opened_twice():
    """Opens a file of eight letters twice; its name is gone at the end."""
    with tempfile.NamedTemporaryFile() as named:
        named.write(b"abcdefgh")
        named.flush()
        return [os.open(named.name, os.O_RDWR) for _ in range(2)]


def position():
    file, _ = opened_twice()

    def read_next(who):
        print(f"  {who} reads {os.read(file, 2).decode()}")

    def read_at(who, place):
        print(f"  {who} reads {os.pread(file, 2, place).decode()} at {place}")

    read_next("the parent")
    in_a_child(lambda: read_next("wrong, the child"))
    read_next("the parent")
    in_a_child(lambda: read_at("right, the child", 2))
    read_next("the parent")


def flock(file, how):
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
        return "granted"
    except BlockingIOError:
        return "refused"


def lock_on_a_file():
    for how in "wrong, closed", "right, unlocked and closed":
        file, other = opened_twice()
        flock(file, fcntl.LOCK_EX)
        end, writer = os.pipe()

        def wait():
            os.close(writer)
            os.read(end, 1)  # it waits, and knows no lock

        child = FORK.Process(target=wait)
        child.start()
        if how.startswith("right"):
            flock(file, fcntl.LOCK_UN)
        os.close(file)
        print(f"  {how} by the parent: {flock(other, fcntl.LOCK_EX)}")
        os.close(writer)
        child.join()
        print(f"  the child has ended: {flock(other, fcntl.LOCK_EX)}")


def epoll():
    reader, writer = os.pipe()
    os.write(writer, b"!")

    def watch():
        new = select.epoll()
        new.register(reader, select.EPOLLIN)
        return new

    watched = watch()

    def report(who):
        print(f"  {who}, the parent's set has {len(watched.poll(0))} ready")

    report("before the forks")
    in_a_child(lambda: watch().unregister(reader))
    report("right, a child has tidied up a set of its own")
    in_a_child(lambda: watched.unregister(reader))
    report("wrong, a child has tidied up its copy")


def left_behind():
    file, _ = opened_twice()
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    signal.raise_signal(signal.SIGUSR1)  # it waits until somebody lets it in
    signal.alarm(60)

    def report(who):
        print(f"  {who}: a signal waits: {str(signal.SIGUSR1 in signal.sigpending()).lower()}")
        print(f"  {who}: an alarm is set: {str(signal.alarm(60) > 0).lower()}")
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            locked = "true"
        except OSError:
            locked = "false"
        print(f"  {who}: it has the record lock: {locked}")

    report("the parent")
    in_a_child(lambda: report("the child"))


if __name__ == "__main__":
    for title, scene in {
        "memory": memory,
        "random numbers": random_numbers,
        "what stdin has read ahead": stdin_read_ahead,
        "the position in a file": position,
        "a lock on a file": lock_on_a_file,
        "an epoll set": epoll,
        "what is left behind": left_behind,
    }.items():
        print(f"{title}:", flush=True)
        in_a_child(scene)
