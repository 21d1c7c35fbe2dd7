"""Memory between strangers: programs that have not forked each other share a ring."""

import fcntl
import mmap
import multiprocessing
import os
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time
from multiprocessing.shared_memory import SharedMemory

FORK = multiprocessing.get_context("fork")
MESSAGES = 20
PATIENCE = 10  # seconds

# The layout of examples/strangers.rs: four numbers of 64 bits, then the slots.
MAGIC = int.from_bytes(b"strange!", sys.byteorder)
VERSION = 1
SLOTS = 8
ROOM = 60
SIZE = 32 + SLOTS * 64
MAGIC_AT, VERSION_AT, WRITTEN, READ = range(4)
WRITER, READER = range(2)
NAMES = ["Writer", "Reader"]


def lock(seat):
    return struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, seat, 1, 0)


class Ring:
    def __init__(self, file):
        size = os.fstat(file).st_size
        if size < SIZE:
            raise ValueError(f"{size} bytes, and a ring has {SIZE}")
        self.file = file
        self.bytes = mmap.mmap(file, SIZE)
        self.numbers = memoryview(self.bytes)[:32].cast("Q")  # stored at once

    @classmethod
    def create(cls, file):
        os.posix_fallocate(file, 0, SIZE)
        ring = cls(file)
        ring.numbers[VERSION_AT] = VERSION
        ring.numbers[MAGIC_AT] = MAGIC
        return ring

    @classmethod
    def open(cls, path):
        ring = cls(os.open(path, os.O_RDWR | os.O_CLOEXEC))
        if ring.numbers[MAGIC_AT] != MAGIC:
            raise ValueError("this is no ring")
        version = ring.numbers[VERSION_AT]
        if version != VERSION:
            raise ValueError(f"version {version}, and here {VERSION} is known")
        return ring

    def path(self):
        return f"/proc/{os.getpid()}/fd/{self.file}"

    def waiting(self):
        written, read = self.numbers[WRITTEN], self.numbers[READ]
        if not 0 <= written - read <= SLOTS:
            raise ValueError(f"{written} written and {read} read can't be")
        return written - read

    def vacant(self, message):
        return self.waiting() < SLOTS or None

    def fill(self, message, text):
        at = 32 + message % SLOTS * 64
        self.bytes[at + 4 : at + 4 + len(text)] = text.encode()
        struct.pack_into("=I", self.bytes, at, len(text))

    def take(self, message):
        if self.waiting() == 0:
            return None
        at = 32 + message % SLOTS * 64
        (length,) = struct.unpack_from("=I", self.bytes, at)
        if length > ROOM:
            told = f"message {message} has {length} bytes, {ROOM} is the most"
            raise ValueError(told)
        text = self.bytes[at + 4 : at + 4 + length].decode()  # a copy
        self.numbers[READ] = message + 1
        return text

    def sit(self, seat):
        try:
            fcntl.fcntl(self.file, fcntl.F_OFD_SETLK, lock(seat))
        except BlockingIOError:
            raise ValueError(f"there is a {NAMES[seat]} already") from None

    def is_taken(self, seat):
        answer = fcntl.fcntl(self.file, fcntl.F_OFD_GETLK, lock(seat))
        return struct.unpack_from("h", answer)[0] != fcntl.F_UNLCK

    def wait(self, other, look):
        seen = time.monotonic()
        while (found := look()) is None:
            if self.is_taken(other):
                seen = time.monotonic()
            if time.monotonic() - seen > PATIENCE:
                raise ValueError(f"there is no {NAMES[other]}")
            time.sleep(0.001)
        return found


def text(message):
    return f"{message} squared is {message * message}"


def write(path, dies_at):
    ring = Ring.open(path)
    ring.sit(WRITER)
    for message in range(ring.numbers[WRITTEN], MESSAGES):
        ring.wait(READER, lambda: ring.vacant(message))
        ring.fill(message, text(message))
        if message == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        ring.numbers[WRITTEN] = message + 1


