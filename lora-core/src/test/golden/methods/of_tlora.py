"""Cases of LyCORIS's T-LoRA: its module on one layer, in float64 and float32.

It writes tlora.json and tlora.safetensors beside the cases of the other methods.
"""

import os

os.environ["LYCORIS_KERNEL_BACKEND"] = "torch"

import json
from pathlib import Path

import torch
from lycoris.modules.tlora import TLoraModule
from safetensors.torch import save_file

import layers
from layers import TYPES, layer, layer_input, noise, record

FOLDER = Path(__file__).parents[2] / "resources/dev/lora4j/core/adapter/methods"
layers.LAYERS["tall"] = ("LINEAR", (14, 6), 1)
for part, value in layer("tall").named_parameters():
    layers.tensors[f"tall/{part}"] = value.data.clone()
layers.tensors["tall/x"] = layer_input("tall", torch.float32)


def base(module, weight):
    """The first product of the weight as it is computed in; LyCORIS decomposes in float32."""
    u, s, vh = torch.linalg.svd(weight.reshape(weight.shape[0], -1), full_matrices=False)
    rank = min(module.lora_dim, len(s))
    for buffer, part in (("base_q", vh[:rank]), ("base_p", u[:, :rank]), ("base_lambda", s[None, :rank])):
        found = torch.zeros_like(getattr(module, buffer))
        found.reshape(found.shape[:2])[: part.shape[0], : part.shape[1]] = part
        setattr(module, buffer, found)


def tlora(name, on, rank, types=None, alpha=3.0):
    def run(stored, compute, geometry, strength):
        plain = layer(on, geometry, stored, compute)
        # As LyCORIS reads a file: it begins with the weight, and gets what was trained.
        module = TLoraModule("x", plain, lora_dim=rank, alpha=alpha).to(compute)
        if compute == torch.float64:
            base(module, plain.weight)
        with torch.no_grad():
            for role, value in module.named_parameters():
                drawn = noise(f"{name}.{on}.{role}", value.shape, 0.5)
                value.copy_(drawn.to(stored).to(compute))
            weight = module.get_merged_weight(strength)[0]
            y = module(layer_input(on, compute))
        return module.custom_state_dict(), (weight, plain.bias.data), y

    record(name, "tlora", on, run, types=types or {"F32": torch.float32})


tlora("tlora", "linear", 3, types=TYPES)
tlora("tlora", "square", 2)
tlora("tlora", "tall", 3)
tlora("tlora", "point", 2)
# More directions than the weight has.
tlora("tlora more", "square", 7)

used = {case["layer"] for case in layers.cases}
kept = {k: v for k, v in layers.tensors.items() if k.split("/")[0] in used or k.startswith("tlora")}
save_file(kept, FOLDER / "tlora.safetensors")
described = {
    name: dict(kind=kind, weight=shape, groups=groups)
    for name, (kind, shape, groups) in layers.LAYERS.items()
    if name in used
}
lines = ",\n".join(json.dumps(case) for case in layers.cases)
(FOLDER / "tlora.json").write_text(f'{{"layers": {json.dumps(described)},\n"cases": [\n{lines}\n]}}\n')
