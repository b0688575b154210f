"""What LyCORIS's T-LoRA makes of one layer in five steps, and the change that it applies then.

Each row of a batch has a timestep, so that the layer is run row by row with the mask of each, in
float64. Factors begin as LyCORIS begins them, by a singular value decomposition in float32.
Writes ../../resources/dev/lora4j/core/train/tlora.safetensors.
"""

import os

os.environ["LYCORIS_KERNEL_BACKEND"] = "torch"

import pathlib

import torch
from lycoris.modules.tlora import TLoraModule, compute_timestep_mask, set_timestep_mask
from safetensors.torch import save_file

OUT = pathlib.Path(__file__).parents[2] / "resources/dev/lora4j/core/train/tlora.safetensors"
RANK, ALPHA, STEPS, RATE = 6, 9.0, 5, 0.05
TIMESTEPS = [0, 1, 250, 500, 799, 999]
torch.manual_seed(3)


def values(module):
    return {
        "q": module.q_layer.weight,
        "p": module.p_layer.weight,
        "lambda": module.lambda_layer,
    }


def trained(layer, x, target, least, power, choice):
    module = TLoraModule("layer", layer, lora_dim=RANK, alpha=ALPHA, sig_type=choice)
    layer.double()
    module.double()
    module.apply_to()
    tensors = {"weight": layer.weight.detach().float(), "x": x, "target": target}
    tensors |= {f"start/{k}": v.detach().float() for k, v in values(module).items()}
    optimizer = torch.optim.AdamW(list(values(module).values()), lr=RATE)
    losses = []
    for step in range(STEPS):
        optimizer.zero_grad()
        total = 0
        for row, t in enumerate(TIMESTEPS):
            set_timestep_mask(compute_timestep_mask(t, 1000, RANK, least, power).double())
            y = layer(x[row : row + 1].double())
            total = total + torch.nn.functional.mse_loss(y, target[row : row + 1].double())
        loss = total / len(TIMESTEPS)
        loss.backward()
        losses.append(loss.item())
        tensors |= {f"gradient{step}/{k}": v.grad.clone() for k, v in values(module).items()}
        optimizer.step()
    # All directions, as LyCORIS applies it where no mask is set.
    set_timestep_mask(torch.ones(1, RANK).double())
    tensors["losses"] = torch.tensor(losses, dtype=torch.float64)
    tensors["change"] = module.get_diff_weight()[0].detach().clone()
    tensors |= {f"trained/{k}": v.detach().clone() for k, v in values(module).items()}
    return tensors


def ranks(least, power):
    rows = [compute_timestep_mask(t, 1000, RANK, least, power) for t in range(0, 1000)]
    return torch.cat(rows).sum(1)


tensors = {}
for name, layer, inputs, outputs, least, power, choice in (
    ("linear", torch.nn.Linear(20, 14), (5, 20), (5, 14), 1, 1.0, "principal"),
    ("steep", torch.nn.Linear(14, 20, bias=False), (5, 14), (5, 20), 2, 1.7, "last"),
    ("point", torch.nn.Conv2d(12, 10, 1), (12, 3, 4), (10, 3, 4), 1, 1.0, "middle"),
):
    x, target = torch.randn(len(TIMESTEPS), *inputs), torch.randn(len(TIMESTEPS), *outputs)
    found = trained(layer, x, target, least, power, choice)
    if layer.bias is not None:
        found["bias"] = layer.bias.detach().float()
    found["ranks"] = ranks(least, power)
    tensors |= {f"{name}/{k}": v for k, v in found.items()}
save_file({k: v.detach().clone().contiguous() for k, v in tensors.items()}, OUT)
