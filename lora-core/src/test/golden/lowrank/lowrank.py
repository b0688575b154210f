"""Resized and merged adapters, by dense singular value decompositions.

sd-scripts is on no package index; its rules are written down here anew, from
networks/resize_lora.py (rank_resize, index_sv_ratio, index_sv_fro, index_sv_cumulative) and
networks/svd_merge_lora.py at its commit 48d368f, in NumPy's F64. Left out is the clamping of the
factors of a merge at a quantile, which makes them worse on purpose. PEFT's add_weighted_adapter is
PEFT's own.

Writes into ../../resources/dev/lora4j/core/lowrank:
  a, b                 two adapters in kohya's layout
  resized-RULE         changes of a, cut; and RULE's ranks
  merged, merged-RANK  changes of 0.7 a - 0.3 b; the second cut
  peft-a, peft-b       two adapters of PEFT, their names those of kohya
  peft-svd             changes of PEFT's weighted adapter
"""

from pathlib import Path

import numpy
import torch
from peft import LoraConfig, get_peft_model
from safetensors.numpy import save_file

TARGET = Path(__file__).parents[2] / "resources/dev/lora4j/core/lowrank"
LAYERS = {
    # out, in, kernel; rank and alpha of a; rank and alpha of b
    "wide": ((24, 40, 0), (8, 4.0), (4, 4.0)),
    "tall": ((50, 12, 0), (6, 6.0), (6, 1.5)),
    "square": ((16, 16, 0), (16, 2.0), (3, 3.0)),
    "point": ((20, 12, 1), (5, 10.0), (5, 5.0)),
    "conv": ((14, 6, 3), (7, 3.5), (2, 1.0)),
}
RULES = {
    "fixed": lambda s: 3,
    "ratio": lambda s: min(6, clamped(s, int((s > s[0] / 4).sum())) + 1),
    "fro": lambda s: min(6, clamped(s, found(s**2, 0.9**2)) + 1),
    "cumulative": lambda s: min(6, clamped(s, found(s, 0.8)) + 1),
}
WEIGHTS = (0.7, -0.3)
MERGED_RANK = 5


def clamped(s, index):
    return max(1, min(index, len(s) - 1))


def found(values, share):
    return int(numpy.searchsorted(numpy.cumsum(values) / values.sum(), share)) + 1


def adapter(seed, which):
    """Factors whose products have singular values that fall quickly, as trained ones do."""
    random = numpy.random.default_rng(seed)
    tensors = {}
    for name, (shape, *ranks) in LAYERS.items():
        rank, alpha = ranks[which]
        out, width, kernel = shape
        tail = (kernel, kernel) if kernel else ()
        fall = 0.6 ** numpy.arange(rank).reshape(-1, *[1] * (1 + len(tail)))
        down = random.standard_normal((rank, width, *tail)) * fall
        up = random.standard_normal((out, rank, *[1] * len(tail)))
        tensors[f"lora_unet_{name}.lora_down.weight"] = down.astype(numpy.float32)
        tensors[f"lora_unet_{name}.lora_up.weight"] = up.astype(numpy.float32)
        tensors[f"lora_unet_{name}.alpha"] = numpy.array(alpha, numpy.float32)
    return tensors


def change(tensors, name):
    down = tensors[f"lora_unet_{name}.lora_down.weight"].astype(numpy.float64)
    up = tensors[f"lora_unet_{name}.lora_up.weight"].astype(numpy.float64)
    scale = float(tensors[f"lora_unet_{name}.alpha"]) / down.shape[0]
    return scale * up.reshape(up.shape[0], -1) @ down.reshape(down.shape[0], -1)


def cut(matrix, rank):
    u, s, v = numpy.linalg.svd(matrix, full_matrices=False)
    return (u[:, :rank] * s[:rank]) @ v[:rank]


def write(name, tensors):
    save_file(dict(sorted(tensors.items())), TARGET / f"{name}.safetensors")


def sd_scripts(a, b):
    for rule, rank in RULES.items():
        tensors = {}
        for name in LAYERS:
            matrix = change(a, name)
            kept = rank(numpy.linalg.svd(matrix, compute_uv=False))
            tensors[name] = cut(matrix, kept)
            tensors[f"{name}.rank"] = numpy.array(kept, numpy.int64)
        write(f"resized-{rule}", tensors)
    sums = {n: WEIGHTS[0] * change(a, n) + WEIGHTS[1] * change(b, n) for n in LAYERS}
    write("merged", sums)
    write(f"merged-{MERGED_RANK}", {n: cut(m, MERGED_RANK) for n, m in sums.items()})


def peft_merge():
    torch.manual_seed(3)
    model = torch.nn.ModuleDict({"lin": torch.nn.Linear(12, 20), "conv": torch.nn.Conv2d(6, 14, 3)})
    config = dict(target_modules=["lin", "conv"], init_lora_weights=False)
    wrapped = get_peft_model(model, LoraConfig(r=4, lora_alpha=6, **config), adapter_name="a")
    wrapped.add_adapter("b", LoraConfig(r=3, lora_alpha=1, **config))
    wrapped.add_weighted_adapter(["a", "b"], list(WEIGHTS), "svd", "svd", svd_rank=MERGED_RANK)
    layers = {n: wrapped.base_model.model[n] for n in model}
    for which in "ab":
        tensors = {}
        for name, layer in layers.items():
            flat = f"lora_unet_{name}"
            tensors[f"{flat}.lora_down.weight"] = layer.lora_A[which].weight.detach().numpy()
            tensors[f"{flat}.lora_up.weight"] = layer.lora_B[which].weight.detach().numpy()
            alpha = layer.scaling[which] * layer.r[which]
            tensors[f"{flat}.alpha"] = numpy.array(alpha, numpy.float32)
        write(f"peft-{which}", tensors)
    write(
        "peft-svd",
        {
            n: layer.get_delta_weight("svd").detach().double().flatten(1).contiguous().numpy()
            for n, layer in layers.items()
        },
    )


if __name__ == "__main__":
    TARGET.mkdir(parents=True, exist_ok=True)
    first, second = adapter(1, 0), adapter(2, 1)
    write("a", first)
    write("b", second)
    sd_scripts(first, second)
    peft_merge()
