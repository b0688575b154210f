"""Adapters of every method, made by LyCORIS and PEFT, with what they do to small layers.

Each case has the tensors that a file would have for one layer, the layer's weight after merging at
some strengths, and the layer's output. The truth is the reference's own code run in float64; the
error of the same code in float32 is recorded beside it.
"""

import copy
import json
import os
import pathlib

os.environ["LYCORIS_BACKEND"] = "torch"

import numpy as np
import torch
from lycoris import modules as lycoris
from peft import BOFTConfig, IA3Config, LoHaConfig, LoKrConfig, LoraConfig, OFTConfig, ShiraConfig
from peft import get_peft_model, get_peft_model_state_dict
from peft.tuners.boft import layer as boft_layer
from peft.tuners.oft import layer as oft_layer
from safetensors.torch import save_file

OUT = pathlib.Path(__file__).parent / "../resources/dev/lora4j/core/adapter/methods"
HALF = {"F16": torch.float16, "BF16": torch.bfloat16}
TYPES = {"F32": torch.float32, **HALF}
PLAIN, STRIDED = (1, 1, 1), (2, 2, 2)

# kind, weight, groups
LAYERS = {
    "linear": ("LINEAR", (8, 12), 1),
    "square": ("LINEAR", (6, 6), 1),
    "point": ("CONVOLUTION", (8, 4, 1, 1), 1),
    "conv": ("CONVOLUTION", (8, 4, 3, 3), 1),
    "sequence": ("CONVOLUTION", (8, 4, 3), 1),
    "grouped": ("CONVOLUTION", (8, 2, 3, 3), 2),
    "norm": ("NORM", (8,), 1),
    "embedding": ("EMBEDDING", (10, 6), 1),
}

tensors, cases = {}, []


def noise(name, shape, scale=1.0):
    """Values that depend on the name alone, exact in float32."""
    generator = torch.Generator().manual_seed(int.from_bytes(name.encode(), "little") % (2**63 - 1))
    return (torch.randn(shape, generator=generator) * scale).float()


def layer(name, geometry=PLAIN, stored=torch.float32, compute=torch.float32):
    kind, shape, groups = LAYERS[name]
    stride, padding, dilation = geometry
    if kind == "LINEAR":
        made = torch.nn.Linear(shape[1], shape[0])
    elif kind == "CONVOLUTION":
        made = (torch.nn.Conv1d if len(shape) == 3 else torch.nn.Conv2d)(
            shape[1] * groups,
            shape[0],
            shape[2:],
            stride,
            padding if shape[2] > 1 else 0,
            dilation if shape[2] > 1 else 1,
            groups,
        )
    elif kind == "EMBEDDING":
        made = torch.nn.Embedding(*shape)
    else:
        made = torch.nn.LayerNorm(shape)
    made = made.to(compute)
    with torch.no_grad():
        for part, value in made.named_parameters():
            value.copy_(noise(f"{name}.{part}", value.shape).to(stored).to(compute))
            value.requires_grad_(False)
    return made


def layer_input(name, compute):
    kind, shape, groups = LAYERS[name]
    if kind == "EMBEDDING":
        return torch.tensor([[3, 0, 9]])
    size = {"LINEAR": (2, 3, shape[-1]), "NORM": (2, 8)}.get(kind)
    return noise(name + ".x", size or (1, shape[1] * groups, *[5] * (len(shape) - 2))).to(compute)


for layer_name in LAYERS:
    for part, value in layer(layer_name).named_parameters():
        tensors[f"{layer_name}/{part}"] = value.data.clone()
    tensors[f"{layer_name}/x"] = layer_input(layer_name, torch.float32)


class exact:
    """LyCORIS inverts in float32 whatever it is given; inside of this, in float64."""

    def __init__(self, compute):
        self.active = compute == torch.float64

    def __enter__(self):
        self.original = torch.Tensor.float
        if self.active:
            torch.Tensor.float = torch.Tensor.double

    def __exit__(self, *_):
        torch.Tensor.float = self.original


def relative(found, truth):
    return float((found.double() - truth).norm() / truth.norm())


