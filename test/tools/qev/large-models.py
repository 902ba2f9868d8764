# Models of many nodes, many outputs and wide outputs: what is quadratic in one of
# these would take hours, or all memory.
#
# REQUIRES: onnx-python
# RUN: rm -rf %t && mkdir %t
# RUN: %python %s qev %t %if asan %{ 20 %} %else %{ 1 %}
import pathlib
import resource
import subprocess
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

qev, folder, part = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
nodes, outputs = 100_000 // part, 20_000 // part


def tensor(name: str, *shape: int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def save(name: str, made: list, results: list, constants: dict | None = None) -> None:
    weights = [numpy_helper.from_array(value.astype("f4"), key) for key, value in (constants or {}).items()]
    graph = helper.make_graph(made, "g", [tensor("x", 1, 2)], results, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, folder / f"{name}.onnx")


def chain(op: str, *others: str) -> list:
    names = ["x", *(f"v{i}" for i in range(1, nodes)), "y"]
    return [helper.make_node(op, [a, *others], [b]) for a, b in zip(names, names[1:])]


save("relus", chain("Relu"), [tensor("y", 1, 2)])
save("adds", chain("Add", "c"), [tensor("y", 1, 2)], {"c": numpy.ones(2)})
each = [f"y{i}" for i in range(outputs)]
save("outputs", [helper.make_node("Relu", ["x"], [name]) for name in each], [tensor(name, 1, 2) for name in each])
wide = numpy.random.default_rng(0).normal(size=(2, outputs))
save("wide", [helper.make_node("MatMul", ["x", "w"], ["y"])], [tensor("y", 1, outputs)], {"w": wide})
# Sums of values, which pairing descends into; bounds of so deep a net are
# quadratic in its depth, and end with the time limit.
deep = chain("Add")
for node in deep:
    node.input.append(node.input[0])
save("sums", deep, [tensor("y", 1, 2)])


def limit() -> None:
    # Against hanging; all of it takes some seconds.
    resource.setrlimit(resource.RLIMIT_CPU, (300, 300))


for name in ("relus", "adds", "outputs", "wide", "sums"):
    model = str(folder / f"{name}.onnx")
    seconds = "4" if name == "sums" else "inf"
    for words in (["inspect", model], ["bound", model, model, "--box=0:1", "-q", f"--timeout={seconds}"]):
        run = subprocess.run([qev, *words], capture_output=True, text=True, preexec_fn=limit)
        is_cut_short = name == "sums" and "timeout of 4 s reached" in run.stdout
        assert run.returncode == (3 if is_cut_short else 0), (words, run)
        assert not run.stderr, run.stderr
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert part > 1 or used < 1_000_000, (name, used)
