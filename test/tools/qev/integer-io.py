# Models that take and give integers, as they run on devices: regions and
# differences are about the reals that the integers stand for.
#
# REQUIRES: onnxruntime, onnx-python
# RUN: %python %s qev %utils/replay-witness.py %t
"""integer-io.py QEV REPLAY FOLDER: random pairs against ONNX Runtime."""

import json
import pathlib
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper


def dense(name: str, x: str, w: np.ndarray, b: np.ndarray, y: str, tensors: list) -> onnx.NodeProto:
    tensors += [numpy_helper.from_array(w, name + "w"), numpy_helper.from_array(b, name + "b")]
    return helper.make_node("Gemm", [x, name + "w", name + "b"], [y], transB=1)


def save(nodes: list, inputs: list, outputs: list, tensors: list, path: pathlib.Path) -> str:
    graph = helper.make_graph(nodes, "g", inputs, outputs, tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return str(path)


def run(path: str, x: np.ndarray) -> np.ndarray:
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0]


def ask(qev: str, *words: str) -> dict:
    result = subprocess.run([qev, *words, "--json"], capture_output=True, text=True)
    assert result.returncode in (0, 1, 3), result.stderr
    return json.loads(result.stdout)


def check(seed: int, qev: str, replay: str, folder: pathlib.Path) -> bool:
    """Whether the pair was refuted and its witness replayed."""
    random = np.random.default_rng(seed)
    dtype = [np.uint8, np.int8, np.uint16, np.int16][seed % 4]
    element = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    info = np.iinfo(dtype)
    w1 = np.round(random.normal(size=(4, 3)) * 32).astype(np.float32) / 32
    w2 = np.round(random.normal(size=(2, 4)) * 32).astype(np.float32) / 32
    b1, b2 = (random.normal(size=n).astype(np.float32) for n in (4, 2))
    scales = {name: np.float32(s) for name, s in (("x", random.uniform(0.004, 0.02)), ("h", 0.05), ("y", 0.03125))}
    zeros = {"x": dtype(random.integers(info.max // 4, info.max // 2)), "h": np.uint8(7), "y": dtype(info.max // 3)}

    tensors: list = []
    nodes = [
        dense("1", "x", w1, b1, "p", tensors),
        helper.make_node("Relu", ["p"], ["a"]),
        dense("2", "a", w2, b2, "y", tensors),
    ]
    real = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, s]) for n, s in (("x", 3), ("y", 2))]
    first = save(nodes, real[:1], real[1:], tensors, folder / f"first{seed}.onnx")

    tensors = [numpy_helper.from_array(np.array(scale), name + "s") for name, scale in scales.items()]
    tensors += [numpy_helper.from_array(np.array(zero), name + "z") for name, zero in zeros.items()]
    nodes = [
        helper.make_node("DequantizeLinear", ["x", "xs", "xz"], ["xd"]),
        dense("1", "xd", w1, b1, "p", tensors),
        helper.make_node("QuantizeLinear", ["p", "hs", "hz"], ["hq"]),
        helper.make_node("DequantizeLinear", ["hq", "hs", "hz"], ["hd"]),
        helper.make_node("Relu", ["hd"], ["a"]),
        dense("2", "a", w2, b2, "q", tensors),
        helper.make_node("QuantizeLinear", ["q", "ys", "yz"], ["y"]),
    ]
    codes = [helper.make_tensor_value_info(n, element, [1, s]) for n, s in (("x", 3), ("y", 2))]
    second = save(nodes, codes[:1], codes[1:], tensors, folder / f"second{seed}.onnx")

    # The interpreter takes and gives integers as the runtime does.
    centre = int(zeros["x"])
    inputs = random.integers(centre - 6, centre + 7, size=(40, 3)).astype(dtype)
    np.save(folder / "codes.npy", inputs)
    ran = ask(qev, "run", second, "--input", str(folder / "codes.npy"))
    outputs = [run(second, x[None]).ravel() for x in inputs]
    for sample, y in zip(ran["samples"], outputs, strict=True):
        assert np.abs(np.array(sample["outputs"]) - y).max() <= 1, (sample, y)

    # Every difference that the runtime shows lies in what is proved.
    radius = 6 * float(scales["x"])
    box = ("--box", f"{-radius!r}:{radius!r}")
    bounds = ask(qev, "bound", first, second, *box)["samples"][0]["outputs"]
    for x, y in zip(inputs, outputs, strict=True):
        reals = ((x.astype(np.int64) - centre) * scales["x"]).astype(np.float32)
        delta = (y.astype(np.float64) - int(zeros["y"])) * float(scales["y"]) - run(first, reals[None]).ravel()
        for output, value in zip(bounds, delta, strict=True):
            lo, hi = output["proved"]
            assert lo - 1e-5 <= value <= hi + 1e-5, (seed, value, lo, hi)

    found = ask(qev, "verify", first, second, *box, "--epsilon", "0.03", "--witness", str(folder / f"w{seed}"))
    if found["verdict"] != "falsified":
        return False
    units = np.array(found["samples"][0]["witness"]["input"]) / float(scales["x"])
    assert np.abs(units - np.round(units)).max() < 1e-9, units
    subprocess.run([sys.executable, replay, first, second, str(folder / f"w{seed}")], check=True, stdout=subprocess.DEVNULL)
    return True


def main() -> None:
    qev, replay = sys.argv[1:3]
    folder = pathlib.Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    replayed = sum(check(seed, qev, replay, folder) for seed in range(12))
    print(replayed, "witnesses replayed")
    assert replayed >= 6


if __name__ == "__main__":
    main()
