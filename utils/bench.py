#!/usr/bin/env python3
"""Measures qev and writes the tables of docs/Performance.md.

    utils/bench.py                      # the pair shipped in test/models/digits
    utils/bench.py --data FOLDER...     # other pairs, each folder of one of:
      float.onnx, other .onnx files and inputs.npy; region.txt may hold REGION
        words (as qev takes them) in place of --radius 0.01 --clip 0:1
      p?.float.onnx, p?.q*.onnx, inputs.npy and ids.txt as converted from
        QEBVerif; with reference.json and witnessed.json, compared with them
    utils/bench.py --kernels            # products of back-substitution
    utils/bench.py --scaling [SIZES...] # random pairs, from make-random-pair.py

Every figure comes from build/bin/qev-bench: one thread, CPU time, the least of
--repeat runs, the median over samples. All tables are printed; those that
docs/Performance.md has a place for (`<!-- bench:begin NAME -->`) are replaced
there. If a difference that some input reaches lies outside an interval that
claims to be sound, or if released numbers are not reproduced, says so, leaves
the document alone and exits with 1.
"""

import argparse
import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

import bench_tables as tables
from bench_tables import DataSet, Figures, Interval, Pair

ROOT = pathlib.Path(__file__).resolve().parents[1]
METHODS = ["interval", "symbolic", "twin", "best", "qebverif-con", "qebverif-sym"]
SCALING = [
    "784-256-256-10",
    "784-512-512-10",
    "784-1024-1024-10",
    "784-2048-2048-10",
    "784-512-10",
    "784-512-512-512-10",
    "784-512-512-512-512-10",
    "784-512-512-512-512-512-10",
]
# Printed with six digits, after rounding outward.
REFERENCE_TOLERANCE = 2e-6


class BenchError(Exception):
    """What a user can put right."""


# ===------------------------------------------------------------------------===
# Finding pairs
# ===------------------------------------------------------------------------===


def read_json(path: pathlib.Path) -> dict | None:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def find_qebverif(folder: pathlib.Path) -> DataSet:
    pairs = []
    for first in sorted(folder.glob("p?.float.onnx")):
        net = first.name.removesuffix(".float.onnx")
        bits = {
            int(match[1]): path
            for path in folder.glob(f"{net}.q*.onnx")
            if (match := re.fullmatch(rf"{net}\.q(\d+)\.onnx", path.name))
        }
        pairs += [
            Pair(f"{net.upper()} Q{q}", first, bits[q], net.upper(), str(q))
            for q in sorted(bits)
        ]
    reference = read_json(folder / "reference.json")
    radius = reference["r"] if reference else 3
    ids = folder / "ids.txt"
    return DataSet(
        folder.resolve().name,
        folder,
        pairs,
        ["--radius", str(radius), "--clip", "0:255", "--grid", "1"],
        [1, 2, 4, 6, 8],
        ids.read_text(encoding="utf-8").split() if ids.exists() else [],
        reference,
        read_json(folder / "witnessed.json"),
    )


def find_plain(folder: pathlib.Path) -> DataSet:
    first = folder / "float.onnx"
    pairs = [
        Pair(path.stem, first, path)
        for path in sorted(folder.glob("*.onnx"))
        if path != first
    ]
    region = ["--radius", "0.01", "--clip", "0:1"]
    words = folder / "region.txt"
    if words.exists():
        region = shlex.split(words.read_text(encoding="utf-8"))
    return DataSet(
        folder.resolve().name, folder, pairs, region, [0.125, 0.25, 0.5, 1, 2]
    )


def find_data(folder: pathlib.Path) -> DataSet:
    if (folder / "float.onnx").exists():
        data = find_plain(folder)
    elif any(folder.glob("p?.float.onnx")):
        data = find_qebverif(folder)
    else:
        raise BenchError(
            f"{folder}: neither float.onnx nor p?.float.onnx is there; "
            "see --help for the layouts"
        )
    if not data.pairs:
        raise BenchError(f"{folder}: no quantized model beside the float one")
    if not (folder / "inputs.npy").exists():
        raise BenchError(f"{folder}: inputs.npy is missing")
    return data


# ===------------------------------------------------------------------------===
# Measuring and checking
# ===------------------------------------------------------------------------===


def run_bench(program: str, words: list[str]) -> Figures:
    command = [program, *words]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    except OSError as problem:
        raise BenchError(f"{program}: {problem.strerror}; build it first") from problem
    if done.returncode != 0:
        raise BenchError(f"exit status {done.returncode} of {shlex.join(command)}")
    return json.loads(done.stdout)


def measure_pair(data: DataSet, pair: Pair, arguments: argparse.Namespace) -> Figures:
    words = [str(pair.first), str(pair.second)]
    words += ["--input", str(data.folder / "inputs.npy"), *data.region]
    words += [f"--repeat={arguments.repeat}", f"--methods={','.join(METHODS)}"]
    if arguments.sample:
        words += ["--sample", arguments.sample]
    return run_bench(arguments.program, words)


def is_inside(inner: list[float], outer: Interval) -> bool:
    low, high = outer
    return (low is None or low <= inner[0]) and (high is None or inner[1] <= high)


