"""The first answer ends the search: by processes, threads and async."""

import asyncio
import hashlib
import itertools
import multiprocessing
import threading
import time
from multiprocessing import connection

SECRET = "rust"
WORKERS = 4
PIECE = 1000


def word(number):
    letters = ""
    while number > 0:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("a") + letter) + letters
    return letters


def digest(text):
    return hashlib.sha256(text.encode()).digest()


def search(piece, wanted):
    words = map(word, range(piece * PIECE, (piece + 1) * PIECE))
    return next((word for word in words if digest(word) == wanted), None)


def pieces(worker):
    return itertools.count(worker, WORKERS)


def search_for_a_parent(worker, wanted, pipe):
    for piece in pieces(worker):
        if answer := search(piece, wanted):
            pipe.send(answer)
            return
        if not multiprocessing.parent_process().is_alive():
            return  # nobody needs an answer


def by_processes(wanted):
    children, pipes = [], []
    try:
        for worker in range(WORKERS):
            pipe, writer = multiprocessing.Pipe(duplex=False)
            child = multiprocessing.Process(
                target=search_for_a_parent, args=(worker, wanted, writer)
            )
            child.start()
            writer.close()
            children.append(child)
            pipes.append(pipe)
        # EOFError if one has ended without an answer
        return connection.wait(pipes)[0].recv()
    finally:
        for child in children:
            child.kill()  # all of them, before the first is waited for
        for child in children:
            child.join()


def by_threads(wanted):
    answers, found = [], threading.Event()

    def work(worker):
        for piece in pieces(worker):
            if found.is_set():
                return
            if answer := search(piece, wanted):
                answers.append(answer)
                found.set()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers[0]


def by_async(wanted):
    async def work(worker):
        for piece in pieces(worker):
            if answer := search(piece, wanted):
                return answer
            await asyncio.sleep(0)  # now others run, and here it can end

    async def first():
        tasks = [asyncio.create_task(work(worker)) for worker in range(WORKERS)]
        done, others = await asyncio.wait(
            tasks, return_when=asyncio.FIRST_COMPLETED
        )
        for task in others:
            task.cancel()
        return done.pop().result()

    return asyncio.run(first())


def main():
    ways = [
        ("processes:", by_processes, "the others were killed"),
        ("threads:", by_threads, "the others saw that there is an answer"),
        ("async:", by_async, "the others were dropped where they wait"),
    ]
    for name, way, how in ways:
        start = time.monotonic()
        answer = way(digest(SECRET))
        assert answer == SECRET
        duration = (time.monotonic() - start) * 1000
        print(f"{name:10} {answer}, after {duration:.0f} ms; {how}", flush=True)


if __name__ == "__main__":
    main()
