"""Changes of a model's structure, most of which make it wrong in some way.

A change takes a model and a random generator and changes the model in place; it
may find nothing to change.
"""

import copy

import numpy as np
import onnx
from onnx import AttributeProto, TensorProto, helper, numpy_helper

TYPES = [1, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 21, 22, 0]
DIMENSIONS = [0, 1, 2, 3, 4, 6, -1, -2, 5, "N", "M", None]
SCALES = [0, -0.5, 1e-45, 1e-39, float("nan"), float("inf"), 3e38, 0.1, 2.0**-10, 1]
NUMBERS = [0, 1, -1, 2, -2, 3, -3, 7, 127, -128, 255, 256, 2**31 - 1, -(2**31), 2**40, -(2**63)]
OPERATORS = (
    "Gemm MatMul Add Sub Mul Div Relu Clip Reshape Flatten Squeeze Unsqueeze Transpose Identity Dropout QuantizeLinear "
    "DequantizeLinear Constant ConstantOfShape Cast Shape Gather Concat Max Neg"
).split()
ATTRIBUTES = {
    "alpha": [0.5, 1.0, 0.0, -2.0, 1, float("nan"), float("inf"), 1e30],
    "beta": [0.5, 0.0, 3.0, 1, float("nan")],
    "transA": [0, 1, 2, -1, 1.0],
    "transB": [0, 1, 2, -1, 1.0],
    "axis": [0, 1, -1, -2, 2, 3, -3, 9, 0.0, [0]],
    "axes": [[0], [1], [-1], [0, 1], [0, 0], [0, -1], [5], 0],
    "perm": [[0, 1], [1, 0], [0], [1, 0, 2], [2, 1, 0], [0, 0], [0, -1], [0, 2, 1]],
    "to": [1, 2, 3, 6, 7, 10, 11, 0, 99, 1.0],
    "min": [-1.0, 0.5, float("nan"), float("-inf"), 0],
    "max": [1.0, -0.5, float("nan"), float("inf"), 1],
    "allowzero": [0, 1, 2],
    "saturate": [0, 1],
    "block_size": [0, 1, 2, -1],
    "output_dtype": [0, 1, 2, 3, 4, 5, 6, 10, 21, 99],
    "precision": [0, 1, 10, 11],
    "start": [0, 1, -1, 9],
    "end": [0, 1, -1, 9],
    "ratio": [0.5, 2.0, -1.0],
    "seed": [1],
    "training_mode": [0, 1],
    "is_test": [0, 1],
    "broadcast": [0, 1],
    "consumed_inputs": [[0]],
    "keepdims": [0, 1],
    "value_float": [0.5],
    "value_int": [1],
    "value_string": ["a"],
    "round_mode": ["up", "nearest"],
    "no_such_thing": [1],
}


class Random:
    def __init__(self, seed: int) -> None:
        self.generator = np.random.default_rng(seed)

    def chance(self, probability: float) -> bool:
        return bool(self.generator.random() < probability)

    def pick(self, choices):
        """One of them; None if there are none."""
        return choices[int(self.generator.integers(len(choices)))] if len(choices) else None


def list_names(graph: onnx.GraphProto) -> list[str]:
    made = [name for node in graph.node for name in node.output]
    return [v.name for v in [*graph.input, *graph.initializer]] + [name for name in made if name]


# --- nodes ----------------------------------------------------------------


def reorder_nodes(graph: onnx.GraphProto, random: Random) -> None:
    nodes = [copy.deepcopy(node) for node in graph.node]
    random.generator.shuffle(nodes)
    del graph.node[:]
    graph.node.extend(nodes)


def drop_node(graph: onnx.GraphProto, random: Random) -> None:
    if graph.node:
        del graph.node[int(random.generator.integers(len(graph.node)))]


