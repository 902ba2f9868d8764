"""Models and paths with names that are no text: an invalid byte, a newline."""
import pathlib
import shutil
import sys

model, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
folder.mkdir(exist_ok=True)
data = model.read_bytes()
(folder / "named.onnx").write_bytes(data.replace(b"h1", b"\xff\n"))
defined = data.index(b"h1") + 2
(folder / "undefined.onnx").write_bytes(data[:defined] + data[defined:].replace(b"h1", b"h\n"))
shutil.copy(model, bytes(folder) + b"/path\xff.onnx")
