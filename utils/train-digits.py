#!/usr/bin/env python3
"""Makes the model pair in test/models/digits.

Trains a 64-32-32-10 ReLU network on scikit-learn's digits (8x8 pixels, divided
by 16), writes it as ONNX, quantizes it with ONNX Runtime and stores a few test
images beside the two files. Same versions, same bytes:

    utils/venv.sh train && build/venv/bin/python3 utils/train-digits.py
"""

import pathlib
import warnings

import numpy as np
import onnx
import onnxruntime
import sklearn
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

SEED = 0
HIDDEN = (32, 32)
SAMPLES = 16
FOLDER = pathlib.Path(__file__).parents[1] / "test" / "models" / "digits"


class Calibration(CalibrationDataReader):
    """The calibration images, one batch."""

    def __init__(self, images: np.ndarray) -> None:
        self.batches = iter([{"x": images}])

    def get_next(self) -> dict[str, np.ndarray] | None:
        return next(self.batches, None)


def train(images: np.ndarray, labels: np.ndarray) -> MLPClassifier:
    network = MLPClassifier(
        HIDDEN, activation="relu", alpha=1e-3, max_iter=60, random_state=SEED
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return network.fit(images, labels)


def to_onnx(network: MLPClassifier) -> onnx.ModelProto:
    """The network up to its logits: Gemm and Relu, weights as [out, in]."""
    nodes, constants, value = [], [], "x"
    layers = list(zip(network.coefs_, network.intercepts_))
    for i, (weight, bias) in enumerate(layers, start=1):
        last = i == len(layers)
        names = {"weight": f"fc{i}.weight", "bias": f"fc{i}.bias"}
        for name, array in ((names["weight"], weight.T), (names["bias"], bias)):
            array = np.ascontiguousarray(array, dtype=np.float32)
            constants.append(numpy_helper.from_array(array, name))
        out = "y" if last else f"h{i}"
        inputs = [value, names["weight"], names["bias"]]
        nodes.append(helper.make_node("Gemm", inputs, [out], f"fc{i}", transB=1))
        value = out
        if not last:
            nodes.append(helper.make_node("Relu", [out], [f"a{i}"], f"act{i}"))
            value = f"a{i}"
    graph = helper.make_graph(
        nodes,
        "digits",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 64])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 10])],
        constants,
    )
    model = helper.make_model(
        graph, ir_version=9, opset_imports=[helper.make_opsetid("", 20)]
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def accuracy(path: pathlib.Path, images: np.ndarray, labels: np.ndarray) -> str:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = (
        onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    )
    session = onnxruntime.InferenceSession(
        str(path), options, providers=["CPUExecutionProvider"]
    )
    (logits,) = session.run(None, {"x": images})
    correct = int((logits.argmax(axis=1) == labels).sum())
    return f"{correct}/{len(labels)} ({100 * correct / len(labels):.2f} %)"


def main() -> None:
    digits = load_digits()
    images = (digits.data / 16).astype(np.float32)
    train_x, test_x, train_y, test_y = train_test_split(
        images, digits.target, test_size=450, random_state=SEED, stratify=digits.target
    )
    FOLDER.mkdir(parents=True, exist_ok=True)
    float_path, int8_path = FOLDER / "float.onnx", FOLDER / "int8.onnx"
    onnx.save(to_onnx(train(train_x, train_y)), float_path)
    quantize_static(
        float_path,
        int8_path,
        Calibration(train_x[:512]),
        quant_format=QuantFormat.QDQ,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        per_channel=True,
    )
    np.save(FOLDER / "inputs.npy", test_x[:SAMPLES])
    np.save(FOLDER / "labels.npy", test_y[:SAMPLES].astype(np.int64))
    (FOLDER / "PROVENANCE.md").write_text(
        f"""# Where these files come from

Made by `utils/train-digits.py` with seed {SEED} from the digits of scikit-learn
{sklearn.__version__} (8x8 pixels, divided by 16; {len(train_y)} training and {len(test_y)} test images, stratified).

- `float.onnx`: 64-{"-".join(map(str, HIDDEN))}-10, ReLU, trained by `sklearn.neural_network.MLPClassifier`, written
  with onnx {onnx.__version__}, opset 20. Test accuracy {accuracy(float_path, test_x, test_y)}.
- `int8.onnx`: `quantize_static` of onnxruntime {onnxruntime.__version__}: QDQ, uint8 activations, int8 weights per
  channel, calibrated on 512 training images. Test accuracy {accuracy(int8_path, test_x, test_y)}.
- `inputs.npy`, `labels.npy`: the first {SAMPLES} test images (float32 [{SAMPLES}, 64]) and their digits.
""",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
