"""A supervisor: deadlines, restarts with a limit and back-off, an end in order."""

import multiprocessing
import os
import signal
import sys
import threading
import time

ATTEMPTS = 4
BACK_OFF = 0.05
SILENCE = 2
GRACE = 1
REFUSED = os.EX_DATAERR  # 65: nobody else uses it here

signals = []  # what has come in


def is_happy(n):
    """Whether it comes to 1 when the sum of its digits' squares takes its place."""
    while n > 4:  # an unhappy one comes to 4 sooner or later
        n = sum(int(digit) ** 2 for digit in str(n))
    return n == 1


def no_fault(attempt):
    pass


def panics_twice(attempt):
    assert attempt > 2, "a bug now and then"


def killed_once(attempt):
    if attempt == 1:
        os.kill(os.getpid(), signal.SIGKILL)


def hangs_once(attempt):
    if attempt == 1:
        time.sleep(60)


def always_panics(attempt):
    raise AssertionError("a bug that stays")


def end_with_supervisor(lifeline):
    os.read(lifeline.fileno(), 1)  # it returns when the supervisor has gone
    os._exit(1)


def work(task, attempt, board, lifeline, held):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    held.close()
    threading.Thread(target=end_with_supervisor, args=(lifeline,), daemon=True).start()
    _, start, end, fault = task
    fault(attempt)
    if start > end:
        sys.exit(REFUSED)
    for n in range(start, end):
        board[0] += is_happy(n)
        board[1] = n


class Worker:
    def __init__(self, task, attempt, ends):
        self.task, self.attempt = task, attempt
        self.board = multiprocessing.RawArray("q", 2)
        self.seen, self.heard = 0, time.monotonic()
        args = (task, attempt, self.board, *ends)
        self.process = multiprocessing.Process(target=work, args=args)
        self.process.start()

    def hangs(self):
        if self.seen != self.board[1]:
            self.seen, self.heard = self.board[1], time.monotonic()
        return time.monotonic() - self.heard > SILENCE and self.process.is_alive()


def status(code):
    if code < 0:
        return f"signal: {-code} ({signal.Signals(-code).name})"
    return f"exit status: {code}"


def supervise(running, todo, workers, ends):
    total = 0
    while not signals and (todo or running):
        due = [entry for entry in todo if entry[2] <= time.monotonic()]
        for entry in due[: workers - len(running)]:
            todo.remove(entry)
            running.append(Worker(entry[0], entry[1], ends))
        time.sleep(0.01)
        for worker in list(running):
            hung = worker.hangs()
            if hung:
                worker.process.kill()
            elif worker.process.is_alive():
                continue
            running.remove(worker)
            worker.process.join()
            code = worker.process.exitcode
            ended = "it hung" if hung else status(code)
            if code == 0:
                outcome = f"{worker.board[0]} happy numbers"
                total += worker.board[0]
            elif code == REFUSED or worker.attempt == ATTEMPTS:
                outcome = f"{ended}; the task is bad"
            else:
                pause = BACK_OFF * 2 ** (worker.attempt - 1)
                not_before = time.monotonic() + pause
                todo.append((worker.task, worker.attempt + 1, not_before))
                outcome = f"{ended}; again in {pause * 1000:.0f} ms"
            name = worker.task[0]
            print(f"task {name}, attempt {worker.attempt}: {outcome}", flush=True)
    return total


def shut_down(running):
    for worker in running:
        worker.process.terminate()
    start, killed = time.monotonic(), 0
    for worker in running:
        while worker.process.join(0.01) or worker.process.is_alive():
            if len(signals) > 1 or time.monotonic() - start > GRACE:
                worker.process.kill()
                worker.process.join()
                killed += 1
    print(f"told to end: {len(running)} workers; killed: {killed}")


def main():
    for number in [signal.SIGINT, signal.SIGTERM]:
        signal.signal(number, lambda number, frame: signals.append(number))
    limit = 1_000_000
    tasks = [
        ("A", 1, limit // 4 + 1, no_fault),
        ("B", limit // 4 + 1, limit // 2 + 1, panics_twice),
        ("C", limit // 2 + 1, limit * 3 // 4 + 1, killed_once),
        ("D", limit * 3 // 4 + 1, limit + 1, hangs_once),
        ("E", 0, 0, always_panics),
        ("F", limit, 0, no_fault),
    ]
    running = []
    ends = multiprocessing.Pipe(duplex=False)
    total = supervise(running, [(task, 1, 0) for task in tasks], 3, ends)
    if signals:
        shut_down(running)
        # It ends as the signal ends a program, and whoever started it sees that.
        sys.stdout.flush()
        signal.signal(signals[0], signal.SIG_DFL)
        signal.raise_signal(signals[0])
    print(f"{total} happy numbers up to {limit}")
    assert total == 143_071, "OEIS A068571"


if __name__ == "__main__":
    main()
