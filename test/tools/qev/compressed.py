# Files compressed by gzip are read wherever the plain ones are: models, with
# their external data beside them, and queries. The hash is that of the file.
#
# REQUIRES: onnx-python
# RUN: rm -rf %t && mkdir %t
# RUN: %python %s %S/Inputs %t
import gzip
import hashlib
import json
import pathlib
import struct
import subprocess
import sys

import onnx
from onnx import helper

inputs, folder = (pathlib.Path(argument) for argument in sys.argv[1:])


def call(*words: object, status: int = 0) -> subprocess.CompletedProcess:
    run = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    assert run.returncode == status, run
    return run


def compress(path: pathlib.Path, name: str = "") -> pathlib.Path:
    result = folder / f"{name or path.name}.gz"
    result.write_bytes(gzip.compress(path.read_bytes()))
    return result


# Text and binary, in both tools, give what the plain files give.
first, second = inputs / "float.onnxtxt", inputs / "int8.onnxtxt"
packed = [compress(first), compress(second)]
question = ["--box", "0:1", "--epsilon", "0.5", "--json"]
plain = json.loads(call("qev", "verify", first, second, *question).stdout)
result = json.loads(call("qev", "verify", *packed, *question).stdout)
assert result["samples"][0]["outputs"] == plain["samples"][0]["outputs"]
for name, path in zip(("first", "second"), packed):
    assert result[name] == {"path": str(path), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}, result

emitted = [
    call("qev-opt", "--first", a, "--second", b, "--box", "0:1", "--epsilon", "0.5").stdout
    for a, b in ((first, second), packed)
]
for path, original in zip(packed, (first, second)):
    emitted[1] = emitted[1].replace(str(path), str(original))
assert emitted[0] == emitted[1], emitted
(folder / "q.qev").write_text(emitted[0])
module = compress(folder / "q.qev")
assert call("qev-opt", module).stdout == call("qev-opt", folder / "q.qev").stdout == emitted[0]
call("qev", "verify", *packed, "--query", module)
assert "2 affine layers" in call("qev", "inspect", packed[0]).stdout

# External data lies beside the compressed model.
(folder / "weights.bin").write_bytes(struct.pack("<4f", 1.0, -0.5, 0.75, 0.25))
weights = onnx.TensorProto(name="w", data_type=onnx.TensorProto.FLOAT, dims=[2, 2])
weights.data_location = onnx.TensorProto.EXTERNAL
weights.external_data.add(key="location", value="weights.bin")
infos = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, 2]) for name in "xy"]
graph = helper.make_graph([helper.make_node("Gemm", ["x", "w"], ["y"])], "g", infos[:1], infos[1:], [weights])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
(folder / "e.onnx").write_bytes(model.SerializeToString())
external = compress(folder / "e.onnx")
(folder / "e.onnx").unlink()
assert "4 constant elements" in call("qev", "inspect", external).stdout
call("qev", "verify", external, external, "--box", "0:1", "--epsilon", "0")

# VNN-LIB in both of its forms.
query = folder / "q.vnnlib"
query.write_text("""(vnnlib-version <2.0>)
(declare-network f (declare-input X real [1,2]) (declare-output Y real [1,2]))
(declare-network q (declare-input XQ real [1,2]) (declare-output YQ real [1,2]))
(assert (and (== X[0,0] XQ[0,0]) (== X[0,1] XQ[0,1])))
(assert (and (>= X[0,0] 0.0) (<= X[0,0] 1.0) (>= X[0,1] 0.0) (<= X[0,1] 1.0)))
(assert (> (- Y[0,0] YQ[0,0]) 0.5))
""")
query = compress(query)
networks = ["--network", f"f={packed[0]}", "--network", f"q={packed[1]}"]
assert call("qev", "verify", query, *networks).stdout == "unsat\n"
call("qev", "verify", *packed, "--query", query)

# What is no whole gzip file is one line.
bytes_ = packed[0].read_bytes()
for name, wrong, message in [
    ("short", bytes_[:-9], "is a gzip file that is cut short"),
    ("long", bytes_ + b"\n", "has something behind the end of its compressed data"),
    ("plain", first.read_bytes(), "is no gzip file, or a damaged one: incorrect header check"),
]:
    for extension, words in [
        ("onnxtxt", ["inspect"]),
        ("onnx", ["verify", second, "--box", "0:1"]),
        ("qev", ["verify", first, second, "--query"]),
        ("vnnlib", ["verify", first, second, "--query"]),
    ]:
        path = folder / f"{name}.{extension}.gz"
        path.write_bytes(wrong)
        run = call("qev", *words, path, status=2)
        assert run.stderr == f"{path}: error: {message} [file-format]\n", run
