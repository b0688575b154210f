"""add_weighted_adapter of PEFT: adapters in memory become one.

Layers lie beside each other in one module, and are called as in the files but for lora_, which PEFT
takes for its own; their own weights are never touched. Random masks are other ones than ours, so that nothing is dropped for the check.
"""

import math
import warnings

import peer

# MixedInMemory has the same.
WEIGHTS = [0.7, 0.5, 0.4, 0.3]
DENSITY = 0.5
DOWN = ".lora_down.weight"


def read(file):
    from safetensors.torch import load_file

    return {name: tensor.float() for name, tensor in load_file(file).items()}


def prepare(arguments):
    import peft
    import torch

    warnings.filterwarnings("ignore")
    files = [read(file) for file in arguments.inputs.split(":")]
    layers = sorted(k.removesuffix(DOWN) for k in files[0] if k.endswith(DOWN))
    rank = files[0][layers[0] + DOWN].shape[0]
    own = {layer: layer.removeprefix("lora_") for layer in layers}
    base = torch.nn.ModuleDict()
    for layer in layers:
        width = files[0][layer + DOWN].shape[1]
        out = files[0][layer + ".lora_up.weight"].shape[0]
        base[own[layer]] = torch.nn.utils.skip_init(torch.nn.Linear, width, out, bias=False)
    names = [f"adapter{i}" for i in range(len(files))]

    def config(tensors):
        alpha = float(tensors[layers[0] + ".alpha"])
        return peft.LoraConfig(r=rank, lora_alpha=alpha, target_modules=list(own.values()))

    model = peft.get_peft_model(base, config(files[0]), adapter_name=names[0])
    for name, tensors in zip(names, files, strict=True):
        if name != names[0]:
            model.add_adapter(name, config(tensors))
        for layer in layers:
            module = model.base_model.model[own[layer]]
            module.lora_A[name].weight.data = tensors[layer + DOWN]
            module.lora_B[name].weight.data = tensors[layer + ".lora_up.weight"]
    files.clear()

    def mixed(density):
        more = {"svd_rank": arguments.rank} if "svd" in arguments.combination else {}
        if arguments.combination not in ("linear", "cat", "svd"):
            more["density"] = density
        model.base_model.add_weighted_adapter(
            names, WEIGHTS[: len(names)], "mixed", combination_type=arguments.combination, **more
        )

    def unit():
        mixed(DENSITY)

    def undo():
        if "mixed" in model.peft_config:
            model.delete_adapter("mixed")

    def check():
        mixed(1.0 if arguments.combination.startswith("dare") else DENSITY)
        values = []
        for layer in layers:
            module = model.base_model.model[own[layer]]
            down = module.lora_A["mixed"].weight.data.double()
            up = module.lora_B["mixed"].weight.data.double() * module.scaling["mixed"]
            y = up @ (down @ torch.cos(torch.arange(down.shape[1], dtype=torch.float64)))
            values += (y[:8] / y.norm()).tolist()
        undo()
        return [v if math.isfinite(v) else 0.0 for v in values]

    return check, unit, undo


peer.serve(prepare, package="peft", combination=str, rank=int)
