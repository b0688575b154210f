"""Cases of LyCORIS: its modules on small layers, in float64 and float32."""

import os

os.environ["LYCORIS_KERNEL_BACKEND"] = "torch"

import torch
from lycoris import modules as lycoris

from layers import LAYERS, ONE, PLAIN, TYPES, exact, layer, layer_input, noise, record


def fill(module, name, stored, compute):
    scales = dict(oft_blocks=0.3, rescale=0.2, dora_scale=0.1)
    with torch.no_grad():
        for part, value in module.named_parameters():
            leaf = part.split(".")[0]
            drawn = noise(f"{name}.{part}", value.shape, scales.get(leaf, 0.5))
            drawn = 1 + drawn if leaf == "rescale" else drawn
            drawn = value.float() * (1 + drawn) if leaf == "dora_scale" else drawn
            value.copy_(drawn.to(stored).to(compute))


def lyco(
    name,
    kind,
    method,
    on,
    strengths=(1.0, 0.625),
    types=TYPES,
    alpha=3.0,
    extra=None,
    geometries=None,
    **options,
):
    def run(stored, compute, geometry, strength):
        base = layer(on, geometry, stored, compute)
        # LyCORIS takes DoRA's first lengths from the base, so they must not depend on the geometry.
        module = kind("x", base, alpha=alpha, **options).to(compute)
        fill(module, f"{name}.{on}", stored, compute)
        if extra:
            extra(module)
        with torch.no_grad(), exact(compute):
            weight = base.weight
            if isinstance(module, lycoris.locon.LoConModule):
                delta = module.make_weight() * module.scale
            elif isinstance(module, (lycoris.loha.LohaModule, lycoris.lokr.LokrModule)):
                # get_diff_weight scales twice; the forward pass does not.
                delta = module.get_weight(module.shape) * module.scalar
            else:
                delta = None
            bias = getattr(base, "bias", None)
            if delta is not None and getattr(module, "wd", False):
                whole = module.apply_weight_decompose(weight + delta)
                merged = whole if strength == 1 else weight + strength * (whole - weight)
            elif delta is not None:
                merged = weight + strength * delta
            elif getattr(module, "rescaled", False) and strength != 1:
                scale = module.rescale.data.clone()
                module.rescale.data.fill_(1)
                merged = module.get_merged_weight(strength)[0] * (1 + strength * (scale - 1))
                module.rescale.data.copy_(scale)
            elif isinstance(module, (lycoris.full.FullModule, lycoris.norms.NormModule)):
                parts = module.get_diff_weight(1)
                merged = weight + strength * parts[0]
                bias = bias + strength * parts[1] if parts[1] is not None else bias
            else:
                merged = module.get_merged_weight(strength)[0]
            roles = {k: v for k, v in module.state_dict().items()}
            if extra and "scalar" in dict(module.named_buffers()):
                for role in roles:
                    if role != "alpha" and role in dict(module.named_parameters()):
                        roles[role] = dict(module.named_parameters())[role]
                roles["scalar"] = module.scalar
            y = None
            if isinstance(module, lycoris.full.FullModule):
                # state_dict() subtracts the base, which apply_to() would have added.
                roles = {"diff": module.weight.data, "diff_b": module.bias.data}
                run_with = layer(on, geometry, stored, compute)
                run_with.weight.data, run_with.bias.data = merged, bias
                y = run_with(layer_input(on, compute))
            elif on != "norm":
                y = module(layer_input(on, compute))
            return roles, (merged, bias), y

    record(name, method, on, run, strengths, geometries, types)


LoCon, LoHa, LoKr = lycoris.locon.LoConModule, lycoris.loha.LohaModule, lycoris.lokr.LokrModule
GLoRA, IA3, Full = lycoris.glora.GLoRAModule, lycoris.ia3.IA3Module, lycoris.full.FullModule
OFT, BOFT = lycoris.diag_oft.DiagOFTModule, lycoris.boft.ButterflyOFTModule


def scalar(module):
    module.scalar.fill_(0.7)


for where in ("linear", "point", "conv", "grouped"):
    lyco("locon", LoCon, "lora", where, lora_dim=2, types=ONE if where in ("point", "grouped") else TYPES)
