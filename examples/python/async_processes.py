"""Processes as tasks: a few at a time, each with a deadline; and work that blocks."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import time

JOBS = ["long", "hangs", "short", "fails", "long", "short"]


def job(name):
    match name:
        case "short":
            print("a line\n" * 3, end="")
        case "long":
            print("a line\n" * 20_000, end="")  # more than a pipe holds
        case "hangs":
            sys.stdin.read()  # until its parent is gone
        case "fails":
            sys.exit(65)


async def run(name, permits, limit, stop):
    async with permits:
        if stop.is_set():
            return "stopped"
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            __file__,
            "job",
            name,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        # Both at once: a child whose pipe is full does not end before somebody reads.
        ended = asyncio.gather(count_lines(child.stdout), child.wait())
        stopped = asyncio.create_task(stop.wait())
        try:
            done, _ = await asyncio.wait(
                [ended, stopped], timeout=limit, return_when=asyncio.FIRST_COMPLETED
            )
            if ended in done:
                lines, status = ended.result()
                return f"exit status: {status}" if status else f"{lines} lines"
            return "stopped" if stopped in done else "too late"
        finally:
            stopped.cancel()
            if child.returncode is None:
                child.kill()
            await child.wait()
            ended.cancel()


async def count_lines(output):
    count = 0
    async for _ in output:
        count += 1
    return count


async def run_all(at_once, limit):
    permits, stop = asyncio.Semaphore(at_once), asyncio.Event()
    with contextlib.suppress(NotImplementedError):  # Windows
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)

    async def named(name):
        return name, await run(name, permits, limit, stop)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(named(name)) for name in JOBS]
        for task in asyncio.as_completed(tasks):
            name, outcome = await task
            print(f"  {name:6} {outcome}", flush=True)
    return stop.is_set()


def longest_way(numbers):
    def steps(n):
        count = 1
        while n != 1:
            n = 3 * n + 1 if n % 2 else n // 2
            count += 1
        return count

    return max(range(1, numbers), key=lambda n: (steps(n), n))


async def longest_pause(work):
    last, longest = time.monotonic(), 0

    async def clock():
        nonlocal last, longest
        while True:
            await asyncio.sleep(0.001)
            longest = max(longest, time.monotonic() - last)
            last = time.monotonic()

    ticking = asyncio.create_task(clock())
    found = await work
    ticking.cancel()
    return found, max(longest, time.monotonic() - last) * 1000


async def main(at_once, deadline, numbers):
    print(f"{len(JOBS)} jobs, at most {at_once} at a time:", flush=True)
    if await run_all(at_once, deadline / 1000):
        return True

    async def itself():
        return longest_way(numbers)

    found, pause = await longest_pause(itself())
    print(f"in the task: {found}; all else waited {pause:.0f} ms")
    # A thread takes turns with the others: they go on, and the work is no faster.
    found, pause = await longest_pause(asyncio.to_thread(longest_way, numbers))
    print(f"apart from it: {found}; all else waited {pause:.0f} ms")
    return False


if __name__ == "__main__":
    if sys.argv[1:2] == ["job"]:
        job(sys.argv[2])
        sys.exit()
    parser = argparse.ArgumentParser()
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--deadline", type=int, default=2000)
    parser.add_argument("--numbers", type=int, default=10_000)
    args = parser.parse_args()
    if asyncio.run(main(args.at_once, args.deadline, args.numbers)):
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
