"""Prints type, shape and values of .npy files, so that they read back."""

import ast
import struct
import sys

for path in sys.argv[1:]:
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<H", data[8:10])
    header = ast.literal_eval(data[10 : 10 + length].decode())
    code, size = {"<f4": ("f", 4), "<f8": ("d", 8)}[header["descr"]]
    payload = data[10 + length :]
    values = struct.unpack(f"<{len(payload) // size}{code}", payload)
    print(header["descr"], header["shape"], *values)
