"""The tables that bench.py makes of the figures of qev-bench, as Markdown."""

import dataclasses
import math
import os
import pathlib
import platform
import subprocess
from collections.abc import Iterable
from statistics import mean, median
from typing import Any

Figures = dict[str, Any]  # what qev-bench prints
Interval = list[float | None]  # an end without a number is infinite
NONE: Interval = [None, None]
SOUND = ["interval", "symbolic", "twin", "best"]


@dataclasses.dataclass
class Pair:
    name: str
    first: pathlib.Path
    second: pathlib.Path
    net: str = ""  # key in reference.json, as is the next
    bits: str = ""


@dataclasses.dataclass
class DataSet:
    """The pairs of one folder, over the same inputs and regions."""

    name: str
    folder: pathlib.Path
    pairs: list[Pair]
    region: list[str]
    epsilons: list[float]
    ids: list[str] = dataclasses.field(default_factory=list)
    reference: Figures | None = None
    witnessed: Figures | None = None

    def get_reference(self, pair: Pair, sample: Figures) -> Figures | None:
        """Intervals of other programs for this sample."""
        return self._look_up(self.reference, pair, sample)

    def get_witnessed(self, pair: Pair, sample: Figures) -> float | None:
        """A difference of the predicted output that some input reaches."""
        known = self._look_up(self.witnessed, pair, sample)
        return known["rne"] if known else None

    def _look_up(self, file: Figures | None, pair: Pair, sample: Figures) -> Any:
        if file is None:
            return None
        return file["nets"][pair.net][pair.bits][self.ids[sample["index"]]]


def make_table(header: list[str], rows: Iterable[list[str]]) -> str:
    lines = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def show(value: float) -> str:
    """Three significant digits, without an exponent; nothing for what is not
    there."""
    if not math.isfinite(value):
        return "-"
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:#.3g}"


def show_milliseconds(seconds: float) -> str:
    return show(1000 * seconds)


def show_mebibytes(kib: int) -> str:
    return show(kib / 1024)


