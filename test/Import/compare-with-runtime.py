# Random small graphs as quantizers write them: the float32 interpreter against
# ONNX Runtime without graph optimisation, activation by activation.
#
# REQUIRES: onnxruntime, onnx-python
# RUN: %python %s qev %t
#
# Both do the same float32 operations but sum dot products in another order. So
# a quantized activation may differ by one step where the value before the
# rounding lies as close to a tie as the two sums may lie apart, and nowhere
# else. Graphs whose sums are exact must agree bit for bit.
"""compare-with-runtime.py QEV FOLDER [GRAPHS [FIRST_SEED]]"""

import dataclasses
import json
import pathlib
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

UNIT = 2.0**-24  # unit roundoff of float32
SAMPLES = 8

ELEMENTS = {
    "u8": (TensorProto.UINT8, 0, 255),
    "i8": (TensorProto.INT8, -128, 127),
    "u16": (TensorProto.UINT16, 0, 65535),
    "i16": (TensorProto.INT16, -32768, 32767),
    "i4": (TensorProto.INT4, -8, 7),
    "u4": (TensorProto.UINT4, 0, 15),
    "i32": (TensorProto.INT32, -(2**31), 2**31 - 1),
}


@dataclasses.dataclass
class Dot:
    """A linear layer: what bounds the difference of two orders of its sum."""

    x: str
    weights: np.ndarray  # [N, K], as reals
    addend: np.ndarray  # |bias|, [N]
    result: str


@dataclasses.dataclass
class Point:
    """A float tensor to compare; `step` of the quantizer in front of it."""

    name: str
    step: np.ndarray | None
    dot: Dot | None