def duplicate_node(graph: onnx.GraphProto, random: Random) -> None:
    if node := random.pick(graph.node):
        twin = graph.node.add()
        twin.CopyFrom(node)
        if random.chance(0.6):
            for i, name in enumerate(twin.output):
                twin.output[i] = name + "_twin"


def rename_value(graph: onnx.GraphProto, random: Random) -> None:
    old, new = random.pick(list_names(graph)), random.pick(["renamed", "a b", "ä", "", *list_names(graph)])
    everywhere = random.chance(0.5)
    for node in graph.node:
        for field in (node.input, node.output) if everywhere else (random.pick([node.input, node.output]),):
            for i, name in enumerate(field):
                if name == old and (everywhere or random.chance(0.5)):
                    field[i] = new
    for value in [*graph.input, *graph.output, *graph.value_info, *graph.initializer]:
        if value.name == old and (everywhere or random.chance(0.2)):
            value.name = new


def name_node(graph: onnx.GraphProto, random: Random) -> None:
    if node := random.pick(graph.node):
        node.name = random.pick(["same", "", "x"])
        random.pick(graph.node).name = node.name


def change_operator(graph: onnx.GraphProto, random: Random) -> None:
    if node := random.pick(graph.node):
        if random.chance(0.5):
            node.op_type = random.pick([*OPERATORS, "relu", ""])
        else:
            node.domain = random.pick(["", "ai.onnx", "com.microsoft", "ai.onnx.ml", "custom", "ai.onnx.training"])
        if random.chance(0.05):
            node.overload = "v2"


def change_operand(graph: onnx.GraphProto, random: Random) -> None:
    if not (node := random.pick(graph.node)):
        return
    names = [*list_names(graph), "", "nothing"]
    what = random.pick(["replace", "drop", "add", "swap", "empty"])
    if what == "add":
        node.input.append(random.pick(names))
    elif node.input:
        i = int(random.generator.integers(len(node.input)))
        if what == "replace":
            node.input[i] = random.pick(names)
        elif what == "drop":
            del node.input[i]
        elif what == "empty":
            node.input[i] = ""
        else:
            j = int(random.generator.integers(len(node.input)))
            node.input[i], node.input[j] = node.input[j], node.input[i]


def insert_node(graph: onnx.GraphProto, random: Random) -> None:
    """A node of one operand between a value and one of its users."""
    if (node := random.pick(graph.node)) and node.input:
        i = int(random.generator.integers(len(node.input)))
        added = helper.make_node(random.pick(["Relu", "Identity", "Flatten", "Squeeze", "Transpose", "Dropout", "Shape"]), [node.input[i]], ["inserted"])
        node.input[i] = "inserted"
        at = list(graph.node).index(node)
        graph.node.insert(at, added)


def change_results(graph: onnx.GraphProto, random: Random) -> None:
    if node := random.pick(graph.node):
        what = random.pick(["add", "empty", "drop", "optional"])
        if what == "add":
            node.output.append(random.pick(["another", *list_names(graph)]))
        elif what == "optional":
            node.output.append("")
        elif node.output and what == "empty":
            node.output[0] = ""
        elif node.output:
            del node.output[-1]


# --- attributes -----------------------------------------------------------


def add_attribute(graph: onnx.GraphProto, random: Random) -> None:
    if node := random.pick(graph.node):
        name = random.pick(list(ATTRIBUTES))
        if random.chance(0.7):  # another value instead of a second one
            kept = [copy.deepcopy(a) for a in node.attribute if a.name != name]
            del node.attribute[:]
            node.attribute.extend(kept)
        node.attribute.append(helper.make_attribute(name, random.pick(ATTRIBUTES[name])))