def sign(command: str, root: pathlib.Path) -> str:
    """How figures came about: the command, the machine and the version."""
    model = platform.processor() or platform.machine()
    cpuinfo = pathlib.Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    revision = subprocess.run(
        ["git", "-C", str(root), "describe", "--always", "--dirty"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    ).stdout.strip()
    at = f", qev at {revision}" if revision else ""
    return f"`{command}` on {model}, {os.cpu_count()} cores{at}.\n"


# ===------------------------------------------------------------------------===
# Pairs
# ===------------------------------------------------------------------------===


def get_width(interval: Interval) -> float:
    low, high = interval
    return math.inf if low is None or high is None else high - low


def get_predicted(sample: Figures, method: str) -> Interval:
    """The predicted output's interval; without ends where the method does not
    apply."""
    result = sample["methods"].get(method, {})
    return result["intervals"][sample["predicted"]] if "intervals" in result else NONE


def get_released(
    data: DataSet, pair: Pair, samples: list[Figures], mode: str
) -> list[Interval]:
    """The predicted output's intervals, as QEBVerif has them."""
    intervals = []
    for sample in samples:
        reference = data.get_reference(pair, sample)
        assert reference is not None
        intervals.append(reference["released"][mode][sample["predicted"]])
    return intervals


def describe_widths(data: DataSet, figures: dict[str, Figures]) -> str:
    header = ["pair", *SOUND]
    if data.reference:
        header = ["pair", "QEBVerif Con", "QEBVerif Sym", *SOUND, "best / QEBVerif"]
    rows = []
    for pair in data.pairs:
        samples = figures[pair.name]["samples"]
        widths = {
            method: [get_width(get_predicted(sample, method)) for sample in samples]
            for method in SOUND
        }
        means = [show(mean(widths[method])) for method in SOUND]
        if data.reference:
            con, sym = (
                [get_width(i) for i in get_released(data, pair, samples, mode)]
                for mode in ("con", "sym")
            )
            ratios = [
                ours / min(others)
                for ours, *others in zip(widths["best"], con, sym, strict=True)
            ]
            means = [show(mean(con)), show(mean(sym)), *means, show(mean(ratios))]
        rows.append([pair.name, *means])
    return make_table(header, rows)


def count_proved(epsilons: list[float], *alternatives: list[Interval]) -> str:
    """For each epsilon the number of samples for which one of the alternatives
    has an interval inside [-epsilon, epsilon]."""

    def is_proved(interval: Interval, epsilon: float) -> bool:
        low, high = interval
        if low is None or high is None:
            return False
        return -epsilon <= low and high <= epsilon

    samples = list(zip(*alternatives, strict=True))
    return "/".join(
        str(sum(any(is_proved(i, epsilon) for i in sample) for sample in samples))
        for epsilon in epsilons
    )


def describe_proved(data: DataSet, figures: dict[str, Figures]) -> str:
    header = ["pair", *(["QEBVerif"] if data.reference else []), *SOUND]
    rows = []
    for pair in data.pairs:
        samples = figures[pair.name]["samples"]
        row = [pair.name]
        if data.reference:
            modes = ("base", "con", "sym")
            released = [get_released(data, pair, samples, mode) for mode in modes]
            row.append(count_proved(data.epsilons, *released))
        for method in SOUND:
            intervals = [get_predicted(sample, method) for sample in samples]
            row.append(count_proved(data.epsilons, intervals))
        rows.append(row)
    epsilons = ", ".join(f"{epsilon:g}" for epsilon in data.epsilons)
    count = len(figures[data.pairs[0].name]["samples"])
    return f"Of {count} samples, at epsilon {epsilons}:\n\n" + make_table(header, rows)


def get_median(samples: list[Figures], method: str) -> float:
    """Of the CPU time, over the samples that the method applies to."""
    results = [sample["methods"].get(method, {}) for sample in samples]
    times = [result["seconds"]["cpu"] for result in results if "seconds" in result]
    return median(times) if times else math.nan


def describe_times(data: DataSet, figures: dict[str, Figures]) -> str:
    unsound = ["qebverif-con", "qebverif-sym"] if data.reference else []
    header = ["pair", *SOUND, *unsound, "twin / symbolic", "best / twin"]
    rows = []
    for pair in data.pairs:
        samples = figures[pair.name]["samples"]
        times = {method: get_median(samples, method) for method in [*SOUND, *unsound]}
        ratios = [times["twin"] / times["symbolic"], times["best"] / times["twin"]]
        rows.append(
            [pair.name, *map(show_milliseconds, times.values()), *map(show, ratios)]
        )
    return make_table(header, rows)


def describe_costs(data: DataSet, figures: dict[str, Figures]) -> str:
    stages = {
        "import_first": "import first",
        "import_second": "import second",
        "pair": "pair",
        "analyzer": "prepare",
    }
    header = ["pair", *stages.values(), "encode relaxed", "encode exact"]
    header += ["variables", "integers", "rows", "nonzeros", "peak MiB"]
    rows = []
    for pair in data.pairs:
        result = figures[pair.name]
        encodings = [sample["encode"] for sample in result["samples"]]
        row = [pair.name]
        row += [show_milliseconds(result["stages"][s]["cpu"]) for s in stages]
        row += [
            show_milliseconds(median(e[kind]["seconds"]["cpu"] for e in encodings))
            for kind in ("relaxed", "exact")
        ]
        row += [
            f"{median(e['exact'][size] for e in encodings):.0f}"
            for size in ("variables", "integers", "rows", "nonzeros")
        ]
        rows.append([*row, show_mebibytes(max(result["peak_kib"].values()))])
    return make_table(header, rows)


def describe_data(
    data: DataSet, figures: dict[str, Figures], signature: str
) -> dict[str, str]:
    return {
        f"{data.name} command": signature,
        f"{data.name} widths": describe_widths(data, figures),
        f"{data.name} proved": describe_proved(data, figures),
        f"{data.name} times": describe_times(data, figures),
        f"{data.name} costs": describe_costs(data, figures),
    }


# ===------------------------------------------------------------------------===
# Kernels and sizes
# ===------------------------------------------------------------------------===


def describe_kernels(figures: Figures, signature: str) -> str:
    names = ["dgemm", "multiply", "multiply_halved", "step"]
    header = ["rows x outs x ins", *(name.replace("_", " ") for name in names)]
    rows = [
        [f"{k['rows']} x {k['outs']} x {k['ins']}", *(show(k[name]) for name in names)]
        for k in figures["kernels"]
    ]
    return f"{signature}\n{make_table(header, rows)}"


def describe_scaling(figures: dict[str, Figures], signature: str) -> str:
    header = ["network", "import", "pair", "prepare", *SOUND]
    header += [f"{method} MiB" for method in ("symbolic", "twin", "best")]
    header += ["twin width"]
    rows = []
    for sizes, results in figures.items():
        stages = {
            name: min(r["stages"][name]["cpu"] for r in results.values())
            for name in ("import_first", "import_second", "pair", "analyzer")
        }
        row = [
            sizes,
            show_milliseconds(stages["import_first"] + stages["import_second"]),
        ]
        row += [show_milliseconds(stages[name]) for name in ("pair", "analyzer")]
        row += [show_milliseconds(get_median(results[m]["samples"], m)) for m in SOUND]
        row += [
            show_mebibytes(results[m]["peak_kib"][m])
            for m in ("symbolic", "twin", "best")
        ]
        row.append(
            show(get_width(get_predicted(results["twin"]["samples"][0], "twin")))
        )
        rows.append(row)
    return f"{signature}\n{make_table(header, rows)}"
