# Small models with their structure changed: what `qev run` takes, ONNX Runtime
# takes too, and both mean the same by it.
#
# REQUIRES: onnxruntime, onnx-python
# RUN: %python %s qev %t %source/test 200
"""mutants.py QEV FOLDER TESTS [MUTANTS [FIRST_SEED]]"""

import collections
import copy
import json
import pathlib
import re
import resource
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto

sys.path.append(str(pathlib.Path(__file__).parent / "Inputs"))
from float_error import FloatError, read_constants
from mutant_changes import mutate
from mutant_repairs import Values, explain_inability, mend
from mutant_seeds import make_seeds

MODELS = ["Import/qdq-linear", "Interp/modes"]
MODELS += ["tools/qev/Inputs/" + name for name in ("float", "int8", "int8-io", "preconditions")]
INTEGERS = {TensorProto.UINT8: np.uint8, TensorProto.INT8: np.int8, TensorProto.UINT16: np.uint16, TensorProto.INT16: np.int16}
SAMPLES = 6
SECONDS = 5  # on a busy machine; mutants take milliseconds


class Wrong(Exception):
    """qev has done what it should not."""


def call(qev: str, *words: object) -> tuple[bool, str]:
    """Whether qev accepts, and what it prints."""
    try:
        run = subprocess.run([qev, "run", *map(str, words)], capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise Wrong(f"qev takes more than {SECONDS} s") from None
    # The largest of all runs so far, in KiB.
    if (size := resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) > 500 << 10:
        raise Wrong(f"qev takes {size} KiB")
    if run.returncode == 0 and not run.stderr:
        return True, run.stdout
    if run.returncode == 2 and run.stderr.count("\n") == 1 and not run.stdout:
        return False, run.stderr
    raise Wrong(f"qev ends with status {run.returncode}: {run.stdout}{run.stderr}")


def open_session(model: onnx.ModelProto) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


# --- inputs ---------------------------------------------------------------


def list_inputs(model: onnx.ModelProto) -> list[tuple[str, list[int], np.dtype]]:
    """Name, shape and type of what must be given, as the file declares it."""
    constants = {tensor.name for tensor in model.graph.initializer}
    found = []
    for value in model.graph.input:
        if value.name not in constants:
            tensor = value.type.tensor_type
            # Open dimensions are 1. What is no number is refused anyway.
            sizes = [d.dim_value if d.HasField("dim_value") and d.dim_value >= 0 else 1 for d in tensor.shape.dim]
            kind = np.dtype(INTEGERS.get(tensor.elem_type, np.float32))
            found.append((value.name, sizes, kind))
    return found


def make_samples(shape: list[int], kind: np.dtype, random: np.random.Generator) -> np.ndarray:
    """Ties, common values, saturation and large numbers."""
    size = [SAMPLES, *(min(dimension, 64) for dimension in shape)]
    if kind.kind in "iu":
        return random.integers(np.iinfo(kind).min, np.iinfo(kind).max + 1, size).astype(kind)
    x = random.normal(0, 1.5, size)
    x[0] = np.round(x[0] * 32) / 32
    x[1] *= 100
    x[2] = np.round(x[2] * 4) / 4 + 0.125
    x[3] *= 1e-3
    x[4] *= 10.0 ** random.integers(3, 7)
    return x.astype(np.float32)


# --- one mutant -----------------------------------------------------------


class Mutant:
    def __init__(self, model: onnx.ModelProto, seed: int, qev: str, folder: pathlib.Path) -> None:
        self.model, self.qev, self.folder = model, qev, folder
        random = np.random.default_rng(seed)
        self.samples = {name: make_samples(shape, kind, random) for name, shape, kind in list_inputs(model)}
        self.words: list[object] = ["--mode", "exact", "--json"]
        if not self.samples:  # something that can be read, lest that be refused
            self.words += ["--input", f"{folder}/x0.npy"]
        for i, (name, samples) in enumerate(self.samples.items()):
            np.save(folder / f"x{i}.npy", samples)
            self.words += ["--input", f"{name}={folder}/x{i}.npy" if len(self.samples) > 1 else f"{folder}/x{i}.npy"]

    def run_qev(self, output: int) -> tuple[bool, str]:
        """`qev run` prints the first output, so `output` is made that."""
        model = onnx.ModelProto()
        model.CopyFrom(self.model)
        if output:
            del model.graph.output[:]
            outputs = list(self.model.graph.output)
            model.graph.output.extend([outputs.pop(output), *outputs])
        # As it is: `onnx.save` would look for external data.
        (self.folder / "model.onnx").write_bytes(model.SerializeToString())
        return call(self.qev, self.folder / "model.onnx", *self.words)

    def run_runtime(self) -> list[Values]:
        """All values of every sample that can be told."""
        session = open_session(self.model)
        needed = {value.name for value in session.get_inputs()}
        for name in self.samples.keys() - needed:
            raise Wrong(f"input '{name}' is none to the runtime")
        for sample in range(SAMPLES):  # refuses what only shows when it runs
            session.run(None, self.feed(sample))
        told = onnx.ModelProto()
        told.CopyFrom(self.model)
        del told.graph.output[:]
        names = [value.name for value in self.model.graph.output]
        names += [name for node in self.model.graph.node for name in node.output if name]
        told.graph.output.extend(onnx.ValueInfoProto(name=name) for name in dict.fromkeys(names))
        session = open_session(told)
        names = [value.name for value in session.get_outputs() if "int4" not in value.type and "int2" not in value.type]
        constants = read_constants(self.model.graph)
        results = [dict(zip(names, session.run(names, self.feed(i)))) for i in range(SAMPLES)]
        return [{**constants, **self.feed(i), **results[i]} for i in range(SAMPLES)]

    def feed(self, sample: int) -> Values:
        return {name: np.asarray(samples[sample]) for name, samples in self.samples.items()}

    def compare(self, outputs: list[list[list[float]]], values: list[Values], counts: collections.Counter) -> None:
        """`outputs` of qev, of each the samples, with what the runtime made."""
        for sample in range(SAMPLES):
            error = FloatError(self.model.graph, values[sample])
            for output, info in enumerate(self.model.graph.output):
                finite = [np.isfinite(values[sample][n]).all() for n in error.needs(info.name) if n in values[sample]]
                if not all(finite):
                    counts["outputs beyond float32"] += 1
                    continue
                with np.errstate(all="ignore"):
                    bound = np.broadcast_to(error.get(info.name), values[sample][info.name].shape).reshape(-1)
                wanted = values[sample][info.name].astype(np.float64).reshape(-1)
                found = np.array(outputs[output][sample], np.float64)
                if found.shape != wanted.shape:
                    raise Wrong(f"output '{info.name}' has {found.size} elements, the runtime's {wanted.size}")
                off = ~(np.abs(found - wanted) <= bound)
                if off.any():
                    at = int(np.argmax(off))
                    where = f"output '{info.name}', sample {sample}, element {at}"
                    raise Wrong(f"{where}: {found[at]}, the runtime {wanted[at]} +- {bound[at]}")
                counts["elements"] += found.size
                counts["elements within a ten thousandth"] += int((bound <= 1e-4 * (1 + np.abs(wanted))).sum())
                counts["elements exactly"] += int((found == wanted).sum())

    def check(self, counts: collections.Counter) -> None:
        """Raises Wrong where qev is."""
        accepted, said = self.run_qev(0)
        if not accepted:
            counts["refused by qev: " + re.findall(r"\[([a-z-]+)\]$", said.strip())[-1]] += 1
            return
        counts["accepted by qev"] += 1
        values = None
        while values is None:
            try:
                values = self.run_runtime()
                onnx.checker.check_model(self.model, full_check=True)
            except Wrong:
                raise
            except Exception as problem:
                who = "checker" if values else "runtime"
                if not values and (unable := explain_inability(problem)):
                    counts[f"not compared: {unable}"] += 1
                    return
                reason = mend(self.model, problem, values[0] if values else {})
                if reason is None:
                    raise Wrong(f"qev accepts what the {who} refuses: {problem}") from None
                counts[f"refused by the {who}: {reason}"] += 1
                values = None
        outputs = []
        for i in range(len(self.model.graph.output)):
            accepted, said = (True, said) if i == 0 else self.run_qev(i)
            if not accepted:
                raise Wrong(f"with output {i} first: {said}")
            samples = [sample["outputs"] for sample in json.loads(said)["samples"]]
            outputs.append([[np.nan if y is None else y for y in sample] for sample in samples])
        self.compare(outputs, values, counts)
        counts["accepted by both and equal"] += 1


def find_problem(mutant: Mutant, counts: collections.Counter) -> str:
    try:
        mutant.check(counts)
    except Wrong as wrong:
        return str(wrong)
    return ""


def main(arguments: list[str]) -> None:
    qev, folder, tests = arguments[0], pathlib.Path(arguments[1]), pathlib.Path(arguments[2])
    mutants, first = (*map(int, arguments[3:]), *[200, 0][len(arguments) - 3 :])
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "x0.npy", np.zeros((1, 1), np.float32))
    seeds = make_seeds([tests / f"{name}.onnxtxt" for name in MODELS])
    covered = {".".join(filter(None, [node.domain, node.op_type])) for model in seeds for node in model.graph.node}
    supported = subprocess.run([qev, "supports", "--onnx-operators"], capture_output=True, text=True, check=True).stdout.split()
    assert covered == set(supported), covered ^ set(supported)
    counts: collections.Counter = collections.Counter()
    failures = []
    for model in seeds:
        if problem := find_problem(Mutant(model, 0, qev, folder), counts):
            failures.append(f"{model.graph.name} as it is: {problem}")
    assert failures or counts["accepted by both and equal"] == len(seeds), counts
    counts.clear()
    for seed in range(first, first + mutants):
        model, changes = mutate(seeds, seed)
        if problem := find_problem(Mutant(copy.deepcopy(model), seed, qev, folder), counts):
            failures.append(f"seed {seed} ({', '.join(changes)}): {problem}")
            (folder / f"wrong-{seed}.onnx").write_bytes(model.SerializeToString())
    print(*failures, sep="\n")
    print(mutants, "mutants")
    for what, count in sorted(counts.items()):
        print(count, what)
    assert not failures, len(failures)
    assert counts["accepted by both and equal"] > mutants / 8
    # A tolerance that is wide only where a rounding is in doubt.
    assert counts["elements within a ten thousandth"] > 0.9 * counts["elements"]


if __name__ == "__main__":
    main(sys.argv[1:])
