#!/usr/bin/env python3
"""Sums the result files of lit runs (lit -o FILE).

    sum-results.py FILE...

Prints one line per file and, last, "N passed, N failed", followed by
", N skipped" if there were any. The exit status is 0 only if nothing failed and
something passed.
"""

import json
import pathlib
import sys
from collections import Counter

PASSED = {"PASS", "XFAIL", "FLAKYPASS"}
SKIPPED = {"UNSUPPORTED", "SKIPPED", "EXCLUDED"}


def outcome(code: str) -> str:
    if code in PASSED:
        return "passed"
    return "skipped" if code in SKIPPED else "failed"


def describe(counts: Counter[str]) -> str:
    text = f"{counts['passed']} passed, {counts['failed']} failed"
    return text + (f", {counts['skipped']} skipped" if counts["skipped"] else "")


def read(path: pathlib.Path) -> Counter[str]:
    """The outcomes in one file. A run that left no readable file has failed."""
    try:
        tests = json.loads(path.read_text(encoding="utf-8"))["tests"]
        return Counter(outcome(test["code"]) for test in tests)
    except (OSError, ValueError, KeyError) as problem:
        print(f"error: no results in {path}: {problem!r}", file=sys.stderr)
        return Counter(failed=1)


def main(arguments: list[str]) -> int:
    total: Counter[str] = Counter()
    for name in arguments:
        path = pathlib.Path(name)
        counts = read(path)
        total += counts
        print(f"{path.stem}: {describe(counts)}")
    print(describe(total))
    return 0 if total["passed"] and not total["failed"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