def change_attribute(graph: onnx.GraphProto, random: Random) -> None:
    attributes = [(node, attribute) for node in graph.node for attribute in node.attribute]
    if not (chosen := random.pick(attributes)):
        return
    node, attribute = chosen
    what = random.pick(["value", "value", "value", "type", "field", "drop", "twice", "name", "reference"])
    if what == "value" and attribute.name in ATTRIBUTES:
        attribute.CopyFrom(helper.make_attribute(attribute.name, random.pick(ATTRIBUTES[attribute.name])))
    elif what == "value" and attribute.HasField("t"):
        change_tensor(attribute.t, random)
    elif what == "type":
        attribute.type = random.pick([0, 1, 2, 3, 4, 6, 7])
    elif what == "field":
        if random.chance(0.5):
            attribute.f = 2.0
        else:
            attribute.ints.append(1)
    elif what == "drop":
        node.attribute.remove(attribute)
    elif what == "twice":
        node.attribute.append(copy.deepcopy(attribute))
    elif what == "name":
        attribute.name = random.pick([*ATTRIBUTES, "value", ""])
    elif what == "reference":
        attribute.ref_attr_name = "of_a_function"


# --- what is declared -----------------------------------------------------


def change_type(value: onnx.ValueInfoProto, random: Random) -> None:
    what = random.pick(["element", "size", "size", "rank", "no shape", "no type", "sequence"])
    tensor = value.type.tensor_type
    if what == "element":
        tensor.elem_type = random.pick(TYPES)
    elif what == "size" and tensor.shape.dim:
        dimension, size = random.pick(tensor.shape.dim), random.pick(DIMENSIONS)
        dimension.Clear()
        if isinstance(size, int):
            dimension.dim_value = size
        elif size:
            dimension.dim_param = size
    elif what == "rank":
        if tensor.shape.dim and random.chance(0.5):
            del tensor.shape.dim[0]
        else:
            tensor.shape.dim.add().dim_value = random.pick([1, 1, 2])
    elif what == "no shape":
        tensor.ClearField("shape")
    elif what == "no type":
        value.ClearField("type")
    elif what == "sequence" and random.chance(0.3):
        value.type.sequence_type.elem_type.tensor_type.elem_type = 1


def change_input(graph: onnx.GraphProto, random: Random) -> None:
    what = random.pick(["type", "type", "type", "drop", "add", "twice", "initializer", "swap"])
    if what == "add":
        graph.input.append(helper.make_tensor_value_info(random.pick(["more", *list_names(graph)]), 1, [1, 2]))
    elif not graph.input:
        pass
    elif what == "type":
        change_type(random.pick(graph.input), random)
    elif what == "drop":
        graph.input.remove(random.pick(graph.input))
    elif what == "twice":
        graph.input.append(copy.deepcopy(random.pick(graph.input)))
    elif what == "initializer" and graph.initializer:
        tensor = random.pick(graph.initializer)
        graph.input.append(helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims))
        if random.chance(0.4):
            change_type(graph.input[-1], random)
    elif what == "swap":
        inputs = [copy.deepcopy(value) for value in reversed(graph.input)]
        del graph.input[:]
        graph.input.extend(inputs)


def change_output(graph: onnx.GraphProto, random: Random) -> None:
    what = random.pick(["type", "type", "more", "twice", "drop", "other"])
    if what == "more":
        graph.output.append(onnx.ValueInfoProto(name=random.pick(list_names(graph))))
        if random.chance(0.7):
            graph.output[-1].type.tensor_type.elem_type = random.pick([1, 1, 3])
    elif not graph.output:
        pass
    elif what == "type":
        change_type(random.pick(graph.output), random)
    elif what == "twice":
        graph.output.append(copy.deepcopy(random.pick(graph.output)))
    elif what == "drop":
        graph.output.remove(random.pick(graph.output))
    elif what == "other":
        random.pick(graph.output).name = random.pick([*list_names(graph), "nowhere"])


