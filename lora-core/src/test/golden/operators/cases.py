"""Collects what PyTorch computes, one file per family of operators.

A family's script calls `case` for each golden and `write` at the end. Real inputs are float64.
"""

import math
import pathlib
import zlib

import torch
from safetensors.torch import save_file

torch.set_num_threads(1)
RESOURCES = pathlib.Path(__file__).parents[2] / "resources/dev/lora4j/core/tensor/operators"
tensors = {}

# Zeros of both signs, the edges of a double, what is not finite, and ordinary numbers.
SPECIAL = torch.tensor(
    [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 1e-310, 1e300, -1e300, math.inf, -math.inf, math.nan],
    dtype=torch.float64,
)


def case(name, compute, **inputs):
    """Adds a case with the inputs in the order of the function; sizes stand for normal numbers."""
    generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
    made = {
        key: torch.randn(value, generator=generator, dtype=torch.float64) if isinstance(value, tuple) else value
        for key, value in inputs.items()
    }
    results = compute(*made.values())
    results = [results] if isinstance(results, torch.Tensor) else list(results)
    # Copies, since results may share memory with inputs.
    for key, value in [*made.items(), *enumerate(results)]:
        tensors[f"{name}/{key}"] = value.detach().clone(memory_format=torch.contiguous_format)


def write(family):
    RESOURCES.mkdir(parents=True, exist_ok=True)
    file = RESOURCES / f"{family}.safetensors"
    save_file(tensors, file)
    file.chmod(0o644)
