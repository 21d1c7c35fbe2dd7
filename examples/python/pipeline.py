"""A pipeline of threads with the order restored at its end: a picture, row by row."""

import queue
import threading

ROWS, COLUMNS = 24, 72


def draw_row(number, steps):
    """A row of a Julia set: at each place a number z becomes z² - 0.123 + 0.745i, again
    and again, and the longer it stays near 0, the denser is what is drawn.
    """

    def place(n, of):
        return (2 * n + 1 - of) / of

    row = ""
    for column in range(COLUMNS):
        x, y = place(column, COLUMNS), place(number - 1, ROWS)
        re, im, step = 1.5 * x, 1.15 * y, 0
        while step < steps and re * re + im * im < 4:
            re, im = re * re - im * im - 0.123, 2 * re * im + 0.745
            step += 1
        row += " .:-=+*#%@"[9 * step // steps]
    return row


def cut(tickets, rows, workers):
    """Stage 1: numbers for the rows, as many as there are tickets."""
    for number in range(1, ROWS + 1):
        tickets.acquire()
        rows.put(number)
    for _ in range(workers):
        rows.put(None)  # a queue has no end of its own: None stands for it


def draw(rows, drawn, task):
    """Stage 2, in several threads: a failure is passed on like a result."""
    for number in iter(rows.get, None):
        try:
            drawn.put((number, task(number), None))
        except Exception as error:
            drawn.put((number, None, error))


def print_in_order(drawn, tickets):
    """Stage 3: the rows in order."""
    early, picture = {}, []
    while len(picture) < ROWS:
        number, result, error = drawn.get()
        if error:
            raise RuntimeError(f"row {number}") from error
        early[number] = result
        while len(picture) + 1 in early:
            picture.append(early.pop(len(picture) + 1))
            print(picture[-1].rstrip(), flush=True)
            tickets.release()
    return picture


def pipeline(workers, room, task):
    tickets = threading.Semaphore(room)
    rows = queue.Queue(room)
    drawn = queue.Queue(room)
    # If stage 3 raises, the others wait for ever; as daemons they end with the program.
    threading.Thread(target=cut, args=(tickets, rows, workers), daemon=True).start()
    for _ in range(workers):
        args = (rows, drawn, task)
        threading.Thread(target=draw, args=args, daemon=True).start()
    return print_in_order(drawn, tickets)


if __name__ == "__main__":
    room = 8
    picture = pipeline(workers=4, room=room, task=lambda number: draw_row(number, 30))
    print(f"never more than {room} rows on their way")
    # From z and from -z it goes the same way.
    assert picture == [row[::-1] for row in picture[::-1]], "not the same upside down"
