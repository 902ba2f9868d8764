# The targets of libFuzzer on their seeds; each has some.
#
# RUN: %python %s %build/bin/fuzz %S/seeds
import pathlib
import subprocess
import sys

programs, seeds = (pathlib.Path(argument) for argument in sys.argv[1:])
targets = sorted(path.name for path in programs.iterdir())
assert targets == sorted(path.name for path in seeds.iterdir()), targets
for target in targets:
    run = subprocess.run([programs / target, seeds / target], capture_output=True, text=True)
    count = len(list((seeds / target).iterdir()))
    assert (run.returncode, run.stdout) == (0, f"{count} inputs\n"), (target, run)
