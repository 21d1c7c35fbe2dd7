"""Python keeps the program, and Rust counts in its memory. cargo python from_python"""

import argparse
import array
import multiprocessing
import sys
import threading

import rust_primes


def is_prime(n):
    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))


def has_a_turn_while(function):
    """Whether another thread of Python gets to run before the function returns."""
    gate, began, turns = threading.Lock(), threading.Event(), []

    def other():
        began.set()
        with gate:
            turns.append(True)

    with gate:
        thread = threading.Thread(target=other)
        thread.start()
        began.wait()
    function()
    turn = bool(turns)
    thread.join()
    return turn


def answer(sender, numbers, check):
    try:
        sender.send(f"{rust_primes.count(numbers, check=check)} primes")
    except RuntimeError as error:
        sender.send(str(error))


def ask_child(method, numbers, check=True, seconds=60):
    """What a child that is started in this way answers."""
    context = multiprocessing.get_context(method)
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=answer, args=(sender, numbers, check))
    child.start()
    sender.close()
    try:
        if receiver.poll(seconds):
            return receiver.recv()
        return f"no answer in {seconds} s"
    except EOFError:
        return "it has ended without an answer"
    finally:
        child.kill()
        child.join()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--limit", type=int, default=1_000_000)
    limit = parser.parse_args().limit
    if not 1_000 <= limit <= 10_000_000:
        parser.error("--limit: expected a number from 1000 to 10000000")

    numbers = array.array("q", range(limit))
    print(f"Rust counts {rust_primes.count(numbers)} primes")
    few = memoryview(numbers)[:1_000]
    print(f"of the first {len(few)}: {rust_primes.count(few)}, "
          f"and Python counts {sum(map(is_prime, few))}")
    marks = bytearray(limit)
    rust_primes.mark(numbers, marks)
    print(f"Rust has written {sum(marks)} marks into Python's bytearray")

    # From here on no thread of Python is asked to give up the lock.
    sys.setswitchinterval(1_000)
    turn = has_a_turn_while(lambda: sum(numbers))
    print(f"another thread has a turn while Python adds: {turn}")
    turn = has_a_turn_while(lambda: rust_primes.count(numbers))
    print(f"another thread has a turn while Rust counts: {turn}")

    few = array.array("q", few)
    print(f"fork, unchecked: {ask_child('fork', few, check=False, seconds=2)}")
    print(f"fork: {ask_child('fork', few)}")
    for method in ("forkserver", "spawn"):
        print(f"{method}: {ask_child(method, few)}")


if __name__ == "__main__":
    main()
