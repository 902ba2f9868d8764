# Every file that is read is a regular one: whatever waits for a writer or never
# ends is refused in one line, wherever a file can be named. A few bytes do not
# ask for more memory than there is.
#
# RUN: rm -rf %t && mkdir %t
# RUN: %python %s %S/Inputs %t %if asan %{ sanitized %}
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys

inputs, folder = (pathlib.Path(argument) for argument in sys.argv[1:3])
first, second = inputs / "float.onnxtxt", inputs / "int8.onnxtxt"


def call(*words: object, memory: int = 0) -> str:
    """What is said on standard error with the status of an input error."""
    limit = (lambda: resource.setrlimit(resource.RLIMIT_AS, (memory, memory))) if memory else None
    run = subprocess.run(
        [str(word) for word in words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20, preexec_fn=limit
    )
    assert run.returncode == 2 and run.stderr.count("\n") == 1 and not run.stdout, run
    return run.stderr


pair = ["qev", "bound", first, second]
places = [
    ("onnx", ["qev", "inspect", "FILE"]),
    ("onnx", ["qev", "bound", first, "FILE", "--box", "0:1"]),
    ("onnxtxt", ["qev", "run", "FILE", "--input", "x.npy"]),
    ("onnx.gz", ["qev", "inspect", "FILE"]),
    ("npy", [*pair, "--input", "FILE"]),
    ("pb", [*pair, "--input", "FILE"]),
    ("npy", [*pair, "--box", "FILE"]),
    ("npy", [*pair, "--box", "0:1", "--levels", "FILE"]),
    ("npy", ["qev", "run", first, "--input", "FILE"]),
    ("qev", ["qev", "verify", first, second, "--query", "FILE"]),
    ("vnnlib", ["qev", "verify", first, second, "--query", "FILE"]),
    ("vnnlib", ["qev", "verify", "FILE", "--network", f"f={first}", "--network", f"q={second}"]),
    ("json", [*pair, "--box", "0:1", "--fail-above", "FILE"]),
    ("qev", ["qev-opt", "FILE"]),
    ("onnx", ["qev-opt", "--first", "FILE", "--second", second, "--box", "0:1"]),
    ("qev", ["qev-opt", "--first", first, "--second", second, "--query", "FILE"]),
    ("onnx", ["qev-bench", first, "FILE"]),
]
for extension, words in places:
    fifo, zero = folder / f"fifo.{extension}", folder / f"zero.{extension}"
    for path, make in (fifo, os.mkfifo), (zero, lambda path: path.symlink_to("/dev/zero")):
        if not path.exists():
            make(path)
        said = call(*[path if word == "FILE" else word for word in words])
        assert said.endswith(f"{path}: error: is no regular file [file-read]\n"), (words, said)
    directory = folder / f"folder.{extension}"
    directory.mkdir(exist_ok=True)
    if extension not in ("npy", "pb"):  # a folder of samples is one
        said = call(*[directory if word == "FILE" else word for word in words])
        assert said.endswith(f"{directory}: error: is no regular file [file-read]\n"), (words, said)

# Memory that is not there is an input that is too large. The sanitizers have need
# of more address space than there is.
large = folder / "large.onnxtxt"
large.write_text('<ir_version: 8, opset_import: ["" : 13]>\nm (float[1,2000000] x) => (float[1,2000000] y) { y = Relu(x) }\n')
for program in ["qev", "bound", large, large, "--box", "0:1"], ["qev-opt", large, "--pipeline=annotate-bounds", "--box", "0:1"]:
    if sys.argv[3:] != ["sanitized"]:
        said = call(*program, memory=300 << 20)
        wanted = f"{program[0]}: error: more memory is needed than the [0-9]+ MiB in use \\[out-of-memory\\]\n"
        assert re.fullmatch(wanted, said), said
shutil.rmtree(folder)