def check_pair(data: DataSet, pair: Pair, figures: Figures) -> list[str]:
    """What cannot be: complaints, one for each interval."""
    complaints = []
    for sample in figures["samples"]:
        where = f"{data.name} {pair.name} sample {sample['index']}"
        predicted = sample["predicted"]
        reached = list(enumerate(sample["witnessed"]["intervals"]))
        known = data.get_witnessed(pair, sample)
        if known is not None:
            reached.append((predicted, [known, known]))
        reference = data.get_reference(pair, sample)
        if reference and reference["class"] != predicted:
            complaints.append(
                f"{where}: predicted {predicted}, reference {reference['class']}"
            )
        for method, result in sample["methods"].items():
            if "unsupported" in result:
                continue
            proved = result["intervals"]
            if result["sound"]:
                complaints += [
                    f"{where} {method}: output {output} reaches {delta}, "
                    f"outside {proved[output]}"
                    for output, delta in reached
                    if not is_inside(delta, proved[output])
                ]
            elif reference:
                released = reference["released"][method.removeprefix("qebverif-")]
                complaints += [
                    f"{where} {method}: output {output} is {ours}, released {theirs}"
                    for output, (ours, theirs) in enumerate(
                        zip(proved, released, strict=True)
                    )
                    if any(
                        a is None or abs(a - b) > REFERENCE_TOLERANCE
                        for a, b in zip(ours, theirs, strict=True)
                    )
                ]
    return complaints


def measure_scaling(sizes: str, arguments: argparse.Namespace) -> Figures:
    """One sample of one random pair; a process for each method, for its peak
    of memory."""
    with tempfile.TemporaryDirectory() as folder:
        maker = ROOT / "utils" / "make-random-pair.py"
        subprocess.run([sys.executable, str(maker), sizes, folder], check=True)
        data = find_plain(pathlib.Path(folder))
        words = [str(data.pairs[0].first), str(data.pairs[0].second), *data.region]
        words += ["--input", f"{folder}/inputs.npy", "--sample=0", "--points=0"]
        words += [f"--repeat={arguments.repeat}", "--encode=false"]
        return {
            method: run_bench(arguments.program, [*words, f"--methods={method}"])
            for method in ["interval", "symbolic", "twin", "best"]
        }


# ===------------------------------------------------------------------------===
# The document
# ===------------------------------------------------------------------------===


def write_tables(path: pathlib.Path, blocks: dict[str, str]) -> None:
    """Replaces the blocks the document has places for."""
    text = path.read_text(encoding="utf-8")
    for name, block in blocks.items():
        begin, end = f"<!-- bench:begin {name} -->", f"<!-- bench:end {name} -->"
        if text.count(begin) != 1 or text.count(end) != 1:
            print(f"note: {path} has no place for '{name}'", file=sys.stderr)
            continue
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}\n\n{block}\n{end}{after}"
    path.write_text(text, encoding="utf-8")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", nargs="+", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--kernels", action="store_true")
    parser.add_argument("--scaling", nargs="*", metavar="SIZES")
    parser.add_argument("--sample", help="samples of each batch (default: all)")
    parser.add_argument("--repeat", type=int, default=3, help="default 3")
    parser.add_argument("--program", default=str(ROOT / "build" / "bin" / "qev-bench"))
    parser.add_argument(
        "--document", type=pathlib.Path, default=ROOT / "docs" / "Performance.md"
    )
    parser.add_argument("--json", type=pathlib.Path, help="keep all figures here")
    return parser.parse_args()


def describe_command(what: list[str], arguments: argparse.Namespace) -> str:
    words = ["utils/bench.py", *what]
    if arguments.sample:
        words.append(f"--sample={arguments.sample}")
    return shlex.join([*words, f"--repeat={arguments.repeat}"])


def bench(arguments: argparse.Namespace) -> int:
    if not arguments.document.exists():
        raise BenchError(f"{arguments.document}: no such file")
    blocks: dict[str, str] = {}
    kept: dict[str, dict[str, Figures]] = {}
    complaints: list[str] = []
    folders = arguments.data
    if folders is None and not arguments.kernels and arguments.scaling is None:
        folders = [ROOT / "test" / "models" / "digits"]
    for data in [find_data(folder) for folder in folders or []]:
        figures = kept[data.name] = {}
        for pair in data.pairs:
            print(f"{data.name} {pair.name} ...", file=sys.stderr)
            figures[pair.name] = measure_pair(data, pair, arguments)
            complaints += check_pair(data, pair, figures[pair.name])
        what = ["--data", f"PATH/{data.name}"] if arguments.data else []
        command = describe_command(what, arguments)
        blocks |= tables.describe_data(data, figures, tables.sign(command, ROOT))
    if arguments.kernels:
        figures = kept["kernels"] = {"": run_bench(arguments.program, ["--kernels"])}
        signature = tables.sign("utils/bench.py --kernels", ROOT)
        blocks["kernels"] = tables.describe_kernels(figures[""], signature)
    if arguments.scaling is not None:
        figures = kept["scaling"] = {}
        for sizes in arguments.scaling or SCALING:
            print(f"scaling {sizes} ...", file=sys.stderr)
            figures[sizes] = measure_scaling(sizes, arguments)
        command = describe_command(["--scaling", *arguments.scaling], arguments)
        blocks["scaling"] = tables.describe_scaling(figures, tables.sign(command, ROOT))

    for name, block in blocks.items():
        print(f"[{name}]\n\n{block}")
    if not complaints:
        write_tables(arguments.document, blocks)
    if arguments.json:
        arguments.json.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    for complaint in complaints:
        print(f"error: {complaint}", file=sys.stderr)
    return 1 if complaints else 0


def main() -> int:
    try:
        return bench(parse_arguments())
    except BenchError as problem:
        print(f"bench.py: error: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
