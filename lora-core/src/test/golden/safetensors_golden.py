"""Writes ../resources/dev/lora4j/core/safetensors/golden with the reference writer.

Every file is described in golden.tsv, so that the Java test builds the same tensors without parsing:
    file  meta  KEY  VALUE            (strings as JSON)
    file  tensor  NAME  DTYPE  SHAPE  (the bytes are the pattern below, as long as the shape needs)
Byte i of tensor NAME is (31 * i + length of NAME in UTF-8 bytes) mod 251, BOOL: that mod 2.
"""
import ctypes
import json
import pathlib

import numpy as np
import safetensors.numpy
import safetensors.torch
import torch
from safetensors import TensorSpec, serialize

OUT = pathlib.Path(__file__).parent / "../resources/dev/lora4j/core/safetensors/golden"
TORCH = {
    "BOOL": torch.bool, "U8": torch.uint8, "I8": torch.int8, "F8_E5M2": torch.float8_e5m2,
    "F8_E4M3": torch.float8_e4m3fn, "F8_E8M0": torch.float8_e8m0fnu,
    "F8_E4M3FNUZ": torch.float8_e4m3fnuz, "F8_E5M2FNUZ": torch.float8_e5m2fnuz,
    "F4": torch.float4_e2m1fn_x2, "I16": torch.int16, "U16": torch.uint16, "F16": torch.float16,
    "BF16": torch.bfloat16, "I32": torch.int32, "U32": torch.uint32, "F32": torch.float32,
    "C64": torch.complex64, "F64": torch.float64, "I64": torch.int64, "U64": torch.uint64,
}
BITS = {"BOOL": 8, "F4": 4, "C64": 64}
table = []


def bits(dtype):
    return BITS.get(dtype) or int(dtype.replace("BF", "F").split("_")[0][1:])


def pattern(name, dtype, shape):
    length = int(np.prod(shape, dtype=np.int64)) * bits(dtype) // 8
    seed = len(name.encode())
    return bytes((31 * i + seed) % 251 % (2 if dtype == "BOOL" else 256) for i in range(length))


def describe(file, tensors, metadata):
    for key, value in (metadata or {}).items():
        table.append("\t".join([file, "meta", json.dumps(key), json.dumps(value)]))
    for name, (dtype, shape) in tensors.items():
        table.append("\t".join([file, "tensor", json.dumps(name), dtype, json.dumps(shape)]))


def raw(file, tensors, metadata=None):
    """Through the lowest interface of the package, which takes every type and logical shapes."""
    describe(file, tensors, metadata)
    keep, specs = [], {}
    for name, (dtype, shape) in tensors.items():
        data = pattern(name, dtype, shape)
        keep.append(ctypes.create_string_buffer(data, max(len(data), 1)))
        stored = shape[:-1] + [shape[-1] // 2] if dtype == "F4" else shape
        torch_name = str(TORCH[dtype]).removeprefix("torch.")
        specs[name] = TensorSpec(
            dtype=torch_name, shape=stored, data_ptr=ctypes.addressof(keep[-1]), data_len=len(data))
    (OUT / file).write_bytes(serialize(specs, metadata))


def through_torch(file, tensors, metadata=None):
    describe(file, tensors, metadata)
    made = {}
    for name, (dtype, shape) in tensors.items():
        data = torch.frombuffer(bytearray(pattern(name, dtype, shape)), dtype=torch.uint8)
        stored = shape[:-1] + [shape[-1] // 2] if dtype == "F4" else shape
        made[name] = data.view(TORCH[dtype]).reshape(stored)
    safetensors.torch.save_file(made, OUT / file, metadata)


def through_numpy(file, tensors, metadata=None):
    describe(file, tensors, metadata)
    made = {
        name: np.frombuffer(pattern(name, dtype, shape), {"F32": "<f4", "F16": "<f2"}[dtype])
        .reshape(shape) for name, (dtype, shape) in tensors.items()}
    safetensors.numpy.save_file(made, OUT / file, metadata)


OUT.mkdir(parents=True, exist_ok=True)
for old in OUT.iterdir():
    old.unlink()
# Every type twice, so that both keys of the order count; the names run against the types.
every = {f"{90 - i:02d}.{d}": (d, [3, 4]) for i, d in enumerate(TORCH)}
every |= {f"{10 + i:02d}.{d}": (d, [2]) for i, d in enumerate(TORCH)}
raw("every-dtype.safetensors", every, {"format": "pt"})
through_torch("every-dtype-torch.safetensors", every, {"format": "pt"})
raw("no-tensors.safetensors", {})
raw("only-metadata.safetensors", {}, {"k": ""})
raw("scalar.safetensors", {"s": ("F32", [])})
raw("empty-tensors.safetensors", {"z": ("F32", [0]), "a": ("F32", [3, 0, 2]), "b": ("BF16", [5])})
raw("dimensions.safetensors", {"d": ("I8", [1, 2, 1, 3, 1, 2, 1, 1])})
# Bytes order, not UTF-16 order: U+E000, U+FFFD before U+1F600; a prefix before the longer name.
names = ["a", "aa", "b", "B", "", " ", "é", "\ue000", "\ufffd", "\U0001f600", "\u2028", "\x7f", "\x01",
         "\b\f\n\r\t", "quote\"back\\slash/", "lora_unet_down_blocks_0.lora_up.weight", "\u00e9", "e\u0301"]
raw("names.safetensors", {n: ("U8", [i + 1]) for i, n in enumerate(dict.fromkeys(names))})
raw("metadata-text.safetensors", {"x": ("F16", [1])}, {"ss_\"\u00e9\U0001f600\n": "{\"a\": \"b\\u0000\"}\t\x7f\x00"})
through_numpy("numpy.safetensors", {"w": ("F32", [2, 3]), "h": ("F16", [7]), "v": ("F32", [1])})
# Every length of the padding.
for n in range(8):
    raw(f"padding-{n}.safetensors", {"x" * (n + 1): ("U8", [n])})
(OUT / "golden.tsv").write_text("\n".join(table) + "\n")
