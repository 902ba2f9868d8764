#!/usr/bin/env python3
"""Measures what programs over hull rows add to bounds; writes Markdown tables.

    bench-tighten.py widths DATA SAMPLES   tighten-bounds against twin and best
    bench-tighten.py outputs DATA SAMPLES  best against programs for the outputs
    bench-tighten.py root DATA SAMPLES     hull and difference rows against none
    bench-tighten.py solve DIGITS SAMPLES  the same, decided by HiGHS

DATA is the folder of QEBVerif's MNIST pairs (pair P2 is used), DIGITS that of
the digits pair (test/models/digits), SAMPLES a list `0,7`. Times are CPU times.
"""

import json
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
from fractions import Fraction

ROOT = pathlib.Path(__file__).parents[1]
QEV_OPT = ROOT / "build/bin/qev-opt"
HIGHS = ROOT / "build/venv/bin/highs"


def run(command: list[object]) -> tuple[str, str, float]:
    """Output, errors and CPU seconds; ends the program if the command fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr or done.stdout)
    after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    return done.stdout, done.stderr, after - before


def mnist(data: str, bits: int, sample: str) -> list[object]:
    region = ["--input", f"{data}/inputs.npy", "--sample", sample, "--radius", 3]
    models = ["--first", f"{data}/p2.float.onnx", "--second", f"{data}/p2.q{bits}.onnx"]
    return [*models, *region, "--clip", "0:255", "--grid", 1]


def bounds(
    question: list[object], passes: str
) -> tuple[list[tuple[float, float]], str, float]:
    """The outputs' intervals, the statistics and the CPU seconds."""
    text, statistics, seconds = run(
        [QEV_OPT, *question, "--elide-constants=4", "--pass-statistics"]
        + [f"--pipeline=normalize,align-twins,{passes}"]
    )
    last = [line for line in text.splitlines() if line.lstrip().startswith("pair")][-1]
    ends = re.findall(r"\[([^,\]]+), ([^\]]+)\]", last)
    return [(float(lo), float(hi)) for lo, hi in ends], statistics, seconds


def widths(data: str, samples: list[str]) -> None:
    twin = "annotate-bounds{method=twin}"
    tighten = "tighten-bounds{with=lp,budget=400,method="
    columns = {
        "best": "annotate-bounds{method=best}",
        "twin, inner": f"{twin},{tighten}twin,outputs=false}}",
        "twin, all": f"{twin},{tighten}twin}}",
        "best, all": f"annotate-bounds{{method=best}},{tighten}best}}",
    }
    print("| pair | sample | twin width |", *(f"{c} |" for c in columns), "programs | s |")
    print("| --- | ---: | ---: |", "---: |" * (len(columns) + 2))
    for bits in 4, 6, 8:
        for sample in samples:
            question = mnist(data, bits, sample)
            base, _, _ = bounds(question, twin)
            row = [f"P2 Q{bits}", sample]
            row += [f"{sum(hi - lo for lo, hi in base) / len(base):.3f}"]
            for passes in columns.values():
                box, statistics, seconds = bounds(question, passes)
                ratios = [(b - a) / (d - c) for (a, b), (c, d) in zip(box, base)]
                row.append(f"{sum(ratios) / len(ratios):.4f}")
            solves = re.search(r"(\d+) tighten-bounds solves", statistics)
            assert solves
            print("|", " | ".join(row), f"| {solves[1]} | {seconds:.1f} |", flush=True)


