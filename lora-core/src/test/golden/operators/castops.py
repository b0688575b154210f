"""Casts at every place where rounding can go wrong.

For each type of 8 bits: all its numbers, all middles between neighbours, and what lies next to these on either side. For
types of 16 bits the same around some of their numbers.
"""

import torch

from cases import SPECIAL, case, write

BYTES = torch.arange(256, dtype=torch.int32).to(torch.uint8)
FLOATS = {"e4m3": torch.float8_e4m3fn, "e5m2": torch.float8_e5m2}


def around(numbers):
    """Numbers of a type, the middles between them, and the neighbours of these in F32."""
    sorted_ = numbers.float()[numbers.float().isfinite()].sort().values
    middles = (sorted_[1:] + sorted_[:-1]) / 2
    step = sorted_[-1] - sorted_[-2]
    beyond = sorted_[-1] + step * torch.tensor([0.25, 0.5, 0.75, 1, 100])
    centres = torch.cat([sorted_, middles, beyond, -beyond])
    inf = torch.tensor(torch.inf)
    return torch.cat([centres, centres.nextafter(inf), centres.nextafter(-inf), torch.stack([inf, -inf])])


def bits(x):
    return x.view(torch.uint8 if x.element_size() == 1 else torch.int16).to(torch.int64)


for name, type_ in FLOATS.items():
    x = around(BYTES.view(type_))
    # From 2.8 on PyTorch's cast to e4m3 saturates; the libtorch here gives NaN beyond 464, as tested elsewhere.
    inside = x[x.abs() <= 464] if name == "e4m3" else x
    case(name, lambda x: bits(x.to(type_)), x=inside)
    case(name + "_from_bf16", lambda x: bits(x.bfloat16().to(type_)), x=inside[inside.abs() < 448])
    case(name + "_back", lambda b: b.view(type_).float(), b=BYTES[~BYTES.view(type_).float().isnan()])
    case(name + "_nan", lambda x: x.to(type_).float(), x=torch.tensor([torch.nan]))
    most = torch.finfo(type_).max
    case(name + "_saturating", lambda x: x.clamp(-most, most).to(type_).float(), x=torch.cat([x, torch.tensor([torch.nan])]))
for name, type_ in {"bf16": torch.bfloat16, "f16": torch.float16}.items():
    patterns = torch.cat([torch.arange(0, 40), torch.arange(0x0380, 0x0480, 7), torch.arange(0x3C00, 0x3D00, 5)])
    ends = torch.tensor([0x7BFE, 0x7BFF]) if type_ == torch.float16 else torch.tensor([0x7F7E, 0x7F7F])
    numbers = torch.cat([patterns, ends]).to(torch.int16).view(type_)
    x = around(torch.cat([numbers, -numbers]))
    case(name, lambda x: bits(x.to(type_)), x=x)
    case(name + "_back", lambda b: b.view(type_).float(), b=torch.cat([patterns, ends]).to(torch.int16))
case("f32", lambda x: x.float(), x=SPECIAL)
case("i32", lambda x: x.to(torch.int32), x=SPECIAL[:7])
case("saturating_f16", lambda x: x.clamp(-65504, 65504).to(torch.float16), x=SPECIAL)
case("wider", lambda x: x.to(torch.float64), x=torch.tensor([1e-45, 3.4e38, torch.inf, -0.0], dtype=torch.float32))
case("reinterpret", lambda x: x.view(torch.int16), x=(2, 3))
case("reinterpret_wider", lambda x: x.view(torch.float32), x=torch.arange(24, dtype=torch.uint8).reshape(2, 12))
case("reinterpret_same", lambda x: x.view(torch.int64), x=(2, 3))
write("castops")
