"""What PEFT's combinations without _svd make of small made-up adapters: they mix factors.

It draws with torch.bernoulli, which is replaced by comparing the given numbers with the
probabilities: the down factors of all adapters first, then the up factors.

Writes ../resources/dev/lora4j/mixers/deltas/peft-factors.safetensors, for each KIND of layer:
  KIND/down, KIND/up                  factors [adapter, ...]
  KIND/uniform_down, KIND/uniform_up  random numbers in their shapes
  KIND/mixed/MIXER/down, .../up       the result
  weights, scales                     of all adapters
"""

from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file

TARGET = Path(__file__).parents[1] / "resources/dev/lora4j/mixers/deltas"
OUT, IN, RANK = 12, 9, 3
WEIGHTS = [0.7, -0.4, 1.1]
ALPHAS = [1.5, 6.0, 3.0]
LAYERS = {
    "linear": lambda: torch.nn.Linear(IN, OUT, bias=False),
    "conv": lambda: torch.nn.Conv2d(IN, OUT, 3, padding=1, bias=False),
}

# The combination, its settings, and ours.
COMBINATIONS = [
    ("linear", {}, "task-arithmetic:of=factors"),
    ("ties", {"density": 0.4}, "ties:of=factors,density=0.4,trim=tensor,election=plain_sum"),
    ("ties", {"density": 0.4, "majority_sign_method": "frequency"},
     "ties:of=factors,density=0.4,trim=tensor,election=plain_count"),
    ("dare_linear", {"density": 0.4}, "dare-linear:of=factors,density=0.4"),
    ("dare_ties", {"density": 0.4}, "dare-ties:of=factors,density=0.4,election=plain_sum"),
    ("magnitude_prune", {"density": 0.4}, "magnitude-prune:of=factors,density=0.4"),
]  # fmt: skip


class Draws:
    """Stands in for torch.bernoulli."""

    def __init__(self, uniform):
        self.left = list(uniform)

    def __call__(self, probabilities):
        return (self.left.pop(0) < probabilities).to(probabilities.dtype)


def adapted(kind, down=None, up=None):
    """The model and its layer, with an adapter of these factors, or of random ones, for each alpha."""
    base = torch.nn.ModuleDict({"layer": LAYERS[kind]()})
    configs = [LoraConfig(r=RANK, lora_alpha=a, target_modules=["layer"]) for a in ALPHAS]
    model = get_peft_model(base, configs[0], adapter_name="adapter0")
    for i, config in enumerate(configs[1:], 1):
        model.add_adapter(f"adapter{i}", config)
    layer = model.base_model.model["layer"]
    for i in range(len(ALPHAS)):
        a, b = layer.lora_A[f"adapter{i}"].weight, layer.lora_B[f"adapter{i}"].weight
        a.data = torch.randn(a.shape) if down is None else down[i].clone()
        b.data = torch.randn(b.shape) if up is None else up[i].clone()
    return model, layer


def factors(layer):
    """Down and up of all adapters."""
    names = [f"adapter{i}" for i in range(len(ALPHAS))]
    sides = layer.lora_A, layer.lora_B
    return [torch.stack([side[n].weight.data for n in names]) for side in sides]


def mix(model, combination, **settings):
    names = [f"adapter{i}" for i in range(len(ALPHAS))]
    model.base_model.add_weighted_adapter(
        names, WEIGHTS, "mixed", combination_type=combination, **settings
    )


def write(name, tensors):
    own = {
        "weights": torch.tensor(WEIGHTS),
        "scales": torch.tensor([alpha / RANK for alpha in ALPHAS]),
    }
    every = {k: v.detach().contiguous().clone() for k, v in (tensors | own).items()}
    save_file(every, TARGET / f"{name}.safetensors")


def main():
    torch.manual_seed(5)
    tensors = {}
    for kind in LAYERS:
        down, up = factors(adapted(kind)[1])
        uniform_down, uniform_up = torch.rand(down.shape), torch.rand(up.shape)
        tensors |= {f"{kind}/down": down, f"{kind}/up": up}
        tensors |= {f"{kind}/uniform_down": uniform_down, f"{kind}/uniform_up": uniform_up}
        for combination, settings, ours in COMBINATIONS:
            model, layer = adapted(kind, down, up)
            torch.bernoulli = Draws([*uniform_down, *uniform_up])
            mix(model, combination, **settings)
            assert layer.scaling["mixed"] == 1
            tensors[f"{kind}/mixed/{ours}/down"] = layer.lora_A["mixed"].weight
            tensors[f"{kind}/mixed/{ours}/up"] = layer.lora_B["mixed"].weight
    write("peft-factors", tensors)


if __name__ == "__main__":
    main()
