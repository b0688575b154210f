"""What mergekit and PEFT make of small made-up adapters.

Both draw with torch.bernoulli. It is replaced by comparing the numbers of `uniform` with the
probabilities, in the order of the adapters, so that ours can draw the same.

Writes into ../resources/dev/lora4j/mixers/deltas a file of each:
  down, up        factors [adapter, ...], up times their scale; PEFT's alone have them
  delta, uniform  changes and random numbers [adapter, out, in]
  weight/WHICH    the weights of all adapters
  WHICH/MIXER     the result of as many adapters as there are weights
"""

from pathlib import Path

import torch
from mergekit.merge_methods import merge_tensors
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file

TARGET = Path(__file__).parents[1] / "resources/dev/lora4j/mixers/deltas"
OUT, IN, RANK, ALPHA, ADAPTERS = 12, 9, 3, 1.5, 3
WEIGHTS = {"three": [0.7, -0.4, 1.1], "alike": [1.0, 1.0, 1.0], "two": [1.0, 1.0]}

# mergekit's methods; the settings of theirs, and ours.
MERGEKIT = [
    ("three", "task_arithmetic", {}, "task-arithmetic"),
    ("three", "task_arithmetic", {"lambda": 0.6}, "task-arithmetic:lambda=0.6"),
    ("three", "task_arithmetic", {"normalize": True}, "task-arithmetic:normalise=true"),
    ("three", "ties", {"density": 0.4}, "ties:density=0.4,trim=tensor,divide=weights"),
    ("alike", "ties", {"density": 0.4}, "ties:density=0.4,trim=tensor"),
    ("three", "ties", {"density": 0.4, "normalize": False},
     "ties:density=0.4,trim=tensor,divide=none"),
    ("three", "dare_linear", {"density": 0.4}, "dare-linear:density=0.4,rescale=l1"),
    ("three", "dare_linear", {"density": 0.4, "rescale": False},
     "dare-linear:density=0.4,rescale=none"),
    ("three", "dare_ties", {"density": 0.4}, "dare-ties:density=0.4,rescale=l1,divide=none"),
    ("three", "dare_ties", {"density": 0.4, "normalize": True},
     "dare-ties:density=0.4,rescale=l1,divide=weights"),
    ("three", "breadcrumbs", {"density": 0.4, "gamma": 0.05},
     "breadcrumbs-linear:density=0.4,gamma=0.05"),
    ("three", "breadcrumbs", {"density": 0.4, "gamma": 0.001},
     "breadcrumbs-linear:density=0.4,gamma=0.001"),
    ("three", "breadcrumbs", {"density": 0.9, "gamma": 0.2},
     "breadcrumbs-linear:density=0.9,gamma=0.2"),
    ("three", "breadcrumbs_ties", {"density": 0.4, "gamma": 0.05},
     "breadcrumbs-ties:density=0.4,gamma=0.05,divide=none"),
    ("three", "della_linear", {"density": 0.4, "epsilon": 0.2},
     "della-linear:density=0.4,epsilon=0.2,rescale=l1"),
    ("three", "della", {"density": 0.4, "epsilon": 0.2},
     "della-ties:density=0.4,epsilon=0.2,rescale=l1,divide=weights"),
    ("alike", "model_stock", {}, "model-stock"),
    ("alike", "karcher", {}, "karcher"),
    ("two", "karcher", {}, "karcher"),
    ("two", "slerp", {"t": 0.3}, "slerp:t=0.3"),
    ("two", "slerp", {"t": 0.5}, "slerp"),
]

# Of PEFT: the combination, its settings, and ours.
PEFT = [
    ("cat", {}, "linear"),
    ("svd", {}, "svd:rank=9"),
    ("ties_svd", {"density": 0.4}, "ties:density=0.4,trim=tensor,election=plain_sum"),
    ("ties_svd", {"density": 0.4, "majority_sign_method": "frequency"},
     "ties:density=0.4,trim=tensor,election=plain_count"),
    ("dare_linear_svd", {"density": 0.4}, "dare-linear:density=0.4"),
    ("dare_ties_svd", {"density": 0.4}, "dare-ties:density=0.4,election=plain_sum"),
    ("magnitude_prune_svd", {"density": 0.4}, "magnitude-prune:density=0.4"),
]  # fmt: skip


class Draws:
    """Stands in for torch.bernoulli."""

    def __init__(self, uniform):
        self.left = list(uniform)

    def __call__(self, probabilities):
        return (self.left.pop(0) < probabilities).to(probabilities.dtype)


def mergekit(delta, uniform):
    results = {}
    for which, method, settings, ours in MERGEKIT:
        weights = WEIGHTS[which]
        own = list(delta[: len(weights)])
        torch.bernoulli = Draws(uniform)
        if method in ("slerp", "karcher"):
            # Between the models themselves, without a base: of changes, they are the models.
            base = 0 if method == "slerp" else None
            result = merge_tensors(own, method, parameters=settings, base_index=base)
        else:
            zero = torch.zeros_like(delta[0])
            parameters = dict(settings)
            if method != "model_stock":
                parameters["weight"] = weights
            result = merge_tensors([zero, *own], method, parameters=parameters, base_index=0)
        results[f"{which}/{ours}"] = result
    return results


def peft(down, up, uniform):
    results = {}
    names = [f"adapter{i}" for i in range(ADAPTERS)]
    for combination, settings, ours in PEFT:
        config = LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=["layer"])
        base = torch.nn.ModuleDict({"layer": torch.nn.Linear(IN, OUT, bias=False)})
        model = get_peft_model(base, config, adapter_name=names[0])
        for name in names[1:]:
            model.add_adapter(name, config)
        layer = model.base_model.model["layer"]
        for i, name in enumerate(names):
            layer.lora_A[name].weight.data = down[i].clone()
            layer.lora_B[name].weight.data = up[i].clone()
        torch.bernoulli = Draws(uniform)
        rank = {"svd_rank": min(IN, OUT)} if "svd" in combination else {}
        model.base_model.add_weighted_adapter(
            names, WEIGHTS["three"], "mixed", combination_type=combination, **rank, **settings
        )
        results[f"three/{ours}"] = layer.get_delta_weight("mixed").detach()
    return results


def write(name, tensors):
    weights = {f"weight/{which}": torch.tensor(w) for which, w in WEIGHTS.items()}
    every = {k: v.contiguous().clone() for k, v in (tensors | weights).items()}
    save_file(every, TARGET / f"{name}.safetensors")


def main():
    torch.manual_seed(3)
    down = torch.randn(ADAPTERS, RANK, IN)
    up = torch.randn(ADAPTERS, OUT, RANK)
    # Draws are compared in the order of the adapters; no number is near a threshold by chance.
    uniform = torch.rand(ADAPTERS, OUT, IN)
    scaled = up * (ALPHA / RANK)
    delta = scaled @ down
    inputs = {"delta": delta, "uniform": uniform}
    write("mergekit", inputs | mergekit(delta, uniform))
    factors = {"down": down, "up": scaled}
    write("peft", inputs | factors | peft(down, up, uniform))


if __name__ == "__main__":
    main()
