"""Cases of PEFT: its tuned models of one layer, in float64 and float32."""

import copy

import torch
from peft import AdaLoraConfig, BOFTConfig, GraloraConfig, HiraConfig, IA3Config, LoHaConfig, LoKrConfig, LoraConfig, MissConfig
from peft import OFTConfig, RandLoraConfig, ShiraConfig, VBLoRAConfig, VeraConfig
from peft import get_peft_model, get_peft_model_state_dict
from peft.tuners.boft import layer as boft_layer
from peft.tuners.oft import layer as oft_layer

from layers import ONE, PLAIN, TYPES, layer, layer_input, noise, record

RENAMED = {
    "lora_A.weight": "lora_down.weight",
    "lora_B.weight": "lora_up.weight",
    "lora_B.bias": "lora_up.bias",
    "lora_A": "lora_down.weight",
    "lora_B": "lora_up.weight",
}

# Matrices that PEFT draws once for all layers.
SHARED = ("vera_A", "vera_B", "randlora_A", "randlora_B")


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


def peft(
    name,
    method,
    on,
    config,
    settings,
    types=TYPES,
    blend="scale",
    strengths=(1.0, 0.625),
    geometries=None,
    output=True,
):
    def run(stored, compute, geometry, strength):
        base = layer(on, geometry, stored, compute)
        model = get_peft_model(Wrapped(base), config(), autocast_adapter_dtype=False).to(compute)
        with torch.no_grad():
            for part, value in model.named_parameters():
                if ".base_layer." in part or ".ranknum." in part:
                    continue
                if any(s in part for s in ("ia3_l", "boft_s", "magnitude")):
                    drawn = noise(f"{name}.{on}.{part}", value.shape, 0.2)
                    start = value.float() if "magnitude" in part else 1.0
                    drawn = start * (1 + drawn)
                else:
                    drawn = noise(f"{name}.{on}.{part}", value.shape, 0.3)
                value.copy_(drawn.to(stored).to(compute))
            for part, value in model.named_buffers():
                if any(s in part for s in SHARED):
                    value.copy_(value.to(stored).to(compute))
        roles = {}
        for key, value in get_peft_model_state_dict(model).items():
            role = key.removeprefix("base_model.model.layer.").removeprefix("base_model.")
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
    peft(
        "peft dora",
        "dora",
        where,
        lora(use_dora=True),
        ALPHA,
        blend="result",
        types=ONE if where == "square" else TYPES,
        geometries=[PLAIN],
    )
for where in ("linear", "conv"):
    config = lambda: LoHaConfig(r=2, alpha=3, target_modules=["layer"], use_effective_conv2d=True)
    peft("peft loha", "loha", where, config, ALPHA, types=ONE)
    for rank in (1, 9):
        config = lambda rank=rank: LoKrConfig(
            r=rank, alpha=3, target_modules=["layer"], decompose_factor=2, use_effective_conv2d=True
        )
        peft(f"peft lokr {rank}", "lokr", where, config, dict(r=str(rank), **ALPHA), types=ONE)
    for feedforward in (True, False):
        config = lambda f=feedforward: IA3Config(
            target_modules=["layer"], feedforward_modules=["layer"] if f else []
        )
        side = "in" if feedforward else "out"
        peft(
            f"peft ia3 {side}",
            "ia3",
            where,
            config,
            dict(is_feedforward=str(feedforward).lower()),
            blend="vector",
            types=ONE,
        )
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
            peft(
                f"peft oft {terms}",
                "oft",
                where,
                oft(block, num_cayley_neumann_terms=terms),
                turned(num_cayley_neumann_terms=terms),
                types=ONE,
                **options,
            )
    peft(
        "peft oft exact",
        "oft",
        where,
        oft(block, use_cayley_neumann=False),
        turned(use_cayley_neumann=False),
        **options,
    )
    peft(
        "peft oft shared",
        "oft",
        where,
        oft(block, block_share=True),
        turned(block_share=True),
        types=ONE,
        **options,
    )
    peft(
        "peft oft limited",
        "oft",
        where,
        oft(block, coft=True, eps=0.25),
        turned(coft=True, eps=0.25),
        types=ONE,
        **options,
    )


def butterfly(module):
    """PEFT's block-diagonal kernel, which it has for cards alone."""
    stages = [torch.block_diag(*torch.unbind(stage)) for stage in module]
    return torch.stack(stages)


