"""What the reference implementations of optimisers make of a few weights in F64.

The gradients are given, so that nothing but the optimisers is compared. Those of Prodigy, whose
estimate grows without end where gradients do not turn, were taken on the way, and are given too.
The rate of each step is that of the case times a factor that rises from 0 and falls again.

Writes ../../resources/dev/lora4j/core/train/optimizers.safetensors:
  start                 the weights, one after another
  gradients             [steps, weights]; of a case that has its own, CASE.gradients
  factors               [steps]
  CASE.STEP             the weights after so many steps
  CASE.evaluation       the weights to evaluate, after the last
"""

from pathlib import Path

import numpy
import torch
from lion_pytorch import Lion
from prodigyopt import Prodigy
from safetensors.numpy import save_file
from schedulefree import AdamWScheduleFree
from transformers.optimization import Adafactor

TARGET = Path(__file__).parents[2] / "resources/dev/lora4j/core/train/optimizers.safetensors"
SHAPES = {
    "one.down": (4, 6),
    "one.up": (5, 4),
    "two.down": (2, 3, 3, 3),
    "two.up": (4, 2, 1, 1),
    "two.bias": (4,),
}
STEPS = 50
KEPT = (1, 2, 10, STEPS)
FACTORS = [min(i / 4, 1) * (1 - i / 100) for i in range(STEPS)]
RATIO = 16

CASES = {
    "adamw": (torch.optim.AdamW, 1e-2, {}),
    "adamw-all": (torch.optim.AdamW, 1e-2, {"betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": 0.1}),
    "adamw-groups": (torch.optim.AdamW, 1e-3, {}),
    "lion": (Lion, 1e-3, {}),
    "lion-all": (Lion, 1e-3, {"betas": (0.8, 0.95), "weight_decay": 0.1}),
    "lion-groups": (Lion, 1e-4, {}),
    "adafactor": (Adafactor, None, {}),
    "adafactor-all": (
        Adafactor,
        None,
        {"beta1": 0.9, "weight_decay": 0.1, "warmup_init": True, "clip_threshold": 0.5},
    ),
    "adafactor-rate": (
        Adafactor,
        1e-2,
        {"scale_parameter": False, "relative_step": False, "weight_decay": 0.1},
    ),
    "prodigy": (Prodigy, 1.0, {}),
    "prodigy-all": (
        Prodigy,
        1.0,
        {
            "betas": (0.9, 0.99),
            "beta3": 0.95,
            "weight_decay": 0.01,
            "use_bias_correction": True,
            "safeguard_warmup": True,
            "d0": 1e-4,
            "d_coef": 2.0,
            "growth_rate": 1.5,
        },
    ),
    "schedule-free": (AdamWScheduleFree, 2.5e-3, {}),
    "schedule-free-all": (
        AdamWScheduleFree,
        1e-2,
        {"betas": (0.8, 0.99), "weight_decay": 0.1, "warmup_steps": 8, "r": 1.0},
    ),
    "schedule-free-groups": (AdamWScheduleFree, 1e-3, {}),
}


def flat(weights):
    return torch.cat([w.detach().flatten() for w in weights.values()]).numpy().copy()


def run(name, start, gradients, target, out):
    make, rate, settings = CASES[name]
    sizes = [int(numpy.prod(s)) for s in SHAPES.values()]
    parts = torch.from_numpy(start).split(sizes)
    weights = {
        key: torch.nn.Parameter(part.reshape(shape).clone())
        for (key, shape), part in zip(SHAPES.items(), parts)
    }
    if name.endswith("-groups"):
        groups = [
            {"params": [w for k, w in weights.items() if k.endswith(".up")], "ratio": RATIO},
            {"params": [w for k, w in weights.items() if not k.endswith(".up")], "ratio": 1},
        ]
    else:
        groups = [{"params": list(weights.values()), "ratio": 1}]
    optimizer = make(groups, **settings) if rate is None else make(groups, lr=rate, **settings)
    if hasattr(optimizer, "train"):
        optimizer.train()
    given = gradients.copy()
    for step in range(1, STEPS + 1):
        if make is Prodigy:
            given[step - 1] = (flat(weights) - target + gradients[step - 1] / 10).astype(numpy.float32)
        for weight, part in zip(weights.values(), torch.from_numpy(given[step - 1]).split(sizes)):
            weight.grad = part.reshape(weight.shape).clone()
        for group in optimizer.param_groups:
            if rate is not None:
                group["lr"] = rate * FACTORS[step - 1] * group["ratio"]
        optimizer.step()
        if step in KEPT:
            out[f"{name}.{step}"] = flat(weights)
    if make is Prodigy:
        out[f"{name}.gradients"] = given.astype(numpy.float32)
    if hasattr(optimizer, "eval"):
        optimizer.eval()
    out[f"{name}.evaluation"] = flat(weights)


def main():
    random = numpy.random.default_rng(0)
    length = sum(int(numpy.prod(s)) for s in SHAPES.values())
    start = random.normal(size=length).astype(numpy.float32).astype(numpy.float64)
    start[::9] = 0
    target = random.normal(size=length)
    # Towards a target, with noise, so that signs settle and estimates of distances make sense.
    gradients = [target * (-1 + i / 60) + 0.3 * random.normal(size=length) for i in range(STEPS)]
    gradients = numpy.stack(gradients).astype(numpy.float32)
    gradients[:, ::13] = 0
    gradients[0] /= 1024
    gradients = gradients.astype(numpy.float64)
    out = {"start": start, "gradients": gradients.astype(numpy.float32), "factors": numpy.array(FACTORS)}
    for name in CASES:
        run(name, start, gradients, target, out)
    save_file(out, TARGET)


if __name__ == "__main__":
    main()
