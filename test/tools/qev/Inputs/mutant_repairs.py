"""What others refuse and qev takes, since it does not change what a model means.

Each is taken away; what is left must be accepted by all and mean the same.
"""

import copy
import re
from collections.abc import Callable

import numpy as np
import onnx
from onnx import helper

Values = dict[str, np.ndarray]  # by name
Change = Callable[[onnx.ModelProto, Values], None]


def name_nodes(model: onnx.ModelProto, _: Values) -> None:
    for i, node in enumerate(model.graph.node):
        node.name = f"node {i}"


def name_graph(model: onnx.ModelProto, _: Values) -> None:
    model.graph.name = "graph"


def sort_nodes(model: onnx.ModelProto, _: Values) -> None:
    waiting = [copy.deepcopy(node) for node in model.graph.node]
    del model.graph.node[:]
    made = {name for node in waiting for name in node.output if name}
    while waiting:
        ready = next(node for node in waiting if not made & set(node.input))
        model.graph.node.append(ready)
        made -= set(ready.output)
        waiting.remove(ready)


def spell_domain(domain: str) -> str:
    return "" if domain == "ai.onnx" else domain


def spell_domains(model: onnx.ModelProto, _: Values) -> None:
    for owner in [*model.graph.node, *model.opset_import]:
        owner.domain = spell_domain(owner.domain)


def drop_unneeded(model: onnx.ModelProto, _: Values) -> None:
    """Nodes, constants, functions and operator sets that no output comes from."""
    graph = model.graph
    producers = {name: node for node in graph.node for name in node.output if name}
    needed, waiting = set(), [value.name for value in graph.output]
    while waiting:
        if (name := waiting.pop()) not in needed:
            needed.add(name)
            waiting += producers[name].input if name in producers else []
    keep(graph.node, lambda node: needed & set(node.output))
    unneeded = {tensor.name for tensor in graph.initializer} - needed
    keep(graph.initializer, lambda tensor: tensor.name in needed)
    keep(graph.input, lambda value: value.name not in unneeded)
    constants = {tensor.name for tensor in graph.initializer}
    made = {name for node in graph.node for name in node.output}
    keep(graph.value_info, lambda value: value.name in constants | made)
    domains = {"", *(spell_domain(node.domain) for node in graph.node)}
    called = {(node.domain, node.op_type) for node in graph.node}
    keep(model.functions, lambda function: (function.domain, function.name) in called)
    keep(model.opset_import, lambda opset: spell_domain(opset.domain) in domains)


def declare_anew(model: onnx.ModelProto, values: Values) -> None:
    """What the checker wants of outputs, and nothing of what is between."""
    keep(model.graph.value_info, lambda value: False)
    constants = {tensor.name for tensor in model.graph.initializer}
    keep(model.graph.input, lambda value: value.name not in constants)
    for value in model.graph.output:
        found = values[value.name]
        element = helper.np_dtype_to_tensor_dtype(found.dtype)
        value.CopyFrom(helper.make_tensor_value_info(value.name, element, [None] * found.ndim))


def drop_absent(model: onnx.ModelProto, _: Values) -> None:
    for node in model.graph.node:
        while node.input and not node.input[-1]:
            del node.input[-1]


def close_dimensions(model: onnx.ModelProto, _: Values) -> None:
    for value in model.graph.input:
        for dimension in value.type.tensor_type.shape.dim:
            if dimension.dim_value == -1:
                dimension.dim_value = 1


def list_constants(model: onnx.ModelProto, _: Values) -> None:
    model.ir_version = 4  # and need not


def keep(field, wanted: Callable[[object], object]) -> None:
    kept = [copy.deepcopy(entry) for entry in field if wanted(entry)]
    del field[:]
    field.extend(kept)


# Each with an expression for the message, and what takes it away; the first that
# matches and changes something counts.
HARMLESS: dict[str, tuple[str, Change]] = {
    "names of nodes say nothing": (r"two nodes with same node name", name_nodes),
    "the order of nodes says nothing": (r"must be topologically sorted", sort_nodes),
    "the name of the graph says nothing": (r"Field 'name' of 'graph' is required to be non-empty", name_graph),
    "'ai.onnx' is the same domain as ''": (r"No opset import for domain 'ai\.onnx'", spell_domains),
    "a declaration without type says nothing": (r"Field '(type|shape)' of '(value_info|type)' is required but missing", declare_anew),
    "a last operand without name is absent": (r"Axes input is null", drop_absent),
    "constants need not be listed as inputs": (r"in initializer but not in graph input", list_constants),
    "what no output needs is not looked at": (r"", drop_unneeded),
    "shapes declared of values and outputs are notes": (r"^\[ShapeInferenceError\]", declare_anew),
    "a dimension of -1 is open": (r"^\[ShapeInferenceError\]", close_dimensions),
}


# What the runtime cannot do, though it is right; then there is nothing to compare.
UNABLE = {
    "there is no kernel for the type": r"NOT_IMPLEMENTED : Could not find an implementation for \w+\(\d+\) node",
    "Python knows no integers of less than 8 bits": r"No corresponding Numpy type for Tensor Type. U?Int[24]x[24]",
}


def explain_inability(problem: Exception) -> str | None:
    return next((reason for reason, pattern in UNABLE.items() if re.search(pattern, str(problem))), None)


def mend(model: onnx.ModelProto, problem: Exception, values: Values) -> str | None:
    """Takes away what `problem` may be about, and says what that is; nothing if
    it matters. `values` are those of a run, if only the checker complains."""
    text, before = str(problem).replace("\n", " "), model.SerializeToString()
    for reason, (pattern, change) in HARMLESS.items():
        if re.search(pattern, text):
            change(model, values)
            if before != model.SerializeToString():
                return reason
    return None