def record(name, method, on, run, strengths=(1.0, 0.625), geometries=None, types=TYPES, settings=None):
    """run(stored, compute, geometry, strength, output) gives roles, (weight, bias), output."""
    kind = LAYERS[on][0]
    if on == "linear":
        strengths = (*strengths, -1.0)
    geometries = geometries or ([PLAIN, STRIDED] if on == "conv" else [PLAIN])
    for label, stored in TYPES.items():
        if label not in types:
            continue
        full = label == "F32"
        case = dict(name=f"{name} {on} {label}", method=method, layer=on, dtype=label)
        case["settings"] = settings or {}
        key = case["name"].replace(" ", "-")
        roles, _, _ = run(stored, torch.float32, PLAIN, 1.0)
        # Whether a file in half precision is rounded once can be seen in float32 as well.
        keep = torch.float64 if full else torch.float32
        case["roles"] = []
        for role, value in roles.items():
            value = value.detach().clone().contiguous()
            tensors[f"{key}/{role}"] = value.to(stored) if value.is_floating_point() else value
            case["roles"].append(role)
        base = layer(on, PLAIN, stored, torch.float64)
        case["merged"] = []
        for strength in strengths if full else strengths[:1]:
            _, (weight, bias), _ = run(stored, torch.float64, PLAIN, strength)
            _, (single, _), _ = run(stored, torch.float32, PLAIN, strength)
            assert weight.dtype == torch.float64, (name, weight.dtype)
            entry = dict(strength=strength, error=relative(single, weight))
            entry["weight"] = f"{key}/weight@{strength}"
            tensors[entry["weight"]] = weight.detach().to(keep).clone().contiguous()
            if bias is not None and not torch.equal(bias, base.bias):
                entry["bias"] = f"{key}/bias@{strength}"
                tensors[entry["bias"]] = bias.detach().to(keep).clone().contiguous()
            case["merged"].append(entry)
        case["outputs"] = []
        for geometry in geometries if full else geometries[:1]:
            _, _, y = run(stored, torch.float64, geometry, 1.0)
            if y is None:
                continue
            assert y.dtype == torch.float64, (name, y.dtype)
            point = LAYERS[on][1][-1] == 1
            entry = dict(zip(("stride", "padding", "dilation"), geometry), y=f"{key}/y{geometry[0]}")
            if kind != "CONVOLUTION" or point:
                entry.update(stride=1, padding=0, dilation=1)
            tensors[entry["y"]] = y.detach().to(keep).clone().contiguous()
            case["outputs"].append(entry)
        cases.append(case)


# LyCORIS


def fill(module, name, stored, compute):
    scales = dict(oft_blocks=0.3, rescale=0.2, dora_scale=0.1)
    with torch.no_grad():
        for part, value in module.named_parameters():
            leaf = part.split(".")[0]
            drawn = noise(f"{name}.{part}", value.shape, scales.get(leaf, 0.5))
            drawn = 1 + drawn if leaf == "rescale" else drawn
            drawn = value.float() * (1 + drawn) if leaf == "dora_scale" else drawn
            value.copy_(drawn.to(stored).to(compute))


def lyco(name, kind, method, on, strengths=(1.0, 0.625), types=TYPES, alpha=3.0, extra=None, geometries=None, **options):
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


ONE = {"F32": torch.float32}
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
lyco("lokr first", LoKr, "lokr", "square", lora_dim=1, factor=3, decompose_both=True, unbalanced_factorization=True, types=ONE)
lyco("lokr tucker", LoKr, "lokr", "conv", lora_dim=1, factor=2, use_tucker=True)
lyco("lokr tucker both", LoKr, "lokr", "conv", lora_dim=1, factor=4, use_tucker=True, decompose_both=True, types=ONE)
for where in ("linear", "square", "conv"):
    for out in (True, False):
        axis = "out" if out else "in"
        lyco(f"dora {axis}", LoCon, "dora", where, lora_dim=2, weight_decompose=True, wd_on_out=out, types=TYPES if where != "square" and out else ONE)
lyco("dora loha", LoHa, "dora", "conv", lora_dim=2, weight_decompose=True, types=ONE)
lyco("dora lokr", LoKr, "dora", "linear", lora_dim=1, factor=2, weight_decompose=True, types=ONE)
lyco("dora tucker", LoCon, "dora", "conv", lora_dim=2, use_tucker=True, weight_decompose=True, types=ONE)
for where in ("linear", "square", "conv"):
    for on_input in (True, False):
        side = "in" if on_input else "out"
        lyco(f"ia3 {side}", IA3, "ia3", where, train_on_input=on_input, types=TYPES if where == "linear" else ONE)
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


