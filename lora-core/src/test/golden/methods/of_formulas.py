"""Cases of tools that are no packages, as formulas."""

import copy

import torch
from lycoris import modules as lycoris

from layers import ONE, TYPES, layer, layer_input, noise, record

LoCon = lycoris.locon.LoConModule


def formula(name, method, on, make, strengths=(1.0, 0.625), types=ONE):
    def run(stored, compute, geometry, strength):
        base = layer(on, geometry, stored, compute)
        drawn = (
            lambda role, shape, scale=0.5: noise(f"{name}.{on}.{role}", shape, scale).to(stored).to(compute)
        )
        roles, merged = make(base, drawn, strength)
        whole = make(base, drawn, 1.0)[1]
        changed = copy.deepcopy(base)
        changed.weight.data = whole
        return roles, (merged, getattr(base, "bias", None)), changed(layer_input(on, compute))

    record(name, method, on, run, strengths, None, types)


def old_glora(base, drawn, strength):
    """AUTOMATIC1111's extensions-builtin/Lora/network_glora.py."""
    out, inputs = base.weight.shape
    a2, a1 = drawn("a2", (inputs, 2)), drawn("a1", (2, inputs))
    b2, b1 = drawn("b2", (out, 2)), drawn("b1", (2, inputs))
    roles = {"a1.weight": a1, "a2.weight": a2, "b1.weight": b1, "b2.weight": b2, "alpha": torch.tensor(3.0)}
    return roles, base.weight + strength * 1.5 * (b2 @ b1 + (base.weight @ a2) @ a1)


def stored_rotation(base, drawn, strength):
    """AUTOMATIC1111's extensions-builtin/Lora/network_oft.py, with the rotation itself in the file."""
    blocks = drawn("oft_diag", (2, 4, 4))
    one = torch.eye(4, dtype=blocks.dtype)
    rows = base.weight.reshape(2, 4, *base.weight.shape[1:])
    turned = torch.einsum("k n m, k n ... -> k m ...", one + strength * (blocks - one), rows)
    return {"oft_diag": blocks}, turned.reshape(base.weight.shape)


def residual(base, drawn, strength):
    """What LyCORIS's extraction writes with use_bias: a LoRA of alpha = rank and what it left over."""
    flat = base.weight.reshape(base.weight.shape[0], -1)
    up, down = drawn("up", (flat.shape[0], 2)), drawn("down", (2, flat.shape[1]))
    whole = drawn("values", flat.shape)
    kept = whole.masked_fill(whole.abs() < whole.abs().flatten().sort().values[-9], 0)
    sparse = kept.to_sparse().coalesce()
    one = (1,) * (base.weight.dim() - 2)
    roles = {
        "lora_up.weight": up.reshape(*up.shape, *one),
        "lora_down.weight": down.reshape(2, *base.weight.shape[1:]),
        "alpha": torch.tensor([2.0]),
        "bias_indices": sparse.indices().to(torch.int16),
        "bias_values": sparse.values(),
        "bias_size": torch.tensor(flat.shape).to(torch.int16),
    }
    return roles, base.weight + strength * (up @ down + kept).reshape(base.weight.shape)


def dylora(base, drawn, strength):
    """A file of LyCORIS's DyLoRA, read as the LoRA that it is."""
    module = lycoris.dylora.DyLoraModule("x", base, lora_dim=4, block_size=2, alpha=3.0).to(base.weight.dtype)
    with torch.no_grad():
        for part, value in module.named_parameters():
            value.copy_(drawn(part, value.shape))
    roles = module.state_dict()
    up = roles["lora_up.weight"].reshape(-1, 4, *(1,) * (base.weight.dim() - 2))
    plain = LoCon.make_module_from_state_dict(
        "x", base, up, roles["lora_down.weight"], None, roles["alpha"], None
    )
    plain = plain.to(base.weight.dtype)
    with torch.no_grad():
        return roles, plain.get_merged_weight(strength)[0]


def embedding(base, drawn, strength):
    """LoRA on a table, as PEFT has it, with the factors in the order of LoRA on layers."""
    up, down = drawn("up", (10, 2)), drawn("down", (2, 6))
    roles = {"lora_up.weight": up, "lora_down.weight": down, "alpha": torch.tensor(3.0)}
    return roles, base.weight + strength * 1.5 * (up @ down)


formula("glora old", "glora", "linear", old_glora)
formula("glora old", "glora", "square", old_glora)
formula("oft stored", "diag-oft", "linear", stored_rotation)
formula("oft stored", "diag-oft", "conv", stored_rotation)
formula("residual", "sparse", "linear", residual)
formula("residual", "sparse", "conv", residual, types=TYPES)
formula("dylora", "lora", "linear", dylora)
formula("dylora", "lora", "conv", dylora)
formula("embedding", "lora", "embedding", embedding)
