#!/usr/bin/env python3
"""Lets libFuzzer look for inputs that break a rule of a fuzz target.

    utils/fuzz.py BUILD [--seconds S] [--jobs N] [TARGET...]

BUILD is a folder of the preset `fuzz`. What is found stays in BUILD/corpus, to
start from next time, and inputs that end a target in BUILD/findings. The status
is 1 if there are any.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time

# What all readers may take at most, as the tools promise it.
LIMITS = ["-timeout=10", "-rss_limit_mb=2560", "-malloc_limit_mb=2048", "-max_len=8192"]


def run(target: pathlib.Path, build: pathlib.Path, seconds: int) -> tuple[str, bool]:
    """One target; its row of the table, and whether it found nothing."""
    source = pathlib.Path(__file__).parent.parent / "test/fuzz/seeds"
    seeds = source / target.name.removesuffix("-structure")
    corpus = build / "corpus" / target.name
    findings = build / "findings"
    for folder in (corpus, findings):
        folder.mkdir(parents=True, exist_ok=True)
    log = build / "corpus" / f"{target.name}.log"
    words = [target, corpus, seeds, f"-max_total_time={seconds}", *LIMITS]
    words += [f"-artifact_prefix={findings}/{target.name}-", "-print_final_stats=1"]
    start = time.monotonic()
    with log.open("w", encoding="utf-8") as output:
        status = subprocess.run(words, stdout=output, stderr=output, env=os.environ | {"ASAN_OPTIONS": "detect_leaks=1"}).returncode
    text = log.read_text(encoding="utf-8", errors="replace")
    count = re.search(r"number_of_executed_units: (\d+)", text)
    covered = re.findall(r"cov: (\d+)", text)
    row = f"| {target.name} | {count[1] if count else '?'} | {covered[-1] if covered else '?'} | {time.monotonic() - start:.0f} |"
    if status:
        found = re.search(r"(finding: .*|SUMMARY: .*|ERROR: .*)", text)
        row += f" {found[1] if found else f'status {status}'} (see {log})"
    return row, status == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--seconds", type=int, default=60, help="for each target (default: 60)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="targets side by side (default: all cores)")
    options = parser.parse_intermixed_args()
    targets = sorted((options.build / "bin/fuzz").glob("*"))
    if unknown := set(options.targets) - {target.name for target in targets}:
        parser.error(f"no target {', '.join(sorted(unknown))} in {options.build}/bin/fuzz")
    targets = [target for target in targets if not options.targets or target.name in options.targets]
    if not targets:
        parser.error(f"{options.build}/bin/fuzz has no targets: build with the preset 'fuzz'")
    print("| target | inputs run | edges covered | seconds |\n| --- | ---: | ---: | ---: |", flush=True)
    clean = True
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for row, good in pool.map(lambda target: run(target, options.build, options.seconds), targets):
            print(row, flush=True)
            clean &= good
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
