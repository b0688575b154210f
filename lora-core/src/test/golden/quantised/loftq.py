"""Factors that PEFT's LoftQ begins with, of one step, on a processor.

PEFT computes it on a graphics card; its function is run here with the name of that device exchanged.
Writes ../../resources/dev/lora4j/core/quantised/loftq.safetensors.
"""

import inspect
import pathlib

import torch
from peft.utils import loftq_utils
from safetensors.torch import save_file

OUT = pathlib.Path(__file__).parents[2] / "resources/dev/lora4j/core/quantised"
torch.manual_seed(7)

source = inspect.getsource(loftq_utils.loftq_init).replace('"cuda"', '"cpu"')
exec(source, vars(loftq_utils))  # noqa: S102

weight = torch.randn(32, 64) * 0.05
tensors = {"weight": weight}
for rank in (4,):
    rounded, down, up = loftq_utils.loftq_init(weight, num_bits=4, reduced_rank=rank, num_iter=1)
    tensors[f"{rank}/rounded"] = rounded
    tensors[f"{rank}/product"] = up @ down
save_file({k: v.contiguous() for k, v in tensors.items()}, OUT / "loftq.safetensors")