lyco("locon rs", LoCon, "lora", "linear", lora_dim=3, rs_lora=True, types=ONE)
lyco("locon scalar", LoCon, "lora", "linear", lora_dim=2, types=ONE, extra=scalar)
# A convolution in the middle has no dilation of its own in LyCORIS's bypass; its rebuilt weight has.
lyco("locon tucker", LoCon, "lora", "conv", lora_dim=2, use_tucker=True)
for where in ("linear", "point", "conv", "grouped"):
    lyco("loha", LoHa, "loha", where, lora_dim=2, types=ONE if where in ("point", "grouped") else TYPES)
lyco("loha tucker", LoHa, "loha", "conv", lora_dim=2, use_tucker=True)
lyco("loha rs", LoHa, "loha", "linear", lora_dim=3, rs_lora=True, types=ONE)
for where in ("linear", "point", "conv"):
    lyco("lokr", LoKr, "lokr", where, lora_dim=1, factor=2, types=ONE if where == "point" else TYPES)
    lyco("lokr full", LoKr, "lokr", where, lora_dim=9, factor=2, types=ONE)
lyco("lokr grouped", LoKr, "lokr", "grouped", lora_dim=1, factor=2, types=ONE)
lyco("lokr both", LoKr, "lokr", "linear", lora_dim=1, factor=4, decompose_both=True, types=ONE)
lyco(
    "lokr first",
    LoKr,
    "lokr",
    "square",
    lora_dim=1,
    factor=3,
    decompose_both=True,
    unbalanced_factorization=True,
    types=ONE,
)
lyco("lokr tucker", LoKr, "lokr", "conv", lora_dim=1, factor=2, use_tucker=True)
lyco(
    "lokr tucker both",
    LoKr,
    "lokr",
    "conv",
    lora_dim=1,
    factor=4,
    use_tucker=True,
    decompose_both=True,
    types=ONE,
)
for where in ("linear", "square", "conv"):
    for out in (True, False):
        axis = "out" if out else "in"
        lyco(
            f"dora {axis}",
            LoCon,
            "dora",
            where,
            lora_dim=2,
            weight_decompose=True,
            wd_on_out=out,
            types=TYPES if where != "square" and out else ONE,
        )
lyco("dora loha", LoHa, "dora", "conv", lora_dim=2, weight_decompose=True, types=ONE)
lyco("dora lokr", LoKr, "dora", "linear", lora_dim=1, factor=2, weight_decompose=True, types=ONE)
lyco("dora tucker", LoCon, "dora", "conv", lora_dim=2, use_tucker=True, weight_decompose=True, types=ONE)
for where in ("linear", "square", "conv"):
    for on_input in (True, False):
        side = "in" if on_input else "out"
        lyco(
            f"ia3 {side}",
            IA3,
            "ia3",
            where,
            train_on_input=on_input,
            types=TYPES if where == "linear" else ONE,
        )
for where in ("linear", "square", "conv"):
    lyco("glora", GLoRA, "glora", where, lora_dim=2, types=ONE if where == "square" else TYPES)
for where in ("linear", "conv"):
    lyco("full", Full, "diff", where)
    lyco("oft", OFT, "diag-oft", where, lora_dim=4, constraint=0)
    lyco("oft limited", OFT, "diag-oft", where, lora_dim=4, constraint=0.03125, types=ONE)
    lyco("oft rescaled", OFT, "diag-oft", where, lora_dim=2, constraint=0, rescaled=True, types=ONE)
    lyco("boft", BOFT, "boft", where, lora_dim=2, constraint=0)
    lyco("boft limited", BOFT, "boft", where, lora_dim=4, constraint=0.03125, rescaled=True, types=ONE)
short = dict(on="sequence", types=ONE, strengths=(1.0,))
lyco("locon", LoCon, "lora", lora_dim=2, **short)
lyco("locon tucker", LoCon, "lora", lora_dim=2, use_tucker=True, **short)
lyco("loha tucker", LoHa, "loha", lora_dim=2, use_tucker=True, **short)
lyco("lokr tucker", LoKr, "lokr", lora_dim=1, factor=2, use_tucker=True, **short)
lyco("dora in", LoCon, "dora", lora_dim=2, weight_decompose=True, wd_on_out=False, **short)
lyco("ia3 in", IA3, "ia3", train_on_input=True, **short)
lyco("glora", GLoRA, "glora", lora_dim=2, **short)
lyco("oft", OFT, "diag-oft", lora_dim=4, constraint=0, **short)
lyco("boft", BOFT, "boft", lora_dim=2, constraint=0, **short)
lyco("norm", lycoris.norms.NormModule, "diff", "norm")
