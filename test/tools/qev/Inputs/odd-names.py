"""Models and paths with names that are no text: an invalid byte, a newline,
controls, very long ones. With --check: whether files are text that can be seen.
"""
import pathlib
import shutil
import sys
import unicodedata

import onnx

if sys.argv[1] == "--check":
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8", newline="") as file:
            text = file.read()
        for line in text.split("\n"):
            bad = [c for c in line if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs")]
            assert not bad, (path, line)
            assert len(line) < 5000 or "[" in line, (path, len(line))
    sys.exit(0)

model, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
folder.mkdir(exist_ok=True)
data = model.read_bytes()
(folder / "named.onnx").write_bytes(data.replace(b"h1", b"\xff\n"))
defined = data.index(b"h1") + 2
(folder / "undefined.onnx").write_bytes(data[:defined] + data[defined:].replace(b"h1", b"h\n"))
shutil.copy(model, bytes(folder) + b"/path\xff.onnx")

# Every name that a model may have. Protocol buffers of Python write UTF-8 only,
# so what is none is put into the bytes.
odd = "\x1b[2J\0\x9b31m\u2028\u202e\n?"
for name in ("float.onnx", "int8.onnx", "long.onnx"):
    source = model.parent / ("int8.onnx" if name == "int8.onnx" else "float.onnx")
    proto = onnx.load(source)
    renamed = {value.name: odd + value.name for value in proto.graph.input}
    for node in proto.graph.node:
        for value in node.output:
            renamed[value] = odd + value * (50 if name == "float.onnx" else 1)
        node.name = odd + node.name + "/" * 300
    for node in proto.graph.node:
        for words in (node.input, node.output):
            words[:] = [renamed.get(word, word) for word in words]
    for value in (*proto.graph.input, *proto.graph.output):
        value.name = renamed[value.name]
    proto.producer_name = proto.producer_version = odd * 50
    proto.opset_import.append(onnx.helper.make_opsetid(odd, 1))
    if name == "long.onnx":
        proto.graph.node[1].op_type = "Soft" * 4000
    (folder / name).write_bytes(proto.SerializeToString().replace(b"\n?", b"\n\xff"))
