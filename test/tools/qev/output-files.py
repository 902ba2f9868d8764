# Files appear whole or not at all, whoever writes them; an error names the file
# and the reason. Devices are written directly.
#
# RUN: rm -rf %t && mkdir %t
# RUN: %python %s qev qev-opt %models/digits %t
import json
import os
import pathlib
import resource
import subprocess
import sys

qev, opt, models, folder = sys.argv[1:]
pair = [f"{models}/float.onnx", f"{models}/int8.onnx"]
point = ["--input", f"{models}/inputs.npy", "--sample", "0"]
bound = [qev, "bound", *pair, *point, "--radius", "0.01"]
attack = [qev, "attack", *pair, *point, "--radius", "0.1", "--epsilon", "0.001"]
verify = [qev, "verify", *pair, *point, "--radius", "0.05", "--timeout", "5", "--epsilon", "1"]


def run(*command: str, limit: int | None = None) -> subprocess.CompletedProcess:
    def prepare() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(command, capture_output=True, text=True, preexec_fn=prepare)


# As on a full disk, of which nothing but these files knows.
for command, name in (
    ([*bound, f"--json={folder}/bound.json"], "bound.json"),
    ([*attack, f"--witness={folder}/w"], "w/sample0.input.npy"),
    ([*verify, f"--keep={folder}/k"], "k/"),
    ([opt, pair[0], "-o", f"{folder}/net.qev"], "net.qev"),
):
    result = run(*command, limit=100)
    assert result.returncode == 2, (command, result)
    assert f"{folder}/{name}" in result.stderr, result.stderr
    assert result.stderr.count("\n") == 1, result.stderr
    assert "cannot be written: File too large [file-write]" in result.stderr, result.stderr
    left = [path for path in pathlib.Path(folder).rglob("*") if path.is_file()]
    assert not left, left

full = run(*bound, "--json=/dev/full")
assert full.returncode == 2, full
assert full.stderr == "/dev/full: error: cannot be written: No space left on device [file-write]\n", full
assert run(*bound, "--json=/dev/null").returncode == 0
both = run(*bound, "--json=/dev/stdout").stdout
assert json.loads(both)["verdict"] == "bounded", both
copy = run(opt, pair[0], "-o", "/dev/stdout")
assert copy.returncode == 0 and copy.stdout.startswith("module @"), copy
piped, file = f"{folder}/pipe", f"{folder}/stdout"
os.mkfifo(piped)
reader = subprocess.Popen(["cat", piped], stdout=subprocess.PIPE, text=True)
assert run(*bound, f"--json={piped}").returncode == 0
json.loads(reader.communicate(timeout=30)[0])

# Where standard streams are closed, no file takes their place.
for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
    record = pathlib.Path(folder, "closed.json")
    script = 'exec "$@" ' + closed
    status = subprocess.run(["sh", "-c", script, "sh", *bound, f"--json={record}"]).returncode
    assert status == 0, (closed, status)
    json.loads(record.read_text())
    record.unlink()
    net = pathlib.Path(folder, "closed.qev")
    status = subprocess.run(["sh", "-c", script, "sh", opt, pair[0], "-o", str(net)]).returncode
    assert status == 0, (closed, status)
    assert net.read_text() == copy.stdout, closed
    status = subprocess.run(["sh", "-c", script, "sh", qev, "inspect", f"{folder}/none.onnx"], stderr=subprocess.DEVNULL).returncode
    assert status == 2, (closed, status)
