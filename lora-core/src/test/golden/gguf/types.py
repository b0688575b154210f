"""A GGUF file with a tensor of every type that is dequantised, and what the reference makes of them.

The blocks are random bytes, so that every code, sub-scale and offset occurs. The scales of the first
rows are special: zeros of both signs, the smallest and the largest numbers of each kind, infinities
and NaN.
"""

from pathlib import Path

import numpy as np
from gguf import GGUFWriter, GGMLQuantizationType as T
from gguf.constants import GGML_QUANT_SIZES, GGUFValueType
from gguf.quants import dequantize
from safetensors.numpy import save_file

OUT = Path(__file__).parents[2] / "resources/dev/lora4j/core/gguf"
ROWS = 24

# Where the scales of F16 lie in a block.
HALVES = {
    T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q8_0: [0],
    T.Q2_K: [80, 82], T.Q3_K: [108], T.Q4_K: [0, 2], T.Q5_K: [0, 2], T.Q6_K: [208],
    T.IQ4_NL: [0], T.IQ4_XS: [0],
}
SPECIAL = np.array(
    [0.0, -0.0, 6e-8, -6e-8, 6.09e-5, 6.104e-5, -6.104e-5, 65504.0, -65504.0, np.inf, -np.inf, np.nan],
    dtype=np.float16,
)


def blocks(kind, random):
    elements, size = GGML_QUANT_SIZES[kind]
    row = max(1, 64 // elements) * size
    packed = random.integers(0, 256, (ROWS, row), dtype=np.uint8)
    if kind in HALVES:
        for start in range(0, row, size):
            for number, place in enumerate(HALVES[kind]):
                halves = random.normal(0, 0.02, ROWS).astype(np.float16)
                # Both scales of a block are special at different rows.
                halves[: len(SPECIAL)] = np.roll(SPECIAL, number)
                packed[:, start + place : start + place + 2] = halves.view(np.uint8).reshape(ROWS, 2)
    if kind == T.MXFP4:
        packed[: 8, 0] = [0, 1, 2, 3, 126, 127, 254, 255]
    return packed


def main():
    random = np.random.default_rng(20261101)
    writer = GGUFWriter(OUT / "types.gguf", "llama")
    writer.add_uint8("test.u8", 255)
    writer.add_int8("test.i8", -128)
    writer.add_uint16("test.u16", 65535)
    writer.add_int16("test.i16", -32768)
    writer.add_uint32("test.u32", 4294967295)
    writer.add_int32("test.i32", -2147483648)
    writer.add_uint64("test.u64", 18446744073709551615)
    writer.add_int64("test.i64", -9223372036854775808)
    writer.add_float32("test.f32", 1e-5)
    writer.add_float64("test.f64", 0.1)
    writer.add_bool("test.bool", True)
    writer.add_string("test.string", "na\u00efve \U0001f98a")
    writer.add_array("test.texts", ["a", "", "\u2581b"])
    writer.add_array("test.numbers", [1, -2, 3])
    writer.add_array("test.reals", [0.5, -1.5])
    expected = {}
    plain = [T.F32, T.F16, T.BF16]
    for kind in plain + [*HALVES, T.MXFP4]:
        packed = blocks(kind, random)
        if kind in (T.F32, T.F16):  # the writer wants these as numbers
            data = packed.view(np.float32 if kind == T.F32 else np.float16)
            writer.add_tensor(kind.name, data)
            numbers = data.astype(np.float32)
        else:
            writer.add_tensor(kind.name, packed, raw_dtype=kind)
            numbers = dequantize(packed, kind)
        expected[kind.name] = np.ascontiguousarray(numbers.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    save_file(expected, OUT / "types.safetensors")


def seeds():
    """Small files for the fuzzer to begin with."""
    folder = OUT / "GgufFuzzTestInputs/opensOrRefuses"
    folder.mkdir(parents=True, exist_ok=True)
    for name, tensors in {"values": [], "tensors": [T.F32, T.Q4_0, T.Q6_K]}.items():
        writer = GGUFWriter(folder / f"{name}.gguf", "llama")
        writer.add_uint32("llama.block_count", 1)
        writer.add_float32("llama.rope.freq_base", 1e4)
        writer.add_bool("tokenizer.ggml.add_bos_token", False)
        writer.add_array("tokenizer.ggml.tokens", ["<s>", "\u2581a", ""])
        writer.add_array("tokenizer.ggml.token_type", [3, 1, 4])
        writer.add_custom_alignment(64)
        for kind in tensors:
            elements, size = GGML_QUANT_SIZES[kind]
            if kind == T.F32:
                writer.add_tensor("blk.0.attn_norm.weight", np.ones(7, dtype=np.float32))
            else:
                writer.add_tensor(kind.name, np.zeros((2, size), dtype=np.uint8), raw_dtype=kind)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()


if __name__ == "__main__":
    main()
    seeds()
