"""Work that waits: one request after another, a thread for each, a pool; a deadline."""

import socket
import socketserver
import threading
import time
from concurrent.futures import ThreadPoolExecutor

REQUESTS = 20
WORKERS = 5
DELAY = 0.05


class Answer(socketserver.StreamRequestHandler):
    timeout = 10

    def handle(self):
        question = self.rfile.readline(100).strip()
        if question.isdigit():
            time.sleep(DELAY)
            self.wfile.write(b"%d\n" % int(question) ** 2)
        else:
            self.rfile.read(1)  # no answer: wait until the client gives up


class Server(socketserver.ThreadingTCPServer):
    request_queue_size = 128


def ask(server, question, limit):
    deadline = time.monotonic() + limit
    answer = b""
    with socket.create_connection(server, timeout=limit) as stream:
        stream.sendall(f"{question}\n".encode())
        while not answer.endswith(b"\n"):
            left = deadline - time.monotonic()
            try:
                stream.settimeout(max(left, 0.001))
                part = stream.recv(64)
            except TimeoutError:
                raise TimeoutError(f"no answer within {limit * 1000:.0f} ms") from None
            if not part:
                raise EOFError("the server closed the connection without an answer")
            answer += part
    return answer.decode().strip()


def report(name, squares):
    start = time.monotonic()
    total = sum(squares())
    duration = (time.monotonic() - start) * 1000
    print(f"{name}: the sum is {total}, after {duration:.0f} ms", flush=True)


def main(server):
    def square(number):
        return int(ask(server, number, 5))

    def with_threads(count):
        with ThreadPoolExecutor(max_workers=count) as pool:
            return list(pool.map(square, range(REQUESTS)))

    print(f"{REQUESTS} requests, each waits {DELAY * 1000:.0f} ms for its answer")
    report("one after another", lambda: map(square, range(REQUESTS)))
    report("a thread for each", lambda: with_threads(REQUESTS))
    report(f"{WORKERS} threads for all", lambda: with_threads(WORKERS))
    try:
        answer = ask(server, "anything but a number", 4 * DELAY)
        print(f"a question without an answer got '{answer}'")
    except OSError as error:
        print(f"a question without an answer: {error}")


if __name__ == "__main__":
    with Server(("127.0.0.1", 0), Answer) as own:
        threading.Thread(target=own.serve_forever, args=(0.01,)).start()
        try:
            main(own.server_address)
        finally:
            own.shutdown()
