# Ctrl-C and SIGTERM end with the bracket reached so far and status 3, and end
# solvers; a second one ends qev at once. The line of progress appears on a
# terminal only and is gone at the end. The time limit holds.
#
# REQUIRES: highs
# RUN: rm -rf %t && mkdir %t
# RUN: %python %s qev %models/digits %t
import json
import os
import pathlib
import pty
import signal
import subprocess
import sys
import time

qev, models, folder = sys.argv[1:]
command = [qev, "verify", f"{models}/float.onnx", f"{models}/int8.onnx"]
command += ["--input", f"{models}/inputs.npy", "--clip", "0:1", "--radius", "0.05"]
hard = [*command, "--sample", "1", "--epsilon", "0.6"]


def interrupt(how: signal.Signals, *options: str, after: float = 1.5) -> tuple[int, str, str]:
    run = subprocess.Popen([*hard, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(after)
    run.send_signal(how)
    out, err = run.communicate(timeout=60)
    return run.returncode, out, err


for how in (signal.SIGINT, signal.SIGTERM):
    record = f"{folder}/{how.name}.json"
    status, out, err = interrupt(how, "--timeout", "600", f"--json={record}")
    assert status == 3, (status, out, err)
    assert "unknown: |delta| <= 0.6" in out and "reason: interrupted" in out, out
    assert sum(line.count("[") == 2 for line in out.splitlines()) == 10, out
    assert err == "", err  # no progress where there is no terminal
    with open(record, encoding="utf-8") as file:
        assert json.load(file)["samples"][0]["reason"] == "interrupted"

    status, out, err = interrupt(how, "--timeout", "600", "--json")
    assert status == 3 and '"reason": "interrupted"' in out, out

# A solver program, and what that has started, end as well.
sleeper = pathlib.Path(folder, "sleeper.py")
sleeper.write_text("""import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
with open(sys.argv[1] + ".new", "w") as file:
    file.write(f"{os.getpid()} {child.pid}")
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(600)
""")


def is_gone(pid: int) -> bool:
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state in "ZX"  # of one whose new parent does not ask


def await_gone(pid: int) -> None:
    end = time.monotonic() + 30
    while not is_gone(pid):
        assert time.monotonic() < end, "a solver runs on"
        time.sleep(0.02)


def start_sleeper(name: str) -> tuple[subprocess.Popen, list[int]]:
    pids = pathlib.Path(folder, f"{name}.pids")
    template = f"cmd:{sys.executable} {sleeper} {pids} {{mps}} {{sol}}"
    run = subprocess.Popen(
        [*hard, "--timeout", "600", "--threads", "1", "--solver", template, f"--json={folder}/{name}.json"],
        stdout=subprocess.PIPE, text=True)
    while not pids.exists():
        assert run.poll() is None, run.communicate()
        time.sleep(0.02)
    return run, [int(word) for word in pids.read_text().split()]


for how in (signal.SIGINT, signal.SIGTERM):
    run, pids = start_sleeper(how.name)
    run.send_signal(how)
    out, _ = run.communicate(timeout=30)
    assert run.returncode == 3 and "reason: interrupted" in out, (run.returncode, out)
    for pid in pids:
        await_gone(pid)

# Two at once: the first is not yet acted on. Nothing is printed, no part of a
# file is left, and the solver ends.
run, pids = start_sleeper("twice")
run.send_signal(signal.SIGSTOP)  # so that both are there when it goes on
run.send_signal(signal.SIGTERM)
run.send_signal(signal.SIGINT)
run.send_signal(signal.SIGCONT)
out, _ = run.communicate(timeout=30)
assert run.returncode in (-signal.SIGINT, -signal.SIGTERM) and out == "", (run.returncode, out)
assert not list(pathlib.Path(folder).glob("twice.json*")), list(pathlib.Path(folder).iterdir())
for pid in pids:
    await_gone(pid)

# Nor does anything run on when qev is ended from outside.
run, pids = start_sleeper("killed")
run.kill()
run.communicate(timeout=30)
for pid in pids:
    await_gone(pid)

# What has not begun is left out, and is not taken for verified.
run = subprocess.Popen(
    [*command, "--sample", "1,1,1,1", "--epsilon", "0.6", "--threads", "1", "-q"],
    stdout=subprocess.PIPE, text=True)
time.sleep(1.5)
run.send_signal(signal.SIGINT)
out, _ = run.communicate(timeout=60)
assert run.returncode == 3, out
assert "interrupted: 3 of 4 samples were not begun" in out, out

start = time.monotonic()
run = subprocess.run([*hard, "--timeout", "2", "-q"], capture_output=True, text=True)
assert run.returncode == 3 and "reason: timeout of 2 s reached" in run.stdout, run
assert time.monotonic() - start < 20, "the time limit does not hold"

# On a terminal there is one line, cleared at the end. A bare chroot has no
# pseudo terminals to show it on.
try:
    parent, child = pty.openpty()
except OSError as error:
    print("no terminal:", error)
    sys.exit(0)
run = subprocess.Popen([*hard, "--timeout", "2"], stdout=subprocess.DEVNULL, stderr=child)
os.close(child)
seen = b""
try:
    while chunk := os.read(parent, 4096):
        seen += chunk
except OSError:
    pass  # the other end is closed
run.wait()
assert b"sample 1, solver, " in seen and b" open, delta in [" in seen, seen
assert seen.endswith(b"\r\x1b[K"), seen[-80:]
assert b"\n" not in seen.replace(b"\r\n", b""), seen
