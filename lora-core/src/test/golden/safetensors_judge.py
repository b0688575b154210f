"""Says of each file on the standard input whether the reference reader accepts it, one line each.

A file comes as its length (32 bits, big-endian) and its bytes.
"""
import struct
import sys

from safetensors import deserialize

source = sys.stdin.buffer
while prefix := source.read(4):
    content = source.read(struct.unpack(">I", prefix)[0])
    try:
        deserialize(content)
        print("accepted")
    except Exception as error:
        print("refused:", repr(str(error))[:200])
