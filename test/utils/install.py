# Installed programs start wherever the prefix is: HiGHS, which comes from a
# virtual environment in the build folder, is installed with them.
#
# REQUIRES: highs-installed
# RUN: rm -rf %t && mkdir %t
# RUN: %cmake --install %build --prefix %t/prefix
# RUN: mv %t/prefix %t/moved
# RUN: %python %s %t/moved %build %source/test/tools/qev/Inputs
import os
import pathlib
import re
import subprocess
import sys

prefix, build, inputs = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
environment = {key: value for key, value in os.environ.items() if key != "LD_LIBRARY_PATH"}


def call(*words: object) -> str:
    command = [str(word) for word in words]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


installed = sorted(str(path.relative_to(prefix)) for path in prefix.rglob("*") if not path.is_dir())
assert installed[:2] == ["bin/qev", "bin/qev-opt"], installed
assert all(name.startswith("lib/qev/libhighs.") for name in installed[2:]), installed

for program in (prefix / "bin/qev", prefix / "bin/qev-opt"):
    # Neither names the build folder, nor finds anything in it.
    paths = re.findall(r"\((?:RPATH|RUNPATH)\).*\[(.*)\]", call("readelf", "-d", program))
    assert len(paths) == 1 and paths[0].split(":")[0] == "$ORIGIN/../lib/qev" and str(build) not in paths[0], paths
    libraries = dict(re.findall(r"(\S+) => (.*) \(", call("ldd", program)))
    resolved = {name: pathlib.Path(path).resolve() for name, path in libraries.items()}
    own = [name for name, path in resolved.items() if path.is_relative_to(prefix)]
    assert len(own) == 1 and own[0].startswith("libhighs."), libraries
    assert not any(path.is_relative_to(build) for name, path in resolved.items() if name not in own), libraries

qev = prefix / "bin/qev"
assert re.search(r"solver highs [0-9.]+ \(linked\)", call(qev, "--version", "-v"))
question = ["--box", "0:1", "--epsilon", "0.15", "--solver", "highs"]
answer = call(qev, "verify", inputs / "float.onnxtxt", inputs / "int8.onnxtxt", *question)
assert "sample 0: verified: |delta| <= 0.15, by solver" in answer, answer
module = call(prefix / "bin/qev-opt", inputs / "float.onnxtxt")
assert module.startswith("module @model"), module
