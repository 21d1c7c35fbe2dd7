"""Workers behind pipes: messages with a length, objects as bytes, and one cut short."""

import multiprocessing
import os
import struct


def points_in(rows, radius):
    """How many points of the circle stand in these rows. They are whole numbers."""
    columns = range(-radius, radius + 1)
    return sum(x * x + y * y <= radius * radius for y in rows for x in columns)


def serve(requests, answers, of_parent):
    for end in of_parent:  # the child closes its copies of the parent's ends
        end.close()
    while True:
        try:
            rows, radius = requests.recv()
        except EOFError:
            break
        answers.send((rows, points_in(rows, radius)))


def start(of_parent):
    from_parent, requests = multiprocessing.Pipe(duplex=False)
    answers, to_parent = multiprocessing.Pipe(duplex=False)
    of_parent += [requests, answers]
    process = multiprocessing.Process(
        target=serve, args=(from_parent, to_parent, of_parent)
    )
    process.start()
    from_parent.close()
    to_parent.close()
    return process, requests, answers


def count(workers, radius):
    bounds = [(2 * radius + 1) * n // workers - radius for n in range(workers + 1)]
    of_parent = []
    running = []
    for number in range(workers):
        process, requests, answers = start(of_parent)
        requests.send((range(bounds[number], bounds[number + 1]), radius))
        running.append((process, requests, answers))
    for _, requests, _ in running:
        requests.close()
    total = 0
    for process, _, answers in running:
        try:
            while True:
                rows, points = answers.recv()
                print(f"{points} points from row {rows[0]} to row {rows[-1]}")
                total += points
        except EOFError:
            process.join()
    return total


def half(writer):
    os.write(writer.fileno(), struct.pack("!i", 8) + b"half")


def cut_short():
    reader, writer = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.Process(target=half, args=(writer,))
    child.start()
    writer.close()
    try:
        reader.recv()
    except OSError as error:
        print(f"a message cut short: {error}")
    child.join()


if __name__ == "__main__":
    radius = 1000
    total = count(4, radius)
    print(f"{total} points in the circle of radius {radius}", flush=True)
    assert total == 3_141_549, "OEIS A000328"
    cut_short()
