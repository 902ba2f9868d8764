#!/usr/bin/env python3
"""Makes a pair of random networks of any size, to measure how qev scales.

    utils/make-random-pair.py 784-2048-2048-10 FOLDER [--seed N] [--samples N]

FOLDER/float.onnx takes pixels 0..255 through Gemm and Relu; FOLDER/int8.onnx is
the same network quantized to uint8 activations and int8 weights, both per
tensor, with int32 biases. Scales are calibrated on random images, of which the
first N are FOLDER/inputs.npy. FOLDER/region.txt says which inputs around each
are meant. The same arguments give the same networks.
"""

import argparse
import itertools
import pathlib
import sys

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

CALIBRATION = 128
REGION = "--radius 3 --clip 0:255 --grid 1\n"

Layers = list[tuple[np.ndarray, np.ndarray]]  # weights [out, in], bias [out]


def make_layers(sizes: list[int], generator: np.random.Generator) -> Layers:
    """Weights that keep the magnitude of what passes (He et al., 2015)."""
    layers = []
    for i, (ins, outs) in enumerate(itertools.pairwise(sizes)):
        weight = generator.normal(0, np.sqrt(2 / ins), (outs, ins))
        if i == 0:
            weight /= 255
        bias = generator.normal(0, 0.05, outs)
        layers.append((weight.astype(np.float32), bias.astype(np.float32)))
    return layers


class Graph:
    """Nodes and constants of one model, in order."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(value, name))
        return name

    def node(self, op: str, inputs: list[str], output: str, **attributes) -> str:
        self.nodes.append(helper.make_node(op, inputs, [output], output, **attributes))
        return output

    def save(self, path: pathlib.Path, ins: int, outs: int) -> None:
        def value(name: str, size: int) -> onnx.ValueInfoProto:
            return helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, size])

        graph = helper.make_graph(
            self.nodes,
            path.stem,
            [value("u", ins)],
            [value("y", outs)],
            self.constants,
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", 20)],
            ir_version=9,
            producer_name="make-random-pair.py",
        )
        onnx.checker.check_model(model)
        onnx.save(model, path)


def to_float(layers: Layers) -> Graph:
    graph = Graph()
    value = "u"
    for i, (weight, bias) in enumerate(layers, start=1):
        names = [graph.constant(f"w{i}", weight), graph.constant(f"b{i}", bias)]
        last = i == len(layers)
        value = graph.node("Gemm", [value, *names], "y" if last else f"h{i}", transB=1)
        if not last:
            value = graph.node("Relu", [value], f"a{i}")
    return graph


def to_int8(layers: Layers, images: np.ndarray) -> Graph:
    """Pixels are their own codes; hidden layers reach up to their largest value
    on the images, weights up to their largest magnitude."""
    graph = Graph()
    value, values, scale = "u", images, np.float32(1)

    def quantize(value: str, name: str) -> str:
        parameters = [
            graph.constant(f"{name}_scale", np.array(scale)),
            graph.constant(f"{name}_zero", np.array(0, np.uint8)),
        ]
        codes = graph.node("QuantizeLinear", [value, *parameters], f"{name}_q")
        return graph.node("DequantizeLinear", [codes, *parameters], f"{name}_dq")

    def constant(name: str, codes: np.ndarray, step: np.float32) -> str:
        parameters = [
            graph.constant(f"{name}_q", codes),
            graph.constant(f"{name}_scale", np.array(step)),
        ]
        return graph.node("DequantizeLinear", parameters, name)

    value = quantize(value, "u")
    for i, (weight, bias) in enumerate(layers, start=1):
        step = np.float32(np.abs(weight).max() / 127)
        codes = np.rint(weight / step).astype(np.int8)
        bias_step = np.float32(scale * step)
        bias_codes = np.rint(bias / bias_step).astype(np.int32)
        names = [
            constant(f"w{i}", codes, step),
            constant(f"b{i}", bias_codes, bias_step),
        ]
        last = i == len(layers)
        value = graph.node("Gemm", [value, *names], "y" if last else f"h{i}", transB=1)
        if last:
            break
        values = np.maximum(values @ weight.T + bias, 0)
        scale = np.float32(values.max() / 255)
        value = quantize(graph.node("Relu", [value], f"r{i}"), f"a{i}")
    return graph


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Makes a pair of random networks: float.onnx and int8.onnx."
    )
    parser.add_argument("sizes", help="of the layers, e.g. 784-2048-2048-10")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--samples", type=int, default=4)
    arguments = parser.parse_args()
    try:
        sizes = [int(size) for size in arguments.sizes.split("-")]
    except ValueError:
        sizes = []
    if len(sizes) < 2 or min(sizes) < 1:
        parser.error(f"'{arguments.sizes}' is no list of sizes, such as 784-100-10")
    if not 1 <= arguments.samples <= CALIBRATION:
        parser.error(f"--samples must be from 1 to {CALIBRATION}")

    generator = np.random.default_rng(arguments.seed)
    images = generator.integers(0, 256, (CALIBRATION, sizes[0])).astype(np.float32)
    layers = make_layers(sizes, generator)
    folder = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    to_float(layers).save(folder / "float.onnx", sizes[0], sizes[-1])
    to_int8(layers, images).save(folder / "int8.onnx", sizes[0], sizes[-1])
    np.save(folder / "inputs.npy", images[: arguments.samples])
    (folder / "region.txt").write_text(REGION, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
