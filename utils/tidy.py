#!/usr/bin/env python3
"""Runs clang-tidy over every file of a build folder; what it says is a failure.

    utils/tidy.py BUILD [-o RESULTS]

The files are those of BUILD/compile_commands.json, unity files among them, and
the checks those of .clang-tidy. RESULTS is in the form of `lit -o`, a test for
each file.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# A unity file includes sources; that is what it is for.
CHECKS = "-bugprone-suspicious-include"


def run(build: pathlib.Path, file: str) -> str:
    """What there is to say of a file; empty if it is clean."""
    words = ["clang-tidy-19", f"-p={build}", "-quiet", f"--config-file={ROOT}/.clang-tidy", f"--checks={CHECKS}", file]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode or re.search(r"\b(warning|error): ", done.stdout):
        return done.stdout + (done.stderr if done.returncode else "")
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("-o", metavar="RESULTS", type=pathlib.Path, dest="results")
    options = parser.parse_args()
    database = json.loads((options.build / "compile_commands.json").read_text(encoding="utf-8"))
    files = sorted({str(pathlib.Path(entry["directory"], entry["file"])) for entry in database})
    tests = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for file, text in zip(files, pool.map(lambda file: run(options.build, file), files)):
            tests.append({"name": file, "code": "FAIL" if text else "PASS"})
            if text:
                print(f"FAIL: {file}\n{text}", flush=True)
    if options.results:
        options.results.write_text(json.dumps({"tests": tests}), encoding="utf-8")
    failed = sum(test["code"] == "FAIL" for test in tests)
    print(f"{len(tests) - failed} files are clean, {failed} are not")
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main())