def outputs(data: str, samples: list[str]) -> None:
    print("| pair | sample | outputs | best / program, mean | largest | s |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    best = "annotate-bounds{method=best}"
    for bits in 4, 6, 8, 10:
        for sample in samples:
            question = mnist(data, bits, sample)
            base, _, _ = bounds(question, best)
            # Outputs come first: two programs for each, and none for neurons.
            tighten = f"tighten-bounds{{with=lp,budget={2 * len(base)}}}"
            box, _, seconds = bounds(question, f"{best},{tighten}")
            ratios = [(d - c) / (b - a) for (a, b), (c, d) in zip(box, base)]
            print(f"| P2 Q{bits} | {sample} | {len(ratios)} | {sum(ratios) / len(ratios):.4f} |", end="")
            print(f" {max(ratios):.4f} | {seconds:.1f} |", flush=True)


def emit(question: list[object], obligation: str, rows: bool, folder: str) -> tuple[str, dict]:
    """The MPS file and its objective in the map."""
    for kind in "mps", "map":
        run(
            [QEV_OPT, *question, f"--emit={kind}", "-o", f"{folder}/m.{kind}"]
            + ["--pipeline=normalize,align-twins,annotate-bounds"]
            + [f"--obligation={obligation}", f"--hull-rows={str(rows).lower()}"]
            + [f"--difference-rows={str(rows).lower()}"]
        )
    text = pathlib.Path(f"{folder}/m.map").read_text(encoding="utf-8")
    return f"{folder}/m.mps", json.loads(text)["objective"]


def solve(model: str, options: str, folder: str) -> tuple[str, float]:
    path = pathlib.Path(folder, "options.txt")
    settings = "threads = 1\nparallel = off\nmip_rel_gap = 0\nmip_abs_gap = 0\n"
    log = f"log_file = {folder}/log.txt\n"
    path.write_text(settings + log + options, encoding="utf-8")
    text, _, seconds = run([HIGHS, model, "--options_file", path])
    return text, seconds


def find(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    return match[1].strip() if match else "?"


def root(data: str, samples: list[str], folder: str) -> None:
    print("| pair | sample | widest output | joint | separate | ratio | joint s | separate s |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for bits in 4, 6, 8:
        for sample in samples:
            question = mnist(data, bits, sample)
            box, _, _ = bounds(question, "annotate-bounds")
            output = max(range(len(box)), key=lambda i: box[i][1] - box[i][0])
            width, seconds = [0.0, 0.0], [0.0, 0.0]
            for i, rows in enumerate((True, False)):
                for side in "above", "below":
                    model, unit = emit(question, f"output_{output}_{side}", rows, folder)
                    text, time = solve(model, "solve_relaxation = true\n", folder)
                    value = float(find(r"Objective value\s*:\s*(\S+)", text))
                    width[i] += int(unit["sign"]) * value / 2 ** int(unit["exponent"])
                    width[i] += float(Fraction(str(unit["offset"])))
                    seconds[i] += time
            print(f"| P2 Q{bits} | {sample} | {output} | {width[0]:.3f} | {width[1]:.3f} |", end="")
            print(f" {width[0] / width[1]:.3f} | {seconds[0]:.1f} | {seconds[1]:.1f} |", flush=True)


def decide(digits: str, samples: list[str], folder: str) -> None:
    print("| sample | epsilon / bound | joint | nodes | s | separate | nodes | s |")
    print("| ---: | ---: | --- | ---: | ---: | --- | ---: | ---: |")
    for sample in samples:
        models = ["--first", f"{digits}/float.onnx", "--second", f"{digits}/int8.onnx"]
        region = ["--input", f"{digits}/inputs.npy", "--sample", sample, "--radius", 0.002]
        question: list[object] = [*models, *region]
        box, _, _ = bounds(question, "annotate-bounds")
        output = max(range(len(box)), key=lambda i: max(box[i][1], -box[i][0]))
        lo, hi = box[output]
        side = "above" if hi > -lo else "below"
        claim = ["--epsilon", f"{0.85 * max(hi, -lo):.4f}", "--outputs", output]
        row = [sample, "0.85"]
        for rows in True, False:
            model, _ = emit([*question, *claim], f"output_{output}_{side}", rows, folder)
            text, seconds = solve(model, "time_limit = 120\n", folder)
            row += [find(r"  Status +(.*)", text), find(r"  Nodes +(\d+)", text)]
            row += [f"{seconds:.1f}"]
        print("|", " | ".join(row), "|", flush=True)


def main(arguments: list[str]) -> int:
    if len(arguments) != 3 or arguments[0] not in ("widths", "outputs", "root", "solve"):
        print(__doc__, file=sys.stderr)
        return 2
    what, data, samples = arguments[0], arguments[1], arguments[2].split(",")
    with tempfile.TemporaryDirectory() as folder:
        if what == "widths":
            widths(data, samples)
        elif what == "outputs":
            outputs(data, samples)
        elif what == "root":
            root(data, samples, folder)
        else:
            decide(data, samples, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
