# A model's tensors may lie in other files; the record says which, by digest, and
# what is compared with a baseline is another model when they change.
#
# REQUIRES: onnx-python
# RUN: %python %s qev %t
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

qev, folder = sys.argv[1], pathlib.Path(sys.argv[2])
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)


def tensor(name: str, location: str) -> TensorProto:
    proto = numpy_helper.from_array(numpy.zeros((2, 2), numpy.float32), name)
    proto.ClearField("raw_data")
    proto.data_location = TensorProto.EXTERNAL
    proto.external_data.add(key="location", value=location)
    return proto


def value(name: str):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 2])


nodes = [
    helper.make_node("Constant", [], ["w2"], value=tensor("w2", "data/w2.bin")),
    helper.make_node("MatMul", ["x", "w1"], ["h"]),
    helper.make_node("MatMul", ["h", "w2"], ["y"]),
]
# Nothing outside the folder is looked at, though a tensor that nothing needs says so.
weights = [tensor("w1", "w1.bin"), tensor("stray", "../stray.bin")]
graph = helper.make_graph(nodes, "g", [value("x")], [value("y")], weights)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
onnx.save(model, folder / "m.onnx")
(folder / "data").mkdir()


def write(name: str, factor: float) -> str:
    data = (factor * numpy.eye(2)).astype("<f4").tobytes()
    (folder / name).write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def ask(*options: str) -> dict:
    words = [qev, "bound", "m.onnx", "m.onnx", "--box", "0:1", "--json", *options]
    run = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


wanted = [
    {"path": "data/w2.bin", "sha256": write("data/w2.bin", 2)},
    {"path": "w1.bin", "sha256": write("w1.bin", 1)},
]
report = ask()
assert report["first"]["external"] == wanted, report["first"]
(folder / "old.json").write_text(json.dumps(report))


def compare() -> str:
    words = [qev, "bound", "m.onnx", "m.onnx", "--box", "0:1", "--fail-above", "old.json", "-q"]
    run = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True)
    return run.stdout.splitlines()[-1]


assert compare() == "not above the baseline"
write("w1.bin", 3)
assert compare() == "not above the baseline, which is of two other models"
