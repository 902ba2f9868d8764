#!/usr/bin/env python3
"""Runs a counterexample of `qev verify --witness DIR` in ONNX Runtime.

    replay-witness.py FIRST.onnx SECOND.onnx DIR [SAMPLE]

Runs both models on DIR/sampleN.input.npy without graph optimisation and prints,
for each output, what the runtime and what qev's exact arithmetic computed.
Exits with 1 if a runtime output is further from the exact one than float32
rounding explains: 1e-4 of the largest output, or one step of the second model's
output quantizer where that model ends in one. Needs numpy, onnx and onnxruntime.
"""

import argparse
import pathlib
import re
import sys

import numpy as np
import onnx
import onnx.numpy_helper
import onnxruntime as ort


class Codes:
    """What integer inputs and outputs of a model stand for."""

    def __init__(self, path: str) -> None:
        self.graph = onnx.load(path).graph
        self.constants = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in self.graph.initializer}
        for node in self.graph.node:
            if node.op_type == "Constant":
                self.constants[node.output[0]] = onnx.numpy_helper.to_array(node.attribute[0].t)

    def get_numbers(self, node: onnx.NodeProto) -> tuple[np.ndarray, np.ndarray]:
        """Scale and zero point of a QuantizeLinear or DequantizeLinear."""
        zero = self.constants[node.input[2]] if len(node.input) > 2 else np.array(0)
        return self.constants[node.input[1]].astype(np.float64), zero.astype(np.float64)

    def encode(self, name: str, x: np.ndarray, dtype: type) -> np.ndarray:
        names = {name}
        for node in self.graph.node:
            if node.input and node.input[0] in names:
                if node.op_type == "DequantizeLinear":
                    scale, zero = self.get_numbers(node)
                    return np.round(x / scale + zero).astype(dtype)
                names.add(node.output[0])
        raise ValueError(f"input {name} goes to no DequantizeLinear")

    def decode(self, name: str, y: np.ndarray) -> np.ndarray:
        makers = {output: node for node in self.graph.node for output in node.output}
        node = makers[name]
        while node.op_type != "QuantizeLinear":
            node = makers[node.input[0]]
        scale, zero = self.get_numbers(node)
        return (y - zero) * scale


DTYPES = {"tensor(uint8)": np.uint8, "tensor(int8)": np.int8, "tensor(uint16)": np.uint16, "tensor(int16)": np.int16}


def get_names(slots: list[ort.NodeArg], first: list[ort.NodeArg]) -> list[str]:
    """Names of a model's inputs or outputs, in the order of the first model's
    where these are the same names."""
    names, wanted = ([slot.name for slot in each] for each in (slots, first))
    return wanted if sorted(names) == sorted(wanted) else names


def run(model: str, first: str, inputs: list[np.ndarray]) -> np.ndarray:
    """All outputs, one after the other in the first model's order; integers as
    what they stand for."""
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    order = ort.InferenceSession(first, options, providers=["CPUExecutionProvider"])
    codes = Codes(model)
    types = {slot.name: slot.type for slot in session.get_inputs() + session.get_outputs()}
    feed = {}
    for name, x in zip(get_names(session.get_inputs(), order.get_inputs()), inputs, strict=True):
        dtype = DTYPES.get(types[name])
        feed[name] = codes.encode(name, x, dtype) if dtype else x.astype(np.float32)
    outputs = []
    names = get_names(session.get_outputs(), order.get_outputs())
    for name, y in zip(names, session.run(names, feed), strict=True):
        y = y.astype(np.float64)
        outputs.append(codes.decode(name, y) if types[name] in DTYPES else y)
    return np.concatenate([y.ravel() for y in outputs])


def get_step(values: np.ndarray) -> float:
    """The largest float32 of which all values are multiples; 0 if there is none
    worth speaking of."""
    distinct = np.unique(np.abs(values[values != 0]))
    if distinct.size == 0:
        return 0.0
    gaps = np.diff(np.concatenate([[0.0], distinct]))
    step = gaps.min()
    multiples = distinct / step
    return float(step) if np.allclose(multiples, np.round(multiples), atol=1e-4) else 0.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("first")
    parser.add_argument("second")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("sample", type=int, nargs="?", help="default: the only one in the folder")
    args = parser.parse_args()
    there = sorted({int(re.findall("[0-9]+", path.name)[0]) for path in args.folder.glob("sample*.first*.npy")})
    if args.sample is None and len(there) == 1:
        args.sample = there[0]
    if args.sample not in there:
        sys.exit(f"{args.folder}: error: name one of the samples with a counterexample: {there}")

    def load(name: str) -> list[np.ndarray]:
        """sampleN.NAME.npy, or sampleN.NAME.0.npy and so on."""
        stem = f"sample{args.sample}.{name}"
        paths = [args.folder / f"{stem}.npy"]
        if not paths[0].exists():
            paths = [args.folder / f"{stem}.{i}.npy" for i in range(len(list(args.folder.glob(f"{stem}.*.npy"))))]
        return [np.load(path) for path in paths]

    inputs = load("input")
    exact = [np.concatenate([y.ravel() for y in load(name)]) for name in ("first", "second")]
    computed = [run(model, args.first, inputs) for model in (args.first, args.second)]
    delta = [second - first for first, second in (exact, computed)]

    print("output  first runtime / exact       second runtime / exact      delta runtime / exact")
    for i in range(exact[0].size):
        columns = [(computed[0][i], exact[0][i]), (computed[1][i], exact[1][i]), (delta[1][i], delta[0][i])]
        print(f"{i:6}  " + "  ".join(f"{a:12.6f} {b:12.6f} " for a, b in columns))
    # Float32 sums differ from exact ones in the last digits, and so a quantizer
    # may take the neighbouring code.
    allowed = [1e-4 * np.abs(exact[0]).max(), 1e-4 * np.abs(exact[1]).max()]
    allowed[1] += get_step(exact[1])
    errors = [float(np.abs(a - b).max()) for a, b in zip(computed, exact, strict=True)]
    print(f"largest distance between runtime and exact: {errors[0]:.3g} in the first model, {errors[1]:.3g} in the second")
    if errors[0] > allowed[0] or errors[1] > allowed[1]:
        print("error: more than float32 rounding explains", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