# PEFT

RENAMED = {
    "lora_A.weight": "lora_down.weight",
    "lora_B.weight": "lora_up.weight",
    "lora_B.bias": "lora_up.bias",
}


class Wrapped(torch.nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.layer = inner

    def forward(self, x):
        return self.layer(x)


def cut_rotations(strength):
    """Has PEFT blend the rotations that it makes with 1."""
    originals = oft_layer.OFTRotationModule._cayley_batch, boft_layer.BOFTLayer.cayley_batch

    def blended(original):
        def cayley(self, *arguments, **named):
            rotation = original(self, *arguments, **named)
            one = torch.eye(rotation.shape[-1], dtype=rotation.dtype)
            return one + strength * (rotation - one)

        return cayley

    oft_layer.OFTRotationModule._cayley_batch = blended(originals[0])
    boft_layer.BOFTLayer.cayley_batch = blended(originals[1])
    return originals


def restore_rotations(originals):
    oft_layer.OFTRotationModule._cayley_batch, boft_layer.BOFTLayer.cayley_batch = originals


def peft(name, method, on, config, settings, types=TYPES, blend="scale", strengths=(1.0, 0.625), geometries=None, output=True):
    def run(stored, compute, geometry, strength):
        base = layer(on, geometry, stored, compute)
        model = get_peft_model(Wrapped(base), config(), autocast_adapter_dtype=False).to(compute)
        with torch.no_grad():
            for part, value in model.named_parameters():
                if ".base_layer." in part:
                    continue
                if any(s in part for s in ("ia3_l", "boft_s", "magnitude")):
                    drawn = noise(f"{name}.{on}.{part}", value.shape, 0.2)
                    start = value.float() if "magnitude" in part else 1.0
                    drawn = start * (1 + drawn)
                else:
                    drawn = noise(f"{name}.{on}.{part}", value.shape, 0.3)
                value.copy_(drawn.to(stored).to(compute))
        roles = {}
        for key, value in get_peft_model_state_dict(model).items():
            role = key.removeprefix("base_model.model.layer.")
            roles[RENAMED.get(role, role)] = value.detach().clone()
        tuned = model.base_model.model.layer
        y = model(layer_input(on, compute)) if output else None
        originals = None
        if strength != 1 and blend == "scale":
            tuned.scaling["default"] *= strength
        if strength != 1 and blend == "vector":
            for part, value in model.named_parameters():
                if "ia3_l" in part or "boft_s" in part:
                    value.data = 1 + strength * (value.data - 1)
            originals = cut_rotations(strength)
        merged = copy.deepcopy(model).merge_and_unload().layer
        if originals:
            restore_rotations(originals)
        weight, bias = merged.weight.data, getattr(merged, "bias", None)
        if strength != 1 and blend == "result":
            weight = base.weight + strength * (weight - base.weight)
        return roles, (weight, bias.data if bias is not None else None), y

    record(name, method, on, run, strengths, geometries, types, settings)


def lora(**options):
    return lambda: LoraConfig(r=2, lora_alpha=3, target_modules=["layer"], **options)


ALPHA = dict(lora_alpha="3")
# PEFT's down factor of a convolution has no dilation, so there the outputs are of the plain one.
for where in ("linear", "conv"):
    peft("peft lora", "lora", where, lora(), ALPHA, types=ONE, geometries=[PLAIN])
peft("peft rslora", "lora", "linear", lora(use_rslora=True), dict(use_rslora="true", **ALPHA), types=ONE)
peft("peft lora bias", "lora", "linear", lora(lora_bias=True), ALPHA, types=ONE)
for where in ("linear", "square", "conv"):
    peft("peft dora", "dora", where, lora(use_dora=True), ALPHA, blend="result", types=ONE if where == "square" else TYPES, geometries=[PLAIN])
for where in ("linear", "conv"):
    config = lambda: LoHaConfig(r=2, alpha=3, target_modules=["layer"], use_effective_conv2d=True)
    peft("peft loha", "loha", where, config, ALPHA, types=ONE)
    for rank in (1, 9):
        config = lambda rank=rank: LoKrConfig(r=rank, alpha=3, target_modules=["layer"], decompose_factor=2, use_effective_conv2d=True)
        peft(f"peft lokr {rank}", "lokr", where, config, dict(r=str(rank), **ALPHA), types=ONE)
    for feedforward in (True, False):
        config = lambda f=feedforward: IA3Config(target_modules=["layer"], feedforward_modules=["layer"] if f else [])
        side = "in" if feedforward else "out"
        peft(f"peft ia3 {side}", "ia3", where, config, dict(is_feedforward=str(feedforward).lower()), blend="vector", types=ONE)
config = lambda: IA3Config(target_modules=["layer"], feedforward_modules=["layer"])
peft("peft ia3 in", "ia3", "grouped", config, dict(is_feedforward="true"), blend="vector", types=ONE)


def oft(block, **options):
    return lambda: OFTConfig(r=0, oft_block_size=block, target_modules=["layer"], **options)


def turned(**options):
    named = dict(use_cayley_neumann=True, num_cayley_neumann_terms=5, block_share=False, coft=False)
    return {k: str(v).lower() for k, v in {**named, **options}.items()}


for where, block in (("linear", 4), ("conv", 6)):
    # PEFT unfolds the input of convolutions in a way that is not what it merges.
    options = dict(blend="vector", output=where == "linear", geometries=[PLAIN])
    peft("peft oft", "oft", where, oft(block), turned(), **options)
    for terms in (2, 3, 4, 7):
        if where == "linear":
            peft(f"peft oft {terms}", "oft", where, oft(block, num_cayley_neumann_terms=terms), turned(num_cayley_neumann_terms=terms), types=ONE, **options)
    peft("peft oft exact", "oft", where, oft(block, use_cayley_neumann=False), turned(use_cayley_neumann=False), **options)
    peft("peft oft shared", "oft", where, oft(block, block_share=True), turned(block_share=True), types=ONE, **options)
    peft("peft oft limited", "oft", where, oft(block, coft=True, eps=0.25), turned(coft=True, eps=0.25), types=ONE, **options)


def butterfly(module):
    """PEFT's block-diagonal kernel, which it has for cards alone."""
    stages = [torch.block_diag(*torch.unbind(stage)) for stage in module]
    return torch.stack(stages)


boft_layer.FastBlockDiag = type("FastBlockDiag", (), dict(apply=staticmethod(butterfly)))
for stages in (1, 2):
    boft_layer.get_fbd_cuda = lambda: True
    for where, block in (("linear", 3 if stages == 1 else 2), ("conv", 6)):
        config = lambda block=block, stages=stages: BOFTConfig(boft_block_size=block, boft_block_num=0, boft_n_butterfly_factor=stages, target_modules=["layer"])
        peft(f"peft boft {stages}", "boft-peft", where, config, {}, blend="vector", types=TYPES if stages == 2 else ONE, geometries=[PLAIN])

config = lambda: ShiraConfig(r=2, target_modules=["layer"], mask_type="random", random_seed=7)
peft("shira", "sparse", "linear", config, {})


# Formulas of tools that are no packages


def formula(name, method, on, make, strengths=(1.0, 0.625), types=ONE):
    def run(stored, compute, geometry, strength):
        base = layer(on, geometry, stored, compute)
        drawn = lambda role, shape, scale=0.5: noise(f"{name}.{on}.{role}", shape, scale).to(stored).to(compute)
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
    plain = LoCon.make_module_from_state_dict("x", base, up, roles["lora_down.weight"], None, roles["alpha"], None)
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

OUT.mkdir(parents=True, exist_ok=True)
layers = {
    name: dict(kind=kind, weight=list(shape), groups=groups) for name, (kind, shape, groups) in LAYERS.items()
}
lines = ",\n".join(json.dumps(case) for case in cases)
(OUT / "cases.json").write_text(f'{{"layers": {json.dumps(layers)},\n"cases": [\n{lines}\n]}}\n')
save_file(tensors, OUT / "tensors.safetensors")
print(len(cases), "cases,", sum(t.numel() * t.element_size() for t in tensors.values()), "bytes")
