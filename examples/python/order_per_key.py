"""Order per key: the bookings of an account in order, the accounts side by side."""

import queue
import threading
import zlib


class Account:
    def __init__(self):
        self.balance = 0
        self.refused = 0


def book(accounts, event):
    name, amount = event
    account = accounts.setdefault(name, Account())
    if account.balance + amount < 0:
        account.refused += 1
    else:
        account.balance += amount


def events(rounds):
    """Into each account comes 1000, and then most of it goes out; and so on."""
    for _ in range(rounds):
        for name, rest in [("anna", 1), ("ben", 2), ("chen", 3), ("dora", 4)]:
            yield name, 1000
            yield name, rest - 1000


def run(threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def one_queue(events):
    """Wrong: two workers take from one queue. What comes in takes longer to book."""
    waiting = queue.SimpleQueue()
    for event in [*events, None, None]:
        waiting.put(event)
    accounts = {}
    lock = threading.Lock()
    both = threading.Barrier(2)

    def work():
        for event in iter(waiting.get, None):
            both.wait()
            if event[1] > 0:
                both.wait()
            with lock:
                book(accounts, event)
            if event[1] <= 0:
                both.wait()

    run([threading.Thread(target=work) for _ in range(2)])
    return [accounts]


def queue_by_key(events, workers):
    """Right: a queue for each worker. An account belongs to one of them."""
    queues = [queue.Queue(maxsize=8) for _ in range(workers)]
    parts = [{} for _ in range(workers)]

    def work(mine, accounts):
        for event in iter(mine.get, None):
            book(accounts, event)

    threads = [threading.Thread(target=work, args=pair) for pair in zip(queues, parts)]
    for thread in threads:
        thread.start()
    for event in events:
        queues[zlib.crc32(event[0].encode()) % workers].put(event)
    for mine, thread in zip(queues, threads):
        mine.put(None)  # a queue has no end of its own: None stands for it
        thread.join()
    return parts


def pay_bonus(parts, bonus):
    """The second half: each account gets its share of a bonus, by its part."""
    total = sum(account.balance for part in parts for account in part.values())

    def work(accounts):
        for account in accounts.values():
            account.balance += bonus * account.balance // total

    run([threading.Thread(target=work, args=(accounts,)) for accounts in parts])


def show(title, parts):
    print(f"{title}:")
    for name, account in sorted(item for part in parts for item in part.items()):
        print(f"  {name} {account.balance}, refused {account.refused}")


if __name__ == "__main__":
    show("one queue for two workers", one_queue(events(10)))
    parts = queue_by_key(events(10), 3)
    show("a queue for each worker", parts)
    pay_bonus(parts, 1000)
    show("with the bonus", parts)
