"""How far float32 arithmetic may be from exact arithmetic in a given run.

Every operation's own rounding, and what roundings before it become. Behind a
QuantizeLinear that is nothing at all, unless a tie is within reach.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

UNIT = 2.0**-24  # unit roundoff of float32
TINY = 2.0**-149  # what underflow may cost

RANGES = {
    TensorProto.UINT8: (0, 255),
    TensorProto.INT8: (-128, 127),
    TensorProto.UINT16: (0, 65535),
    TensorProto.INT16: (-32768, 32767),
    TensorProto.INT4: (-8, 7),
    TensorProto.UINT4: (0, 15),
    TensorProto.INT2: (-2, 1),
    TensorProto.UINT2: (0, 3),
}


class FloatError:
    """Of all values of a graph, of which `values` are those of one run."""

    def __init__(self, graph: onnx.GraphProto, values: dict[str, np.ndarray]) -> None:
        self.values = values
        self.producers = {name: node for node in graph.node for name in node.output if name}
        self.bounds = {name: np.zeros(()) for name in values if name not in self.producers}

    def needs(self, name: str, found: dict[str, None] | None = None) -> dict[str, None]:
        """Names of computed values that `name` comes from, itself included."""
        found = {} if found is None else found
        if name in self.producers and name not in found:
            found[name] = None
            for operand in self.producers[name].input:
                self.needs(operand, found)
        return found

    def get(self, name: str) -> np.ndarray:
        """A bound for each element of the value, or one for all."""
        if name not in self.bounds:
            self.bounds[name] = self.compute(self.producers[name])
        return self.bounds[name]

    def value(self, name: str) -> np.ndarray:
        return self.values[name].astype(np.float64)

    def compute(self, node: onnx.NodeProto) -> np.ndarray:
        operands = [name for name in node.input if name]
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        match node.op_type:
            case "Constant" | "ConstantOfShape" | "Shape":
                return np.zeros(())
            case "Relu" | "Clip" | "Identity" | "Dropout" | "Cast":
                # None of them makes a difference larger.
                return self.get(operands[0])
            case "Reshape" | "Flatten" | "Squeeze" | "Unsqueeze":
                return self.move(node, lambda error: error.reshape(self.values[node.output[0]].shape))
            case "Transpose":
                return self.move(node, lambda error: error.transpose(attributes.get("perm")))
            case "Gather" | "Concat":
                return np.max([self.get(name).max(initial=0) for name in operands])
            case "Add" | "Sub" | "Mul" | "Div":
                return self.element_wise(node.op_type, operands) + UNIT * np.abs(self.value(node.output[0])) + TINY
            case "MatMul":
                return self.product(*(np.abs(self.value(name)) for name in operands), *map(self.get, operands))
            case "Gemm":
                return self.gemm(operands, attributes)
            case "QuantizeLinear":
                return self.quantize(operands, attributes)
            case "DequantizeLinear":
                scale, _ = self.along_axis(self.values[node.output[0]].ndim, operands, attributes)
                return self.get(operands[0]) * scale + UNIT * np.abs(self.value(node.output[0])) + TINY
        raise NotImplementedError(node.op_type)

    def move(self, node: onnx.NodeProto, how) -> np.ndarray:
        error = self.get(node.input[0])
        if not {node.input[0], node.output[0]} <= self.values.keys():
            return np.max(error, initial=0)  # the runtime does not tell
        return how(np.broadcast_to(error, self.values[node.input[0]].shape)) if error.ndim else error

    def element_wise(self, kind: str, operands: list[str]) -> np.ndarray:
        x, y = (np.abs(self.value(name)) for name in operands)
        dx, dy = (self.get(name) for name in operands)
        if kind == "Mul":
            return x * dy + y * dx + dx * dy
        if kind == "Div":
            return (dx + x / y * dy) / np.maximum(y - dy, TINY)
        return dx + dy

    @staticmethod
    def product(x: np.ndarray, y: np.ndarray, dx: np.ndarray, dy: np.ndarray) -> np.ndarray:
        """Of magnitudes and their errors, in any order of summation."""
        dx, dy = np.broadcast_to(dx, x.shape), np.broadcast_to(dy, y.shape)
        count = x.shape[-1] + 2
        return (dx @ (y + dy) + x @ dy) + count * (UNIT * ((x + dx) @ (y + dy)) + TINY)

    def gemm(self, operands: list[str], attributes: dict) -> np.ndarray:
        def side(i: int, flip: str) -> tuple[np.ndarray, np.ndarray]:
            x = np.abs(self.value(operands[i]))
            dx = np.broadcast_to(self.get(operands[i]), x.shape)
            return (x.T, dx.T) if attributes.get(flip) else (x, dx)

        (x, dx), (y, dy) = side(0, "transA"), side(1, "transB")
        alpha, beta = abs(attributes.get("alpha", 1.0)), abs(attributes.get("beta", 1.0))
        size, error = alpha * (x @ y), alpha * self.product(x, y, dx, dy)
        if len(operands) == 3:
            addend = beta * np.abs(self.value(operands[2]))
            size, error = size + addend, error + beta * self.get(operands[2])
        return error + 4 * UNIT * (size + error) + 4 * TINY

    def along_axis(self, rank: int, operands: list[str], attributes: dict) -> tuple[np.ndarray, np.ndarray]:
        """Scale and zero point as they broadcast over the tensor."""
        scale = self.value(operands[1])
        zero = self.value(operands[2]) if len(operands) > 2 else np.zeros(scale.shape)
        shape = [1] * rank
        if scale.size > 1:
            shape[attributes.get("axis", 1)] = scale.size
        return scale.reshape(shape), zero.reshape(shape)

    def quantize(self, operands: list[str], attributes: dict) -> np.ndarray:
        """The distance of the codes that are in reach."""
        x, error = self.value(operands[0]), self.get(operands[0])
        scale, zero = self.along_axis(x.ndim, operands, attributes)
        kind = attributes.get("output_dtype", 0) or TensorProto.UINT8
        if len(operands) > 2:
            kind = helper.np_dtype_to_tensor_dtype(self.values[operands[2]].dtype)
        least, most = RANGES[kind]
        quotient = x / scale
        # The quotient may be a float32 number; then ties are decided exactly.
        with np.errstate(over="ignore"):
            exact = (quotient.astype(np.float32) == quotient) & (quotient * scale == x)
        rounding = np.where(exact, 0, UNIT * np.abs(quotient) * (1 + 2 * UNIT) + TINY)
        ends = [np.clip(np.rint(quotient + sign * (error / scale + rounding)) + zero, least, most) for sign in (-1, 1)]
        return ends[1] - ends[0]


def read_constants(graph: onnx.GraphProto) -> dict[str, np.ndarray]:
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        tensors |= {node.output[0]: a.t for a in node.attribute if node.op_type == "Constant" and a.name == "value"}
    return {name: numpy_helper.to_array(tensor) for name, tensor in tensors.items()}
