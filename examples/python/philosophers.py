"""Five philosophers and five forks: a deadlock, its cures, and a cure that needs one."""

import multiprocessing
import random
import signal
import threading
import time

SEATS = 5
TICKS = 1000
MEALS = 3


def left_and_right(seat):
    return seat, (seat + 1) % SEATS


def eat(forks, first, second):
    with forks[first]:
        time.sleep(0.001)  # the time to reach for the other one
        with forks[second]:
            time.sleep(0.001)


def left_first(forks, seat, everybody):
    left, right = left_and_right(seat)
    with forks[left]:
        everybody.wait()  # the moment at which it goes wrong, here in every run
        with forks[right]:
            pass


def in_order(forks, seat):
    left, right = left_and_right(seat)
    for _ in range(MEALS):
        eat(forks, min(left, right), max(left, right))


def with_a_waiter(forks, seat, waiter):
    left, right = left_and_right(seat)
    for _ in range(MEALS):
        with waiter:
            eat(forks, left, right)


class Table:
    def __init__(self):
        self.tick = threading.Barrier(SEATS)
        self.meals = [0] * SEATS


def by_trying(forks, seat, table, pause):
    left, right = left_and_right(seat)
    again_at = 0
    for now in range(TICKS):
        hungry = table.meals[seat] < MEALS and again_at <= now
        first = hungry and forks[left].acquire(blocking=False)
        table.tick.wait()
        second = first and forks[right].acquire(blocking=False)
        if second:
            table.meals[seat] += 1
        elif hungry:
            again_at = now + pause()
        table.tick.wait()
        if first:
            forks[left].release()
        if second:
            forks[right].release()
        if sum(table.meals) == SEATS * MEALS:
            break


def dinner(philosopher, *args):
    forks = [threading.Lock() for _ in range(SEATS)]
    threads = [
        threading.Thread(target=philosopher, args=(forks, seat, *args))
        for seat in range(SEATS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def dinner_by_trying(pause):
    table = Table()
    dinner(by_trying, table, pause)
    return sum(table.meals)


def deadlock():
    signal.alarm(10)  # ends it should nobody be left to kill it
    dinner(left_first, threading.Barrier(SEATS))


def main():
    child = multiprocessing.Process(target=deadlock)
    child.start()
    child.join(1)
    if child.is_alive():
        child.kill()
        child.join()
        ended = f"signal: {-child.exitcode} ({signal.Signals(-child.exitcode).name})"
        print(f"left first:             not done after a second, killed, {ended}")

    dinner(in_order)
    print(f"the lower number first: {SEATS * MEALS} meals")
    dinner(with_a_waiter, threading.Semaphore(SEATS - 1))
    print(f"with a waiter:          {SEATS * MEALS} meals")
    eaten = dinner_by_trying(lambda: 1)
    print(f"trying, the same pause: {eaten} meals in {TICKS} ticks")
    eaten = dinner_by_trying(lambda: random.randint(1, 8))
    assert eaten == SEATS * MEALS
    print(f"trying, a random pause: {eaten} meals")


if __name__ == "__main__":
    main()
