# Configuration of the shell tests: what a test may name in its RUN and
# REQUIRES lines.

import os
import pathlib
import shlex
import shutil
import subprocess

import lit.formats
import lit.util

config.name = "qev"
config.test_format = lit.formats.ShTest(execute_external=False)
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.qev_build_dir, "test")
config.suffixes = [".qev", ".onnxtxt", ".test", ".py"]

# The unit tests are a suite of their own; PypiSolvers is run only where it is
# named (check-qev-solvers). A .py file is a test only if it says how to run it.
config.excludes = ["Inputs", "models", "unit", "PypiSolvers", "seeds", "lit.cfg.py"]
source = pathlib.Path(config.test_source_root)
for script in source.rglob("*.py"):
    if "RUN:" not in script.read_text(encoding="utf-8"):
        config.excludes.append(script.name)

# Programs by their plain names: qev and qev-opt of this build, FileCheck, not,
# count and split-file of LLVM. The solver programs of the virtual environment
# come last, so that installed ones win.
venv = pathlib.Path(config.qev_venv)
path = [config.qev_tools_dir, config.llvm_tools_dir]
path += os.environ.get("PATH", os.defpath).split(os.pathsep)
path.append(str(venv / "bin"))
config.environment["PATH"] = os.pathsep.join(path)

python = str(venv / "bin" / "python3")
if not os.access(python, os.X_OK):
    python = config.qev_python
config.substitutions += [
    ("%python", shlex.quote(python)),
    ("%utils", os.path.join(config.qev_source_dir, "utils")),
    ("%models", os.path.join(config.test_source_root, "models")),
    ("%source", config.qev_source_dir),
    ("%build", config.qev_build_dir),
    ("%cmake", shlex.quote(config.qev_cmake)),
]

# Z3 is always linked; HiGHS where it was found; the others are programs.
features = config.available_features
features.add("z3")
if config.qev_have_highs:
    features.add("highs")
if config.qev_installs_highs:
    features.add("highs-installed")
for feature, program in {
    "highs-binary": "highs",
    "z3-binary": "z3",
    "cbc": "cbc",
    "glpk": "glpsol",
    "cvc5": "cvc5",
    "lp_solve": "lp_solve",
    "symphony": "symphony",
    "slurm": "sbatch",
    "clang-format": "clang-format-19",
}.items():
    if shutil.which(program, path=config.environment["PATH"]):
        features.add(feature)

# Python packages that %python can import.
modules = {
    "jsonschema": "jsonschema",
    "numpy": "numpy",
    "onnx": "onnx-python",
    "onnxruntime": "onnxruntime",
}
probe = "import importlib.util as u, sys; print(*filter(u.find_spec, sys.argv[1:]))"
found = subprocess.run(
    [python, "-c", probe, *modules], stdout=subprocess.PIPE, text=True, check=True
)
features.update(modules[name] for name in found.stdout.split())

if config.qev_sanitize:
    features.add("asan")

# A test that hangs fails. Needs psutil, which utils/venv.sh installs.
if lit.util.killProcessAndChildrenIsSupported()[0]:
    lit_config.maxIndividualTestTime = 600

# Round-trip mode: qev-opt prints its input, reads that text back and goes on
# with what it read.
if os.environ.get("QEV_ROUNDTRIP"):
    config.environment["QEV_ROUNDTRIP"] = os.environ["QEV_ROUNDTRIP"]
    features.add("roundtrip")
    # A minute of solvers alone; digits-easy.test reads text back in the same way.
    config.excludes.append("digits-hard.test")
    # Without qev-opt a test is what it is in the other mode. (lit excludes by
    # name: all files of that name must be without.)
    files = [file for suffix in config.suffixes for file in source.rglob("*" + suffix)]
    users = {file.name for file in files if b"qev-opt" in file.read_bytes()}
    config.excludes += [file.name for file in files if file.name not in users]
