#!/usr/bin/env python3
"""Times two builds of qev side by side on claims that a solver has to decide.

    bench-solvers.py OLD_QEV NEW_QEV [SOLVER,...]

About the digits pair (test/models/digits): for each sample and radius, the
predicted output's drift claimed to be a little less than what bounds prove.
Claims that either program does not decide in time are left out. Writes a
Markdown table: medians of the seconds, and of the ratio new / old.
"""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODELS = ROOT / "test/models/digits"
PAIR = [MODELS / "float.onnx", MODELS / "int8.onnx"]
RADII = ("0.03", "0.05", "0.07")
SAMPLES = range(10)
PART = 0.97  # of what bounds prove
LIMIT = "20"  # seconds


def ask(program: str, *words: object) -> tuple[str, float]:
    begin = time.monotonic()
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True)
    if done.returncode not in (0, 1, 3):
        sys.exit(done.stderr)
    return done.stdout, time.monotonic() - begin


def main() -> None:
    programs = sys.argv[1:3]
    solvers = sys.argv[3].split(",") if len(sys.argv) > 3 else ["highs", "cbc"]
    print("| solver | claims | old, s | new, s | new / old | slowest new / old |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for solver in solvers:
        times: list[list[float]] = []
        for radius in RADII:
            for sample in SAMPLES:
                region = [*PAIR, "--input", MODELS / "inputs.npy", "--clip", "0:1"]
                region += ["--sample", sample, "--radius", radius]
                region += ["--outputs", "predicted"]
                text, _ = ask(programs[1], "bound", *region, "--json")
                proved = json.loads(text)["samples"][0]["outputs"][0]["proved"]
                epsilon = PART * max(map(abs, proved))
                claim = [*region, "--epsilon", epsilon, "--solver", solver]
                claim += ["--timeout", LIMIT, "--threads", 1, "-q"]
                answers = [ask(program, "verify", *claim) for program in programs]
                if all("by solver" in text for text, _ in answers):
                    times.append([seconds for _, seconds in answers])
        ratios = [new / old for old, new in times]
        old, new = (statistics.median(column) for column in zip(*times))
        print(
            f"| {solver} | {len(times)} | {old:.2f} | {new:.2f} "
            f"| {statistics.median(ratios):.2f} | {max(ratios):.2f} |"
        )


if __name__ == "__main__":
    main()
