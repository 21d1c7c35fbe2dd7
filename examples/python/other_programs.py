"""Other programs: what they are given, a pipeline of five, how they end, a descriptor
of one's choice, and what starting them costs."""

import os
import statistics
import subprocess
import sys
import threading
import time

MEGABYTES = 128
TYPED = "it's; exit 1 # $HOME"


def what_it_is_given():
    script = """echo "argument: $1"; echo "folder: $PWD"
        echo "HOME: ${HOME-not set}, GREETING: ${GREETING-not set}" """
    done = subprocess.run(
        ["/bin/sh", "-c", script, "sh", TYPED],
        env={"GREETING": "hello"},
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        text=True,
    )
    for line in done.stdout.splitlines():
        print(f"  {line}")


def pipeline(stages, text):
    environment = os.environ | {"LC_ALL": "C"}
    children = []
    before = subprocess.PIPE
    for stage in stages:
        child = subprocess.Popen(
            stage, env=environment, stdin=before, stdout=subprocess.PIPE
        )
        if children:
            before.close()  # the child has its copy
        children.append(child)
        before = child.stdout

    def feed():
        try:
            with children[0].stdin as pipe:
                pipe.write(text.encode())
        except BrokenPipeError:
            pass  # nobody wants the rest

    feeder = threading.Thread(target=feed)
    feeder.start()
    output = before.read().decode()
    feeder.join()
    return output, [child.wait() for child in children]


def log():
    lines = []
    for n in range(20_000):
        client, status = (n % 97) * (n % 13) // 7, 404 if n % 7 == 3 else 200
        lines.append(f"10.0.0.{client} GET /page/{n % 1000} {status}\n")
    return "".join(lines)


def show(stages, text):
    output, codes = pipeline(stages, text)
    for line in output.splitlines()[:3]:
        print(f"  {line.lstrip()}")
    for stage, code in zip(stages, codes):
        print(f"  {stage[0]}: exit code {code}")


def a_pipeline():
    stages = [
        ["grep", " 404$"],
        ["cut", "-d", " ", "-f", "1"],
        ["sort"],
        ["uniq", "-c"],
        ["sort", "-k", "1,1rn", "-k", "2"],
    ]
    show(stages, log())
    show([["yes", "for ever"], ["head", "-n", "1"]], "")


def how_they_end():
    for what, script in [
        ("it exits with 3", "exit 3"),
        ("it exits with 300", "exit 300"),
        ("a signal", "kill -TERM $$"),
        ("a signal, and a shell between", "sh -c 'kill -TERM $$'; exit $?"),
        ("no such program, and a shell between", "no-such-program"),
    ]:
        done = subprocess.run(["sh", "-c", script], stderr=subprocess.DEVNULL)
        print(f"  {what}: exit code {done.returncode}")
    for what, program in [
        ("no such program", "no-such-program"),
        ("no program", "/etc/passwd"),
    ]:
        try:
            subprocess.Popen([program])
        except OSError as error:
            print(f"  {what}: no process, {type(error).__name__}")


def a_fourth_descriptor():
    script = "echo 'the result'; echo '2 words' >/dev/fd/$1"
    reader, writer = os.pipe()
    command = ["sh", "-c", script, "sh", str(writer)]
    # It keeps its number; what is not named here is closed.
    done = subprocess.run(
        command, pass_fds=[writer], stdout=subprocess.PIPE, check=True, text=True
    )
    os.close(writer)
    with open(reader) as report:
        print(f"  stdout: {done.stdout.rstrip()}")
        print(f"  3: {report.read().rstrip()}")
    without = subprocess.run(command, capture_output=True)
    success = str(without.returncode == 0).lower()
    print(f"  without it: the program says success: {success}")


def what_starting_costs():
    memory = bytearray(b"\1") * (MEGABYTES << 20)
    print(f"  with {MEGABYTES} MiB in use:")

    def show_cost(what, **options):
        times = []
        for _ in range(9):
            start = time.perf_counter()
            child = subprocess.Popen(["/bin/sh", "-c", ":"], **options)
            times.append(time.perf_counter() - start)
            if child.wait() != 0:
                sys.exit(f"sh: exit code {child.returncode}")
        print(f"  {what:<13}  {statistics.median(times) * 1e3:.2f} ms")

    show_cost("as it is")
    show_cost("process_group", process_group=0)  # since 3.11
    # For these two Python forks, as Rust does.
    show_cost("uid, our own", user=os.geteuid())
    show_cost("pre_exec", preexec_fn=lambda: None)
    del memory


def main():
    for title, scene in [
        ("what it is given", what_it_is_given),
        ("a pipeline", a_pipeline),
        ("how they end", how_they_end),
        ("a fourth descriptor", a_fourth_descriptor),
        ("what starting costs", what_starting_costs),
    ]:
        print(f"{title}:", flush=True)
        scene()


if __name__ == "__main__":
    main()
