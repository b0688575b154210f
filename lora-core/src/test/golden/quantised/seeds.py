"""Small files with quantised weights of each layout that is read, as seeds for the fuzzer.

Writes ../../resources/dev/lora4j/core/quantised/file/QuantisedFuzzTestInputs.
"""

import json
import os
import struct

import numpy as np

OUT = os.path.join(
    os.path.dirname(os.path.abspath(__file__)),
    "../../resources/dev/lora4j/core/quantised/file/QuantisedFuzzTestInputs/opensOrRefuses",
)
RANDOM = np.random.default_rng(1)
NF4 = [-1.0, -0.6961928, -0.52507305, -0.3949175, -0.28444138, -0.18477343, -0.09105004, 0.0]
NF4 += [0.0795803, 0.1609302, 0.2461123, 0.33791524, 0.44070983, 0.562617, 0.72295684, 1.0]


def write(name, tensors):
    header, data = {}, b""
    for key in sorted(tensors):
        dtype, shape, content = tensors[key]
        header[key] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(OUT, name), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def f32(values):
    return np.asarray(values, dtype="<f4").tobytes()


def codes(count, most=256):
    return RANDOM.integers(0, most, count, dtype=np.uint8).tobytes()


def main():
    os.makedirs(OUT, exist_ok=True)
    state = json.dumps({"quant_type": "nf4", "blocksize": 32, "dtype": "float32", "shape": [4, 16]}).encode()
    write(
        "nf4.safetensors",
        {
            "l.weight": ("U8", [32, 1], codes(32)),
            "l.weight.absmax": ("F32", [2], f32([0.5, 0.25])),
            "l.weight.quant_map": ("F32", [16], f32(NF4)),
            "l.weight.quant_state.bitsandbytes__nf4": ("U8", [len(state)], state),
        },
    )
    write(
        "int8.safetensors",
        {
            "l.SCB": ("F32", [4], f32([1, 2, 3, 4])),
            "l.weight": ("I8", [4, 8], codes(32)),
            "l.weight_format": ("U8", [], b"\0"),
        },
    )
    write(
        "fp8.safetensors",
        {
            "a.scale_weight": ("F32", [1], f32([0.5])),
            "a.weight": ("F8_E4M3", [4, 8], codes(32, 126)),
            "b.weight": ("F8_E5M2", [2, 8], codes(16, 120)),
            "b.weight_scale": ("F32", [2], f32([1, 2])),
            "c.weight": ("F8_E4M3", [3, 5], codes(15, 126)),
            "c.weight_scale_inv": ("F32", [1, 1], f32([0.1])),
        },
    )


main()