def read(path):
    ring = Ring.open(path)
    ring.sit(READER)
    for message in range(ring.numbers[READ], MESSAGES):
        last = ring.wait(WRITER, lambda: ring.take(message))
        if last != text(message):
            raise ValueError(f"message {message} is '{last}'")
    print(f"  the reader has {MESSAGES} messages, the last: {last}")


def command(role, path, *options):
    return [sys.executable, os.path.abspath(__file__), role, path, *options]


def status_of(code):
    if code < 0:
        return f"signal: {-code} ({signal.Signals(-code).name})"
    return f"exit status: {code}"


def let_them_talk(path):
    reader = subprocess.Popen(command("--read", path))
    try:
        subprocess.run(command("--write", path), check=True)
        if reader.wait() != 0:
            raise SystemExit(f"the reader failed, {status_of(reader.returncode)}")
    finally:
        reader.kill()
        reader.wait()


def a_file():
    with tempfile.NamedTemporaryFile() as file:
        Ring.create(file.fileno())
        let_them_talk(file.name)


def a_name():
    shared = SharedMemory(create=True, size=SIZE)  # shm_open, ftruncate, mmap
    try:
        path = f"/dev/shm/{shared.name}"
        Ring.create(os.open(path, os.O_RDWR | os.O_CLOEXEC))
        let_them_talk(path)
    finally:
        shared.close()
        shared.unlink()


def memfd():
    flags = os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING
    return Ring.create(os.memfd_create("strangers", flags))


def killed(task):
    process = FORK.Process(target=task)
    process.start()
    process.join()
    return status_of(process.exitcode)


def a_memfd():
    ring = memfd()
    size = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW
    fcntl.fcntl(ring.file, fcntl.F_ADD_SEALS, size | fcntl.F_SEAL_SEAL)
    let_them_talk(ring.path())
    try:
        os.ftruncate(ring.file, 0)
    except OSError as error:
        print(f"  who makes it shorter: {error.strerror} (os error {error.errno})")
    shorter = memfd()
    os.ftruncate(shorter.file, 0)
    ended = killed(lambda: shorter.numbers[VERSION_AT])
    print(f"  who looks at a shorter one: {ended}", flush=True)


def a_writer_dies():
    ring = memfd()
    reader = subprocess.Popen(command("--read", ring.path()))
    try:
        writer = subprocess.run(command("--write", ring.path(), "--die", "12"))
        ended = status_of(writer.returncode)
        print(f"  the writer, in message 12: {ended}", flush=True)
        subprocess.run(command("--write", ring.path()), check=True)
        if reader.wait() != 0:
            raise SystemExit(f"the reader failed, {status_of(reader.returncode)}")
    finally:
        reader.kill()
        reader.wait()


def refused(what, change):
    ring = memfd()
    change(ring)
    reader = command("--read", ring.path())
    told = subprocess.run(reader, capture_output=True, text=True)
    print(f"  {what}: {told.stderr.removeprefix('Error: ').rstrip()}", flush=True)


def a_length(ring):
    struct.pack_into("=I", ring.bytes, 32, 0xFFFF_FFFF)
    ring.numbers[WRITTEN] = 1


def store(place, value):
    return lambda ring: ring.numbers.__setitem__(place, value)


def what_is_refused():
    refused("too short", lambda ring: os.ftruncate(ring.file, 100))
    refused("another file", lambda ring: os.write(ring.file, b"#!/bin/sh"))
    refused("another version", store(VERSION_AT, 2))
    refused("two readers", lambda ring: ring.sit(READER))
    refused("a number", store(WRITTEN, 1000))
    refused("a length", a_length)


def main():
    match sys.argv[1:]:
        case ["--read", path]:
            read(path)
        case ["--write", path]:
            write(path, None)
        case ["--write", path, "--die", message]:
            write(path, int(message))
        case []:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # SIGBUS leaves no file
            for title, scene in SCENES.items():
                print(f"{title}:", flush=True)
                scene()


SCENES = {
    "a file": a_file,
    "a name in /dev/shm": a_name,
    "a memfd, its size sealed": a_memfd,
    "a writer that is killed": a_writer_dies,
    "what the reader refuses": what_is_refused,
}

if __name__ == "__main__":
    try:
        main()
    except ValueError as error:
        raise SystemExit(f"Error: {error}") from None
