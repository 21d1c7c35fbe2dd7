"""What threads share (everything), and what a forked child takes along (a copy)."""

import multiprocessing
import sys
import threading

THREADS = 3
WORDS = """below brag chin cider cried desserts dusty elbow enlist grab inch listen night
save silent state stressed study taste thing tinsel vase""".split()


def add(groups, word):
    groups.setdefault("".join(sorted(word)), []).append(word)


def run(target, *args):
    threads = [
        threading.Thread(target=target, args=(*args, WORDS[worker::THREADS]))
        for worker in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def in_threads():
    groups = {}
    lock = threading.Lock()

    def work(words):
        for word in words:
            with lock:  # nothing asks for it: without this line the program starts as well
                add(groups, word)

    run(work)
    return groups


def moved():
    tallies = []

    def work(words):
        letters = 0
        for word in words:
            letters += len(word)
        tallies.append(letters)

    run(work)
    return sum(tallies)


def in_a_child():
    groups = {}
    shared = multiprocessing.Value("i", 0)

    def work():
        for word in WORDS:
            add(groups, word)
        shared.value = len(groups)
        print(f"in the child:   {len(groups)} groups in a dict", flush=True)

    # By fork: a start method that starts Python again would want to pickle `work`.
    child = multiprocessing.get_context("fork").Process(target=work)
    child.start()
    child.join()
    if child.exitcode != 0:
        sys.exit("the child failed")
    print(f"in the parent:  {len(groups)} in the same dict")
    print(f"                {shared.value} in a Value")


def report(how, groups):
    largest = max(groups.values(), key=len)
    print(f"{how} {len(groups)} groups, the largest: {' '.join(sorted(largest))}")


def main():
    report("owned together:", in_threads())
    print(f"moved:          the tallies are back, together {moved()} letters", flush=True)
    in_a_child()


if __name__ == "__main__":
    main()
