"""Cases of MoRA: the paper's code on one layer, in float64 and float32.

Run it with kongds/MoRA, commit de5df312cee84e86508aa0e3c9a2fc271487c2e9, before PEFT on the path:

  PYTHONPATH=MoRA/peft-mora/src python of_mora.py

It writes mora.json and mora.safetensors beside the cases of the other tools.
"""

import json
import math
from pathlib import Path

import torch
from peft.tuners.lora.layer import Linear
from safetensors.torch import save_file

import layers
from layers import ONE, TYPES, layer, layer_input, noise, record

FOLDER = Path(__file__).parents[2] / "resources/dev/lora4j/core/adapter/methods"

layers.LAYERS["tall"] = ("LINEAR", (14, 6), 1)
for part, value in layer("tall").named_parameters():
    layers.tensors[f"tall/{part}"] = value.data.clone()
layers.tensors["tall/x"] = layer_input("tall", torch.float32)


def angles(tuned, compute):
    """The turns of groups, of which the code has those of float32."""
    size, groups = tuned.r["default"], math.ceil(tuned.in_features / tuned.r["default"])
    speeds = 1.0 / (10000 ** (torch.arange(0, size, 2).double() / size))
    turns = torch.outer(torch.arange(groups).double(), speeds)
    both = torch.cat((turns, turns), dim=-1)
    tuned.cos, tuned.sin = both.cos().unsqueeze(0).to(compute), both.sin().unsqueeze(0).to(compute)


def mora(name, on, rank, form, types=ONE):
    def run(stored, compute, geometry, strength):
        base = layer(on, geometry, stored, compute)
        tuned = Linear(base, "default", r=rank, lora_alpha=3, use_mora=True, mora_type=form)
        tuned = tuned.to(compute)
        matrix = tuned.lora_A["default"].weight
        with torch.no_grad():
            matrix.copy_(noise(f"{name}.{on}", matrix.shape, 0.3).to(stored).to(compute))
        angles(tuned, compute)
        weight = base.weight + strength * tuned.get_delta_weight("default")
        y = tuned(layer_input(on, compute))
        roles = {"mora_A.weight": matrix.detach()}
        return roles, (weight, base.bias.data), y

    settings = dict(mora_type=str(form), r=str(rank))
    record(name, "mora", on, run, types=types, settings=settings)


# Sizes that divide the inputs and sizes that do not; more outputs than inputs, and fewer.
for form in (1, 2, 3, 4, 6):
    mora(f"mora {form}", "linear", 1, form, types=TYPES if form in (1, 6) else ONE)
    mora(f"mora {form}", "square", 2, form)
    mora(f"mora {form}", "tall", 1, form)
for form in (1, 6):
    mora(f"mora {form} filled", "linear", 3, form)

used = {case["layer"] for case in layers.cases}
kept = {k: v for k, v in layers.tensors.items() if k.split("/")[0] in used or k.startswith("mora")}
save_file(kept, FOLDER / "mora.safetensors")
described = {
    name: dict(kind=kind, weight=shape, groups=groups)
    for name, (kind, shape, groups) in layers.LAYERS.items()
    if name in used
}
lines = ",\n".join(json.dumps(case) for case in layers.cases)
(FOLDER / "mora.json").write_text(f'{{"layers": {json.dumps(described)},\n"cases": [\n{lines}\n]}}\n')