def change_value_info(graph: onnx.GraphProto, random: Random) -> None:
    """Says what values are, as shape inference does; or something else."""
    try:
        inferred = onnx.shape_inference.infer_shapes(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])).graph.value_info
    except Exception:
        inferred = []  # another change has broken it
    if not (value := random.pick(inferred)):
        value = helper.make_tensor_value_info(random.pick(["nowhere", *list_names(graph)]), 1, [1, 2])
    graph.value_info.append(value)
    if random.chance(0.5):
        change_type(graph.value_info[-1], random)
    if random.chance(0.2):
        graph.value_info.append(copy.deepcopy(graph.value_info[-1]))
        change_type(graph.value_info[-1], random)


# --- constants ------------------------------------------------------------


def read_tensor(tensor: TensorProto) -> np.ndarray:
    """Its numbers; none where another change has broken it."""
    try:
        return numpy_helper.to_array(tensor).copy()
    except Exception:
        return np.zeros(0)


def replace_tensor(tensor: TensorProto, values: np.ndarray, raw: bool) -> None:
    made = numpy_helper.from_array(values, tensor.name) if raw else helper.make_tensor(tensor.name, tensor.data_type, values.shape, values.flatten())
    tensor.CopyFrom(made)


def change_tensor(tensor: TensorProto, random: Random) -> None:
    values = read_tensor(tensor)
    raw = random.chance(0.5)
    what = random.pick(["value", "value", "field", "dims", "reshape", "type", "cast", "payload", "more", "less", "name", "segment", "external"])
    if what == "value" and values.size:
        choices = SCALES if values.dtype.kind == "f" else NUMBERS
        at = int(random.generator.integers(values.size)) if random.chance(0.7) else slice(None)
        try:
            values.reshape(-1)[at] = np.asarray(random.pick(choices)).astype(values.dtype)
        except (OverflowError, TypeError):
            return
        replace_tensor(tensor, values, raw)
    elif what == "field" and values.size:
        replace_tensor(tensor, values, raw)
    elif what == "dims":  # the payload stays
        dims = random.pick([[], [1], [1, *tensor.dims], [*tensor.dims, 1], [*tensor.dims, 0], tensor.dims[1:], list(reversed(tensor.dims)), [-1], [2, 2]])
        del tensor.dims[:]
        tensor.dims.extend(dims)
    elif what == "reshape" and values.size:
        shape = random.pick([[1], [2], [1, 1], [3], [0], [], [1, 3], [2, 3]])
        replace_tensor(tensor, np.resize(values, shape), raw)
    elif what == "type":  # the payload stays
        tensor.data_type = random.pick(TYPES)
    elif what == "cast":
        kind = random.pick([np.float32, np.float64, np.int8, np.uint8, np.int32, np.int64, np.int16, np.uint16, np.bool_])
        with np.errstate(all="ignore"):
            tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float32).astype(kind), tensor.name))
    elif what == "payload":  # a second one
        if raw:
            tensor.float_data.append(1)
        else:
            tensor.raw_data = b"\0\0\0\0"
    elif what == "more":
        if tensor.HasField("raw_data"):
            tensor.raw_data += b"\0" * random.pick([1, 4])
        else:
            random.pick([tensor.float_data, tensor.int32_data]).append(0)
    elif what == "less":
        if tensor.HasField("raw_data"):
            tensor.raw_data = tensor.raw_data[:-1]
        elif tensor.float_data:
            tensor.float_data.pop()
        elif tensor.int32_data:
            tensor.int32_data.pop()
    elif what == "name":
        tensor.name = random.pick(["", "other"])
    elif what == "segment":
        tensor.segment.begin, tensor.segment.end = 0, 1
    elif what == "external" and random.chance(0.3):
        tensor.data_location = TensorProto.EXTERNAL


def change_initializer(graph: onnx.GraphProto, random: Random) -> None:
    if tensor := random.pick(graph.initializer):
        change_tensor(tensor, random)