class Graph:
    """A random model under construction."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.opset = int(self.random.choice([10, 11, 13, 17, 20, 21, 23]))
        # Small integers and powers of two: every sum is exact.
        self.exact = bool(self.random.random() < 0.3)
        self.contrib = self.opset >= 13 and self.chance(0.1)
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        self.points: list[Point] = []
        self.count = 0

    def chance(self, probability: float) -> bool:
        return bool(self.random.random() < probability)

    def pick(self, *choices):
        return choices[int(self.random.integers(len(choices)))]

    def name(self, hint: str) -> str:
        self.count += 1
        return f"{hint}.{self.count}"

    def node(self, op: str, inputs: list[str], hint: str = "", **attributes) -> str:
        output = self.name(hint or op.lower())
        domain = ""
        if self.contrib and op in ("QuantizeLinear", "DequantizeLinear"):
            domain = "com.microsoft"
        attributes = {k: v for k, v in attributes.items() if v is not None}
        self.nodes.append(
            helper.make_node(op, inputs, [output], self.pick("", output), domain=domain, **attributes)
        )
        return output

    def constant(self, values, element: int = TensorProto.FLOAT, hint: str = "c") -> str:
        name = self.name(hint)
        values = np.asarray(values)
        raw = element not in (TensorProto.INT4, TensorProto.UINT4) and self.chance(0.5)
        if raw:
            array = values.astype(helper.tensor_dtype_to_np_dtype(element))
            tensor = numpy_helper.from_array(array, name)
        else:
            tensor = helper.make_tensor(name, element, values.shape, values.flatten())
        if self.chance(0.2):
            tensor.name = ""
            self.nodes.append(helper.make_node("Constant", [], [name], value=tensor))
        else:
            self.initializers.append(tensor)
        return name

    def integer_types(self) -> list[str]:
        wide = (self.opset >= 21 or self.contrib) and not self.exact
        return ["u8", "i8"] + (["u16", "i16"] if wide else [])

    def scale(self, low: float, high: float, size: int | None = None) -> np.ndarray:
        if self.exact:
            exponents = np.log2([low, high]).round().astype(int)
            return np.float32(2.0) ** self.random.integers(
                exponents[0], exponents[1] + 1, size
            )
        return np.float32(np.exp(self.random.uniform(np.log(low), np.log(high), size)))

    # --- quantizers -------------------------------------------------------

    def quantize(self, x: str, channels: int, low: float, dot: Dot | None) -> str:
        kind = self.pick(*self.integer_types())
        element, qmin, qmax = ELEMENTS[kind]
        per_axis = self.opset >= 13 and not self.contrib and self.chance(0.2)
        width = (qmax - qmin) / 255
        scale = self.scale(low / width, 4 * low / width, channels if per_axis else None)
        zero = self.random.integers(qmin, qmax + 1, channels if per_axis else None)
        if self.chance(0.4):  # the saturation is the ReLU
            zero = np.full_like(zero, qmin)
        if not per_axis and self.chance(0.3):
            scale = np.reshape(scale, [1])  # of one element, rank 1
        parameters = [self.constant(scale, hint="s")]
        absent = kind == "u8" and self.chance(0.2)
        if absent:
            zero = np.zeros_like(zero)
        else:
            parameters.append(self.constant(np.reshape(zero, np.shape(scale)), element, "z"))
        axis = None
        if self.opset >= 13 and (per_axis or self.chance(0.3)):
            axis = self.pick(1, -1)
        q = self.node("QuantizeLinear", [x, *parameters], "q", axis=axis)
        if kind in ("u8", "i8") and self.opset >= 12 and self.chance(0.3):
            middle = int(self.random.integers(qmin + 1, qmax))
            bounds = self.pick((qmin, middle), (middle, qmax), (middle, middle + 1))
            lo, hi = (self.constant(b, element, "b") for b in bounds)
            q = self.node("Clip", self.pick([q, lo, hi], [q, lo], [q, "", hi]), "clipped")
        if self.chance(0.2):
            q = self.node("Identity", [q])
        elif self.chance(0.2) and kind in ("u8", "i8"):
            q = self.node("Cast", [q], to=element)
        result = self.node("DequantizeLinear", [q, *parameters], "dq", axis=axis)
        step = np.broadcast_to(np.asarray(scale, np.float64).reshape(-1), [channels])
        self.points.append(Point(result, step, dot))
        return result

    # --- weights and biases -----------------------------------------------

    def weights(self, outputs: int, inputs: int, transposed: bool):
        """The name of a [N, K] (or, if not `transposed`, [K, N]) tensor and its
        real values as [N, K]."""
        shape = (outputs, inputs) if transposed else (inputs, outputs)
        axis = 0 if transposed else 1  # of the outputs
        form = self.pick("float", "int", "int", "int", "fake")
        if form == "float":
            if self.exact:
                real = self.random.integers(-8, 9, shape) * np.float32(0.125)
            else:
                real = self.random.normal(0, 0.5, shape)
            real = np.asarray(real, np.float32)
            return self.constant(real, hint="w"), real.T if not transposed else real

        kinds = ["u8", "i8"] + (["i4", "u4"] if self.opset >= 21 and form == "int" else [])
        kind = self.pick(*kinds)
        element, qmin, qmax = ELEMENTS[kind]
        if self.exact:
            qmin, qmax = max(qmin, -7), min(qmax, 7)
        per_axis = self.opset >= 13 and self.chance(0.5)
        slices = outputs if per_axis else None
        scale = self.scale(0.25 / (qmax - qmin), 2 / (qmax - qmin), slices)
        zero = np.zeros_like(scale, np.int64)
        if kind[0] == "u":
            zero = zero + self.random.integers(0, qmax + 1, slices)
        parameters = [self.constant(scale, hint="ws"), self.constant(zero, element, "wz")]
        at = axis - 2 if self.chance(0.3) else axis
        attributes = {"axis": at if per_axis else None}
        spread = (-1, 1) if axis == 0 else (1, -1)
        s, z = (np.reshape(v, spread if per_axis else ()) for v in (scale, zero))
        if form == "int":
            codes = self.random.integers(qmin, qmax + 1, shape)
            # Written the other way round, with a Transpose behind the
            # DequantizeLinear.
            if self.chance(0.3):
                flipped = {"axis": 1 - axis if per_axis else None}
                q = self.constant(codes.T, element, "wq")
                w = self.node("DequantizeLinear", [q, *parameters], "wt", **flipped)
                w = self.node("Transpose", [w], perm=self.pick([1, 0], None))
            else:
                q = self.constant(codes, element, "wq")
                w = self.node("DequantizeLinear", [q, *parameters], "w", **attributes)
        else:  # float weights behind QuantizeLinear, [Clip], DequantizeLinear
            real = np.float32(self.random.uniform(-1.2, 1.2, shape))
            codes = np.clip(np.rint(real / s) + z, *ELEMENTS[kind][1:])
            w = self.constant(real, hint="w")
            w = self.node("QuantizeLinear", [w, *parameters], "wq", **attributes)
            if self.opset >= 12 and self.chance(0.5):
                lo, hi = ELEMENTS[kind][1] + 1, ELEMENTS[kind][2] - 1
                bounds = [self.constant(b, element, "b") for b in (lo, hi)]
                w = self.node("Clip", [w, *bounds], "wc")
                codes = np.clip(codes, lo, hi)
            w = self.node("DequantizeLinear", [w, *parameters], "w", **attributes)
        real = (codes.astype(np.float64) - z) * s.astype(np.float64)
        return w, real if transposed else real.T

    def bias(self, outputs: int):
        """Name and |real value| of a bias of `outputs` elements."""
        form = self.pick("float", "int", "int1", "splat", "row")
        size = 1 if form == "splat" else outputs
        shape = {"splat": self.pick([], [1], [1, 1]), "row": [1, outputs]}.get(form, [outputs])
        if form in ("int", "int1"):
            per_axis = form == "int" and self.opset >= 13
            scale = self.scale(2.0**-9, 2.0**-7, outputs if per_axis else None)
            if not per_axis and self.chance(0.5):
                scale = np.reshape(scale, [1])
            codes = self.random.integers(-200, 201, outputs)
            parameters = [self.constant(scale, hint="bs")]
            if self.chance(0.5):
                parameters.append(self.constant(np.zeros(np.shape(scale)), TensorProto.INT32, "bz"))
            q = self.constant(codes, TensorProto.INT32, "bq")
            b = self.node("DequantizeLinear", [q, *parameters], "b", axis=0 if per_axis else None)
            return b, np.abs(codes * scale.astype(np.float64))
        real = np.float32(self.random.integers(-64, 65, size) / 64)
        if not self.exact:
            real = np.float32(self.random.normal(0, 1, size))
        return self.constant(real.reshape(shape), hint="b"), np.abs(
            np.broadcast_to(real, [outputs]).astype(np.float64)
        )

    # --- layers -----------------------------------------------------------

    def linear(self, x: str, inputs: int, outputs: int) -> tuple[str, Dot]:
        none = np.zeros(outputs)
        if self.chance(0.3):
            w, real = self.weights(outputs, inputs, transposed=False)
            y, addend = self.node("MatMul", [x, w]), none
            if self.chance(0.7):
                b, addend = self.bias(outputs)
                y = self.node("Add", self.pick([y, b], [b, y]))
            return y, Dot(x, real, addend, y)
        if self.chance(0.2):  # W x, of a column
            w, real = self.weights(outputs, inputs, transposed=True)
            column, row = (self.constant(np.array(s), TensorProto.INT64) for s in ([inputs, 1], [1, outputs]))
            y = self.node("MatMul", [w, self.node("Reshape", [x, column])])
            y = self.node("Reshape", [y, row])
            return y, Dot(x, real, none, y)
        transposed = self.chance(0.5)
        w, real = self.weights(outputs, inputs, transposed)
        factors = [0.5, 2.0] if self.exact else [0.5, 1.7, -0.3]
        alpha = self.pick(None, None, *factors)
        beta = self.pick(None, None, *factors, 0.0)
        operands, addend = [x, w], none
        if self.chance(0.8) or self.opset < 11:
            b, addend = self.bias(outputs)
            operands.append(b)
        y = self.node("Gemm", operands, alpha=alpha, beta=beta, transB=int(transposed) or None)
        scaled = real * (1 if alpha is None else alpha)
        return y, Dot(x, scaled, addend * abs(1 if beta is None else beta), y)

    def activation(self, x: str) -> str:
        form = self.pick("none", "relu", "clip")
        if form == "relu":
            return self.node("Relu", [x])
        if form == "clip":
            lo, hi = self.pick((0.0, 1.5), (-0.75, 0.75), (0.0, None), (None, 1.0))
            if self.opset < 11:
                return self.node("Clip", [x], min=lo, max=hi)
            bounds = ["" if b is None else self.constant(np.float32(b)) for b in (lo, hi)]
            return self.node("Clip", [x, *bounds])
        return x

    def build(self) -> None:
        inputs = int(self.random.integers(1, 25))
        self.shape = [self.pick(1, "batch"), inputs]
        x = "x"
        if self.chance(0.3):
            x = self.node("Mul", [x, self.constant(np.float32(2.0 if self.exact else 1.3))])
        elif self.chance(0.3):
            divisor = [2.0] * inputs if self.exact else self.random.uniform(0.5, 3, inputs)
            x = self.node("Sub", [x, self.constant(np.float32(0.5))])
            x = self.node("Div", [x, self.constant(np.float32(divisor))])
        if self.chance(0.3):
            # Shapes are [1, K] or open: two ways of saying the same.
            x = self.node("Flatten", [x])
            target = self.constant(np.array([-1, inputs]), TensorProto.INT64)
            x = self.node("Reshape", [x, target])
        x = self.quantize(x, inputs, 1 / 128, None)
        for layer in range(int(self.random.integers(1, 4))):
            outputs = int(self.random.integers(1, 17))
            x, dot = self.linear(x, inputs, outputs)
            x = self.activation(x)
            if layer and self.chance(0.3):  # a float tail
                self.points.append(Point(x, None, dot))
                break
            x = self.quantize(x, outputs, 1 / 32, dot)
            inputs = outputs

    def model(self, output: str) -> onnx.ModelProto:
        x = helper.make_tensor_value_info("x", TensorProto.FLOAT, self.shape)
        y = helper.make_tensor_value_info(output, TensorProto.FLOAT, None)
        graph = helper.make_graph(self.nodes, "random", [x], [y], self.initializers)
        opsets = [helper.make_opsetid("", self.opset)]
        if self.contrib:
            opsets.append(helper.make_opsetid("com.microsoft", 1))
        ir = 10 if self.opset >= 21 else self.pick(7, 8)
        if self.opset == 23:
            ir = 11
        return helper.make_model(graph, opset_imports=opsets, ir_version=ir)


def run_runtime(model: onnx.ModelProto, x: np.ndarray) -> np.ndarray:
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = ort.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return np.stack([session.run(None, {"x": row[None]})[0].reshape(-1) for row in x])


def run_qev(qev: str, folder: pathlib.Path, model: onnx.ModelProto) -> np.ndarray:
    onnx.save(model, folder / "model.onnx")
    command = [qev, "run", folder / "model.onnx", "--input", folder / "x.npy"]
    done = subprocess.run(
        [*command, "--mode", "float32", "--json"], stdout=subprocess.PIPE, check=True
    )
    samples = json.loads(done.stdout)["samples"]
    return np.array([sample["outputs"] for sample in samples], np.float32)


def tolerance(graph: Graph, dot: Dot | None, x: np.ndarray) -> np.ndarray:
    """How far apart two orders of the sum may lie, per sample and output."""
    if dot is None or graph.exact:
        return np.float64(0)
    inputs = run_runtime(graph.model(dot.x), x).astype(np.float64)
    magnitude = np.abs(inputs) @ np.abs(dot.weights).T + dot.addend
    return 2 * (dot.weights.shape[1] + 8) * UNIT * magnitude


def check(graph: Graph, qev: str, folder: pathlib.Path, counts: dict[str, int]) -> None:
    x = np.float32(graph.random.uniform(-1, 2, [SAMPLES, graph.shape[1]]))
    if graph.exact:
        x = np.float32(np.round(x * 64) / 64)
    np.save(folder / "x.npy", x)
    clean = np.full(SAMPLES, True)  # no difference further up
    for point in graph.points:
        expected = run_runtime(graph.model(point.name), x)
        actual = run_qev(qev, folder, graph.model(point.name))
        assert actual.shape == expected.shape, (actual.shape, expected.shape)
        differs = actual != expected
        counts["compared"] += int(clean.sum()) * actual.shape[1]
        counts["after a difference"] += int((~clean).sum()) * actual.shape[1]
        slack = tolerance(graph, point.dot, x)
        distance = np.abs(actual.astype(np.float64) - expected)
        if point.step is None:
            explained = distance <= slack
            kind = "float sums in another order"
        else:
            before = run_runtime(graph.model(point.dot.result), x) if point.dot else x
            near = before.astype(np.float64) / point.step
            to_tie = np.abs(near - np.floor(near) - 0.5) * point.step
            # One step of the code, up to the rounding of DequantizeLinear's
            # product; and a tie within reach.
            one_step = np.abs(distance - point.step) <= 4 * UNIT * np.abs(expected)
            explained = one_step & (to_tie <= slack + 2 * UNIT * np.abs(before))
            explained &= point.dot is not None and not graph.exact
            kind = "codes at a tie"
        wrong = differs & ~explained & clean[:, None]
        if wrong.any():
            sample, output = np.argwhere(wrong)[0]
            sys.exit(
                f"{folder}/model.onnx: output '{point.name}', sample {sample}, element "
                f"{output}: {actual[sample, output]!r}, runtime {expected[sample, output]!r}"
            )
        counts[kind] += int((differs & clean[:, None]).sum())
        clean &= ~differs.any(axis=1)


def main(arguments: list[str]) -> None:
    qev, folder = arguments[0], pathlib.Path(arguments[1])
    graphs, first = (*map(int, arguments[2:]), *[60, 0][len(arguments) - 2 :])
    folder.mkdir(parents=True, exist_ok=True)
    counts = dict.fromkeys(
        ["compared", "codes at a tie", "float sums in another order", "after a difference"], 0
    )
    for seed in range(first, first + graphs):
        graph = Graph(seed)
        graph.build()
        try:
            check(graph, qev, folder, counts)
        except BaseException:
            print(f"seed {seed}, opset {graph.opset}, exact {graph.exact}", file=sys.stderr)
            raise
    print(f"{graphs} graphs:", ", ".join(f"{count} {what}" for what, count in counts.items()))
    assert counts["compared"] > 20 * graphs


if __name__ == "__main__":
    main(sys.argv[1:])
