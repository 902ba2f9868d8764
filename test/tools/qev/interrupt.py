# Ctrl-C ends with the bracket reached so far and status 3; the line of progress
# appears on a terminal only and is gone at the end. The time limit holds.
#
# REQUIRES: highs
# RUN: %python %s qev %models/digits
import os
import pty
import signal
import subprocess
import sys
import time

qev, models = sys.argv[1:]
command = [qev, "verify", f"{models}/float.onnx", f"{models}/int8.onnx"]
command += ["--input", f"{models}/inputs.npy", "--clip", "0:1", "--radius", "0.05"]
hard = [*command, "--sample", "1", "--epsilon", "0.6"]


def interrupt(*options: str, after: float = 1.5) -> tuple[int, str, str]:
    run = subprocess.Popen([*hard, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(after)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=60)
    return run.returncode, out, err


status, out, err = interrupt("--timeout", "600")
assert status == 3, (status, out, err)
assert "unknown: |delta| <= 0.6" in out and "reason: interrupted" in out, out
assert sum(line.count("[") == 2 for line in out.splitlines()) == 10, out
assert err == "", err  # no progress where there is no terminal

status, out, err = interrupt("--timeout", "600", "--json")
assert status == 3 and '"reason": "interrupted"' in out, out

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