def change_scale(graph: onnx.GraphProto, random: Random) -> None:
    scales = {node.input[1] for node in graph.node if "Linear" in node.op_type and len(node.input) > 1}
    if tensor := random.pick([t for t in graph.initializer if t.name in scales and t.data_type == 1]):
        values = read_tensor(tensor)
        if values.size:
            values.reshape(-1)[int(random.generator.integers(values.size))] = random.pick(SCALES)
            replace_tensor(tensor, values, random.chance(0.5))


def move_initializer(graph: onnx.GraphProto, random: Random) -> None:
    """A constant may be said in other places, once or twice."""
    if not (tensor := random.pick(graph.initializer)):
        return
    what = random.pick(["constant", "constant", "constant", "twice", "sparse", "drop"])
    if what == "constant":
        graph.node.insert(0, helper.make_node("Constant", [], [tensor.name], value=copy.deepcopy(tensor)))
        if random.chance(0.9):
            graph.initializer.remove(tensor)
    elif what == "twice":
        graph.initializer.append(copy.deepcopy(tensor))
    elif what == "drop":
        graph.initializer.remove(tensor)
    elif what == "sparse":
        sparse = graph.sparse_initializer.add()
        sparse.values.CopyFrom(helper.make_tensor(random.pick([tensor.name, "sparse"]), 1, [1], [0.5]))
        sparse.indices.CopyFrom(helper.make_tensor("", 7, [1], [0]))
        sparse.dims.extend(tensor.dims)


# --- the model ------------------------------------------------------------


def change_header(model: onnx.ModelProto, random: Random) -> None:
    what = random.pick(["opset", "opset", "opset", "ir", "import", "domain", "drop", "function", "graph", "quantization"])
    if what == "opset" and model.opset_import:
        random.pick(model.opset_import).version = random.pick([*range(7, 26), 1, 6, 26, 0, -1, 10, 10, 13])
    elif what == "ir":
        model.ir_version = random.pick([*range(1, 15)])
    elif what == "import":
        model.opset_import.append(helper.make_opsetid(random.pick(["", "ai.onnx", "com.microsoft", "custom", "ai.onnx.ml"]), random.pick([1, 2, 13, 17])))
    elif what == "domain" and model.opset_import:
        random.pick(model.opset_import).domain = random.pick(["", "ai.onnx", "com.microsoft", "custom"])
    elif what == "drop" and model.opset_import:
        model.opset_import.remove(random.pick(model.opset_import))
    elif what == "function":
        name = random.pick([node.op_type for node in model.graph.node]) or "Relu"
        body = [helper.make_node("Neg", ["a"], ["b"])]
        model.functions.append(helper.make_function(random.pick(["", "custom"]), name, ["a"], ["b"], body, [helper.make_opsetid("", 13)]))
    elif what == "graph":
        model.graph.name = random.pick(["", "g"])
    elif what == "quantization":
        annotation = model.graph.quantization_annotation.add()
        annotation.tensor_name = random.pick(list_names(model.graph))


# How often each is chosen.
CHANGES = {
    reorder_nodes: 1,
    drop_node: 1,
    duplicate_node: 1,
    rename_value: 1,
    name_node: 1,
    change_operator: 1,
    change_operand: 2,
    insert_node: 1,
    change_results: 1,
    add_attribute: 2,
    change_attribute: 2,
    change_input: 2,
    change_output: 1,
    change_value_info: 1,
    change_initializer: 3,
    change_scale: 1,
    move_initializer: 1,
    change_header: 2,
}


def mutate(seeds: list[onnx.ModelProto], seed: int) -> tuple[onnx.ModelProto, list[str]]:
    """A changed copy of one of the seeds, and what was done to it."""
    random = Random(seed)
    model = copy.deepcopy(random.pick(seeds))
    changes = []
    for _ in range(random.pick([1, 1, 1, 2, 2, 3])):
        change = random.pick([change for change, times in CHANGES.items() for _ in range(times)])
        changes.append(change.__name__)
        change(model if change is change_header else model.graph, random)
    return model, [model.graph.name, *changes]
