#!/usr/bin/env python3
"""Measures how late qev ends after its time limit, on a pair of wide networks.

    utils/time-limit.py QEV [--sizes 784-2000-2000-10] [--timeout S] [--slack S]

Every command must end within the limit and the slack, and say that the limit was
reached: with status 3, or with 0 where verify is asked for no more than a bracket.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import time

COMMANDS = (
    "verify --epsilon 1e-9",
    "verify",
    "attack --epsilon 1e9",
    "bound",
    "bound --method interval",
    "bound --method symbolic",
    "bound --explain",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("qev")
    parser.add_argument("--sizes", default="784-2000-2000-10")
    parser.add_argument("--timeout", type=float, default=2)
    parser.add_argument("--slack", type=float, default=2)
    options = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        make = pathlib.Path(__file__).with_name("make-random-pair.py")
        subprocess.run([sys.executable, make, options.sizes, folder], check=True)
        question = [f"{folder}/float.onnx", f"{folder}/int8.onnx", "--input", f"{folder}/inputs.npy"]
        question += ["--sample", "0", "--radius", "3", "--clip", "0:255", "--timeout", str(options.timeout)]
        for command in COMMANDS:
            word, *rest = command.split()
            start = time.monotonic()
            run = subprocess.run([options.qev, word, *question, *rest], capture_output=True, text=True)
            seconds = time.monotonic() - start
            good = run.returncode == (0 if command == "verify" else 3) and "reason: timeout of" in run.stdout
            good &= seconds < options.timeout + options.slack
            failed |= not good
            print(f"{'ok ' if good else 'BAD'} {seconds:6.2f} s, status {run.returncode}: {command}", flush=True)
            if not good:
                print(run.stdout[:600] + run.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main())
