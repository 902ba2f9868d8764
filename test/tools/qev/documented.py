# The answers pasted into README.md are those that the commands give, and the
# commands of docs/Encoding.md work.
#
# REQUIRES: highs
# RUN: %python %s qev %source
#
# Seconds and digits may differ; verdicts, tables and trust may not.
import pathlib
import re
import shlex
import subprocess
import sys

qev, source = sys.argv[1], pathlib.Path(sys.argv[2])


def normalise(line: str) -> str:
    line = re.sub(r"\([0-9.]+ s\)", "(_ s)", line)
    line = re.sub(r"\b(highs) [0-9.]+", r"\1 _", line)
    line = re.sub(r"-?\b[0-9]+\.?[0-9]*(e-?[0-9]+)?(?=[],])", "_", line)
    return re.sub(r" +", " ", line.rstrip())


checked = 0
text = (source / "README.md").read_text(encoding="utf-8")
for block in re.findall(r"^```\n(.*?)^```$", text, re.S | re.M):
    lines = block.splitlines()
    if not lines[0].startswith("$ build/bin/qev "):
        continue
    command = [qev, *shlex.split(lines[0])[2:]]
    run = subprocess.run(command, cwd=source, capture_output=True, text=True)
    got, wanted = run.stdout.splitlines(), lines[1:]
    assert [*map(normalise, got)] == [*map(normalise, wanted)], f"{lines[0]}\n{run.stdout}{run.stderr}"
    status = {"verified": 0, "falsified": 1, "unknown": 3}[wanted[0].split(": ")[1]]
    assert run.returncode == status, run
    checked += 1
assert checked > 0

commands = re.findall(r"^\$ build/bin/(qev-opt .*) > ", (source / "docs/Encoding.md").read_text(encoding="utf-8"), re.M)
assert commands
for command in commands:
    run = subprocess.run(shlex.split(command), cwd=source, capture_output=True, text=True)
    assert run.returncode == 0 and run.stdout.endswith("ENDATA\n"), f"{command}\n{run.stderr}"
