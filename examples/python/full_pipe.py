"""A pipe that is full, and two deadlocks that come of it, each with its cure."""

import multiprocessing
import os
import threading

KIB = 1024
BYTES = bytes(200 * KIB)
PATIENCE = 0.5


def read_to_end(reader):
    pieces = iter(lambda: os.read(reader.fileno(), 64 * KIB), b"")
    return sum(len(piece) for piece in pieces)


def write_all(writer, data, written=None):
    while data:
        size = os.write(writer.fileno(), data[:KIB])
        data = data[size:]
        if written is not None:
            written.value += size
    writer.close()


def one_way():
    written = multiprocessing.Value("q", 0)
    reader, writer = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.Process(target=write_all, args=(writer, BYTES, written))
    child.start()
    writer.close()

    # In place of this loop, child.join() without a timeout would wait for ever.
    before = 0
    while child.join(PATIENCE) or child.is_alive():
        now = written.value
        if now == before > 0:
            print(f"the pipe holds {now} bytes, and its writer waits")
            break
        before = now
    read = read_to_end(reader)
    child.join()
    print(f"{read} bytes read, and the writer has ended, exit status: {child.exitcode}")


def echo(from_client, to_client, clients):
    for end in clients:
        end.close()
    try:
        while data := os.read(from_client.fileno(), 8 * KIB):
            os.write(to_client.fileno(), data)
    except BrokenPipeError as error:
        print(f"server: {error.strerror} (os error {error.errno})", flush=True)


def start_echo():
    from_client, to_server = multiprocessing.Pipe(duplex=False)
    from_server, to_client = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.Process(
        target=echo, args=(from_client, to_client, (to_server, from_server))
    )
    server.start()
    from_client.close()
    to_client.close()
    return server, to_server, from_server


def write_then_read(to_server, from_server):
    write_all(to_server, BYTES)
    print(f"client: {read_to_end(from_server)} bytes came back")


def two_ways():
    server, to_server, from_server = start_echo()
    client = multiprocessing.Process(
        target=write_then_read, args=(to_server, from_server)
    )
    client.start()
    to_server.close()
    from_server.close()
    client.join(2 * PATIENCE)
    if client.is_alive():
        print("client and server wait for each other", flush=True)
        client.kill()
    client.join()
    server.join()
    print(f"client: exit code {client.exitcode}; server: exit code {server.exitcode}")


def two_ways_at_once():
    server, to_server, from_server = start_echo()
    writer = threading.Thread(target=write_all, args=(to_server, BYTES))
    writer.start()
    read = read_to_end(from_server)
    writer.join()
    server.join()
    print(f"parent: {read} bytes came back; server: exit code {server.exitcode}")


if __name__ == "__main__":
    one_way()
    two_ways()
    two_ways_at_once()