boft_layer.FastBlockDiag = type("FastBlockDiag", (), dict(apply=staticmethod(butterfly)))
for stages in (1, 2):
    boft_layer.get_fbd_cuda = lambda: True
    for where, block in (("linear", 3 if stages == 1 else 2), ("conv", 6)):
        config = lambda block=block, stages=stages: BOFTConfig(
            boft_block_size=block, boft_block_num=0, boft_n_butterfly_factor=stages, target_modules=["layer"]
        )
        peft(
            f"peft boft {stages}",
            "boft-peft",
            where,
            config,
            {},
            blend="vector",
            types=TYPES if stages == 2 else ONE,
            geometries=[PLAIN],
        )

config = lambda: ShiraConfig(r=2, target_modules=["layer"], mask_type="random", random_seed=7)
peft("shira", "sparse", "linear", config, {})

# A rank that divides the inputs, one that does not, and the forms with fewer columns and with squares.
for form, method, options in (
    ("", "miss", dict(r=3)),
    (" shorter", "miss", dict(r=5)),
    (" mini", "miss", dict(r=3, init_weights="mini", mini_r=2)),
    (" bat", "miss-bat", dict(r=4, init_weights="bat")),
):
    config = lambda options=options: MissConfig(target_modules=["layer"], **options)
    peft("peft miss" + form, method, "linear", config, {}, blend="result", types=ONE if form else TYPES)
config = lambda: MissConfig(r=3, init_weights="bat", target_modules=["layer"])
peft("peft miss bat", "miss-bat", "square", config, {}, blend="result")

# The first is smaller as a LoRA than the weight.
for form, options in (
    ("", dict(r=2, gralora_k=2)),
    (" hybrid", dict(r=4, gralora_k=4, hybrid_r=2)),
):
    config = lambda options=options: GraloraConfig(alpha=3, target_modules=["layer"], **options)
    peft("peft gralora" + form, "gralora", "linear", config, ALPHA, types=ONE if form else TYPES)

for where in ("linear", "conv", "point", "sequence", "embedding"):
    config = lambda: HiraConfig(r=3, target_modules=["layer"])
    types = TYPES if where in ("linear", "conv") else ONE
    peft("peft hira", "hira", where, config, {}, blend="result", types=types)

for where in ("linear", "conv", "point"):
    config = lambda: AdaLoraConfig(init_r=2, lora_alpha=3, total_step=9, target_modules=["layer"])
    types = ONE if where == "point" else TYPES
    peft("peft adalora", "adalora", where, config, dict(init_r="2", **ALPHA), types=types)

config = lambda: VeraConfig(r=3, target_modules=["layer"])
peft("peft vera", "vera", "linear", config, {}, blend="result")

for where, rank in (("linear", 3), ("square", 2)):
    config = lambda rank=rank: RandLoraConfig(r=rank, randlora_alpha=3, target_modules=["layer"])
    peft("peft randlora", "randlora", where, config, ALPHA, types=TYPES if where == "linear" else ONE)
config = lambda: VBLoRAConfig(r=2, num_vectors=5, vector_length=4, topk=3, target_modules=["layer"])
peft("peft vblora", "lora", "linear", config, dict(topk="3"), blend="result", types=ONE)


class Saved(torch.nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.layer = inner
        self.other = torch.nn.Linear(2, 2)


def saved(on, types=ONE):
    """A layer that was trained whole beside an adapter (modules_to_save)."""

    def run(stored, compute, geometry, strength):
        base = layer(on, geometry, stored, compute)
        config = LoraConfig(r=1, target_modules=["other"], modules_to_save=["layer"])
        model = get_peft_model(Saved(base), config, autocast_adapter_dtype=False).to(compute)
        with torch.no_grad():
            for part, value in model.named_parameters():
                if "modules_to_save" in part:
                    value.copy_(noise(f"saved.{on}.{part}", value.shape).to(stored).to(compute))
        roles = {}
        for key, value in get_peft_model_state_dict(model).items():
            if key.startswith("base_model.model.layer."):
                roles["new_" + key.rsplit(".", 1)[1]] = value.detach().clone()
        y = model.base_model.model.layer(layer_input(on, compute)) if on != "norm" else None
        tuned = model.merge_and_unload().layer
        parts = [
            old.data + strength * (getattr(tuned, part).data - old.data)
            for part, old in base.named_parameters()
        ]
        return roles, (parts[0], parts[1] if len(parts) > 1 else None), y

    record("peft saved", "replaced", on, run, types=types)


saved("linear", TYPES)
for where in ("conv", "norm", "embedding"):
    saved(where)
