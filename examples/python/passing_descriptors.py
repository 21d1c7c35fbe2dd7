"""Descriptors handed to programs that already run, and a server whose workers are killed."""

import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

WORKERS, CLIENTS, KILL = 4, 200, 3


def send(to, descriptor):
    socket.send_fds(to, [b"!"], [descriptor])


def receive(from_):
    _, descriptors, _, _ = socket.recv_fds(from_, 1, 1)
    if not descriptors:
        raise SystemExit("no descriptor has come")
    return descriptors[0]


def start(role):
    """This program, started again, with a socket to us as its stdin."""
    ours, theirs = socket.socketpair()
    with theirs:
        return subprocess.Popen([sys.executable, __file__, role], stdin=theirs), ours


def end(process):
    if process.wait() != 0:
        raise SystemExit(f"the other process: {process.returncode}")


def four_bytes(descriptor):
    return os.read(descriptor, 4).decode().rstrip()


def in_flight():
    process, other = start("reader")
    file = os.memfd_create("without a name")
    os.write(file, b"one\ntwo\nsix\n")
    os.lseek(file, 0, os.SEEK_SET)
    print(f"  this process reads: {four_bytes(file)}", flush=True)
    send(other, file)
    end(process)
    print(f"  this process reads on: {four_bytes(file)}")


def reader(parent):
    print(f"  the other process reads on: {four_bytes(receive(parent))}")


def peer(connection):
    """Process, user and group, as the kernel knows them."""
    size = struct.calcsize("3i")
    return struct.unpack(
        "3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    )


def who_is_there():
    name = f"\0passing_descriptors {os.getpid()}"  # no file, and no permissions
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(
        socket.AF_UNIX
    ) as client:
        listener.bind(name)
        listener.listen()
        client.connect(name)
        client.sendall(b"process 1")
        client.shutdown(socket.SHUT_WR)
        process, other = start("doorman")
        send(other, listener.fileno())
        end(process)
        this = peer(client)[0] == os.getpid()
        print(f"  for the client, the server is this process: {str(this).lower()}")


def doorman(parent):
    listener = socket.socket(fileno=receive(parent))
    connection, _ = listener.accept()
    pid, user, _ = peer(connection)
    print(f"  the client says that it is {connection.recv(100).decode()}")
    print(f"  the kernel says, my parent: {str(pid == os.getppid()).lower()}")
    print(f"  the kernel says, my user: {str(user == os.geteuid()).lower()}")


def until_the_parent_is_gone(parent):
    parent.recv(1)
    os._exit(1)


def worker(parent):
    listener = socket.socket(fileno=receive(parent))
    threading.Thread(
        target=until_the_parent_is_gone, args=[parent], daemon=True
    ).start()
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:  # it has been shut down
            return
        with connection:
            try:
                serve(connection)
            except OSError:
                pass  # a client that goes or says nothing is no reason to end


def serve(connection):
    connection.settimeout(10)
    line = ""
    while data := connection.recv(100):
        line += data.decode()
    if line == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    connection.sendall(line[::-1].encode())


def keep(listener):
    """Keeps one worker at the socket until that is closed to all; counts the killed."""
    killed = 0
    while True:
        process, other = start("worker")
        with other:
            try:
                send(other, listener.fileno())
            except OSError:
                pass  # if it is dead, `wait` tells so
            status = process.wait()
        if status > 0:
            listener.shutdown(socket.SHUT_RDWR)
            raise SystemExit(f"a worker: {status}")
        if status == 0:
            return killed
        killed += 1


def ask(server, line):
    with socket.create_connection(server) as connection:
        connection.sendall(line.encode())
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while data := connection.recv(100):
            answer += data
        return answer.decode()


def a_server():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = listener.getsockname()

        def client(n):
            kills = n * KILL // CLIENTS != (n + 1) * KILL // CLIENTS
            line = "kill" if kills else f"line {n}"
            try:
                return ask(server, line) == line[::-1]
            except OSError:
                return False

        with ThreadPoolExecutor(WORKERS) as keepers, ThreadPoolExecutor(8) as visitors:
            kept = [keepers.submit(keep, listener) for _ in range(WORKERS)]
            answered = sum(visitors.map(client, range(CLIENTS)))
            listener.shutdown(socket.SHUT_RDWR)  # each `accept` fails
            killed = sum(future.result() for future in kept)
    print(f"  {CLIENTS} connections: {answered} answered, {CLIENTS - answered} broken")
    print(f"  workers that were killed (SIGKILL) and replaced: {killed}")
    if CLIENTS - answered > killed:
        raise SystemExit("a worker that lives has lost a connection")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        role = {"reader": reader, "doorman": doorman, "worker": worker}[sys.argv[1]]
        role(socket.socket(fileno=0))
        sys.exit()
    print("a descriptor in flight:", flush=True)
    in_flight()
    print("who is there:", flush=True)
    who_is_there()
    print(f"a server with {WORKERS} workers:", flush=True)
    a_server()
