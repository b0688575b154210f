"""What bitsandbytes makes of small weights: codes, scales, and numbers made again.

Writes ../../resources/dev/lora4j/core/quantised/bitsandbytes.safetensors. Each tensor is called CASE/NAME.
"""

import pathlib

import bitsandbytes.functional as F
import torch
from bitsandbytes.backends.default.ops import _dequantize_4bit_compute
from safetensors.torch import save_file

OUT = pathlib.Path(__file__).parents[2] / "resources/dev/lora4j/core/quantised"
torch.manual_seed(5)


def weights():
    heavy = torch.randn(48, 80)
    heavy[3, 7] = 40
    heavy[11] = 0
    yield "even", torch.randn(32, 96) * 0.02
    yield "heavy", heavy
    yield "odd", torch.randn(5, 13)
    yield "long", torch.randn(260, 64)
    yield "kernel", torch.randn(8, 6, 3, 3) * 1e-3
    yield "zero", torch.zeros(3, 64)


def numbers(packed, state):
    """By the definition in PyTorch: the kernel for processors takes rows to begin with a block."""
    absmax = state.absmax
    if state.nested:
        absmax = F.dequantize_blockwise(absmax, state.state2) + state.offset
    made = _dequantize_4bit_compute(
        packed.reshape(-1), absmax, state.code, state.blocksize, state.shape, state.dtype
    )
    if state.shape[-1] % 64 == 0:
        assert torch.equal(made, F.dequantize_4bit(packed, state))
    return made


tensors = {}
for name, weight in weights():
    kinds = ("nf4",) if name == "long" else ("nf4", "fp4")
    for kind in kinds:
        for double in (True,) if name == "long" else (False, True):
            case = f"{name}-{kind}{'-double' if double else ''}"
            packed, state = F.quantize_4bit(
                weight, blocksize=64, compress_statistics=double, quant_type=kind
            )
            tensors[f"{case}/codes"] = packed.reshape(-1)
            tensors[f"{case}/scales"] = state.absmax
            if double:
                tensors[f"{case}/scales.scales"] = state.state2.absmax
                tensors[f"{case}/scales.offset"] = state.offset.reshape(1)
                tensors["book/dynamic"] = state.state2.code
            tensors[f"book/{kind}"] = state.code
            tensors[f"{case}/numbers"] = numbers(packed, state)
    tensors[f"{name}/weight"] = weight
    if name == "long":  # it is there for its more than 256 scales
        continue
    flat = weight.reshape(weight.shape[0], -1)
    codes, scales, _ = F.int8_vectorwise_quant(flat.to(torch.float32))
    tensors[f"{name}-int8/codes"] = codes.reshape(weight.shape)
    tensors[f"{name}-int8/scales"] = scales
    tensors[f"{name}-int8/numbers"] = F.int8_vectorwise_dequant(codes, scales).reshape(weight.shape)
tensors["book/unsigned"] = F.create_dynamic_map(signed=False)
OUT.mkdir(parents=True, exist_ok=True)
save_file({k: v.contiguous() for k, v in tensors.items()}, OUT / "bitsandbytes.safetensors")
