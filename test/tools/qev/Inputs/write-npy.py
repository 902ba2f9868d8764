"""Writes a .npy file: write-npy.py FILE DTYPE SHAPE VALUE...

DTYPE is <f2, <f4 or <f8, SHAPE 2,3. Needs nothing but Python itself.
"""

import struct
import sys

path, dtype, shape = sys.argv[1:4]
values = [float(text) for text in sys.argv[4:]]
dimensions = "".join(f"{int(size)}, " for size in shape.split(","))
header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': ({dimensions}), }}"
header = header.ljust(117) + "\n"
with open(path, "wb") as file:
    file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
    code = {"<f2": "e", "<f4": "f", "<f8": "d"}[dtype]
    file.write(struct.pack(f"<{len(values)}{code}", *values))
