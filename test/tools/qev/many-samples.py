# Memory does not grow with samples, results come while qev runs, and whatever
# is wrong with a sample is said in its turn.
#
# RUN: rm -rf %t && mkdir %t
# RUN: %python %s qev %S/Inputs %t %if asan %{ sanitized %}
import json
import os
import pathlib
import struct
import subprocess
import sys
import time

qev, inputs, folder = sys.argv[1:4]
# The address sanitizer keeps what is freed for a while.
is_sanitized = sys.argv[4:] == ["sanitized"]
bound = [qev, "bound", f"{inputs}/float.onnxtxt", f"{inputs}/int8.onnxtxt", "-q"]


def write_npy(name: str, samples: int, changed: dict[int, float] | None = None) -> str:
    """Samples of two numbers from 0 to 1, but for those elements."""
    values = [((7 * i) % 1000) / 1000 for i in range(2000)]
    data = bytearray(struct.pack("<2000f", *values) * (samples // 1000))
    for place, value in (changed or {}).items():
        struct.pack_into("<f", data, 4 * place, value)
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({samples}, 2), }}".ljust(117) + "\n"
    path = pathlib.Path(folder, name)
    path.write_bytes(b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header.encode() + data)
    return str(path)


def measure(*options: str) -> tuple[int, float]:
    """Peak memory in KiB, and after what part of its time qev had written 1000 bytes."""
    start = time.monotonic()
    child = subprocess.Popen([*bound, *options], stdout=subprocess.PIPE)
    assert child.stdout
    child.stdout.read(1000)
    first = time.monotonic() - start
    while child.stdout.read(1 << 20):
        pass
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    assert status == 0, (options, status)
    return usage.ru_maxrss, first / (time.monotonic() - start)


def run(*options: str) -> tuple[int, str, str]:
    done = subprocess.run([*bound, *options], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


# JSON holds more of each sample than text does.
few = write_npy("few.npy", 1000)
for samples, options in ((100_000, []), (30_000, ["--json"])):
    many = write_npy("many.npy", samples)
    (peak, _), (higher, part) = (measure("--input", path, *options) for path in (few, many))
    print(samples, options, peak, higher, "KiB,", part, "of the time")
    assert is_sanitized or higher - peak < 15 * 1024, (peak, higher)
    assert part < 0.5, part

# The samples of a whole are those of its parts.
def read_json(*options: str) -> dict:
    path = pathlib.Path(folder, "out.json")
    status, _, err = run("--input", few, "--radius", "0.01", f"--json={path}", *options)
    assert status == 0, err
    report = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()
    for sample in report["samples"]:
        del sample["seconds"]
    return report


whole = read_json()
parts = [read_json("--sample", part) for part in ("0-9,10-499", "500", "501-999")]
assert whole["samples"] == [sample for part in parts for sample in part["samples"]]
assert whole["summary"]["bounded"] == sum(part["summary"]["bounded"] for part in parts) == 1000
assert whole["verdict"] == "bounded"

# A sample of 3 GB, most of them a hole in the file: nothing else is looked at.
huge = write_npy("huge.npy", 1000)
with open(huge, "r+b") as file:
    front = file.read(128).replace(b"(1000, 2), }     ", b"(400000000, 2), }")
    assert b"(400000000, 2)" in front and len(front) == 128
    file.seek(0)
    file.write(front)
    file.truncate(128 + 8 * 400_000_000)
for sample in ("7", "399999999"):
    status, out, err = run("--input", huge, "--sample", sample)
    assert status == 0 and out.startswith(f"sample {sample}: bounded"), (status, out, err)
os.unlink(huge)

# A number that is none, in the last sample: nothing is printed. Of samples that
# are not asked for nobody looks at it.
bad = write_npy("bad.npy", 2000, {3999: float("nan")})
for options in ([], ["--json"]):
    status, out, err = run("--input", bad, *options)
    assert (status, out) == (2, ""), (status, out)
    assert err == f"{bad}: error: element 3999 is nan, wanted a finite number [input-data]\n", err
assert run("--input", bad, "--sample", "1999")[0] == 2
assert run("--input", bad, "--sample", "0-1998")[0] == 0

# A sample outside --clip: those before it are printed, on any number of
# threads, and no JSON file is left, nor a part of one.
outside = write_npy("outside.npy", 1000, {1800: 5, 1900: 7})
error = f"{outside}: error: sample 900 element 0, 5, lies outside --clip 0:1 by more than the radius [query-region]\n"
for threads in ("1", "4"):
    late = ["--input", outside, "--clip", "0:1", "--threads", threads]
    status, out, err = run(*late, f"--json={folder}/late.json")
    assert (status, err) == (2, error), (status, err)
    lines = out.splitlines()
    assert [line.split(":")[0] for line in lines] == [f"sample {i}" for i in range(900)], out
    status, out, err = run(*late, "--json")
    assert (status, err) == (2, error), (status, err)
    assert out.startswith("{\n") and out.count('"index": 899,') == 1, out[-500:]
assert not list(pathlib.Path(folder).glob("late.json*"))

# With an earlier run to compare with, before any output.
record = f"{folder}/record.json"
assert run("--input", few, "--clip", "0:1", f"--json={record}")[0] == 0
assert run("--input", few, "--clip", "0:1", "--fail-above", record)[0] == 0
status, out, err = run("--input", outside, "--clip", "0:1", "--fail-above", record)
assert (status, out, err) == (2, "", error), (status, out, err)
