"""What bitsandbytes 0.50.2 makes of a few weights on a CPU, with states in 8 bits.

Weights of 4096 elements and more have codes, smaller ones numbers. Start and gradients are formulas
of whole numbers, which the test has too, so that files stay small.

Writes ../../resources/dev/lora4j/core/train/optimizers-8bit.safetensors:
  CASE.weights          the weights after the last step, one after another
  CASE.mean             numbers of the small weights; of AdamW CASE.square too
  CASE.mean_codes       codes of the large weights, each without what fills up its last block
  CASE.mean_scales      their scales
"""

from pathlib import Path

import bitsandbytes
import torch
from safetensors.torch import save_file

TARGET = Path(__file__).parents[2] / "resources/dev/lora4j/core/train/optimizers-8bit.safetensors"
SHAPES = [(48, 100), (50, 80), (64, 64), (7,)]
STEPS = 20
CASES = {
    "adamw8bit": (bitsandbytes.optim.AdamW8bit, 1e-3, {}),
    "adamw8bit-all": (
        bitsandbytes.optim.AdamW8bit,
        1e-2,
        {"betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": 0.1},
    ),
    "lion8bit": (bitsandbytes.optim.Lion8bit, 1e-4, {}),
    "lion8bit-all": (
        bitsandbytes.optim.Lion8bit,
        1e-3,
        {"betas": (0.8, 0.95), "weight_decay": 0.1},
    ),
}


def start(length):
    return torch.tensor([((k * 69069 + 1) % 4093 - 2046) / 4096 for k in range(length)])


def gradient(step, length):
    """Some are 0, a whole block among them; others have sizes that differ from block to block."""
    values = []
    for k in range(length):
        if k % 13 == 0 or 512 <= k < 768:
            values.append(0.0)
        else:
            mixed = (k * 40503 + step * 9973 + k * k % 8191 * (step + 7)) % 65521
            values.append((mixed - 32760) / 65536 / 2 ** (k // 256 % 5 * 3))
    return torch.tensor(values)


def rate(step):
    return min(step / 4, 1) * (1 - step / 64)


def main():
    out = {}
    sizes = [torch.Size(shape).numel() for shape in SHAPES]
    length = sum(sizes)
    for name, (make, lr, settings) in CASES.items():
        parts = start(length).split(sizes)
        weights = [torch.nn.Parameter(p.reshape(s).clone()) for p, s in zip(parts, SHAPES)]
        optimizer = make(weights, lr=lr, **settings)
        for step in range(1, STEPS + 1):
            for weight, part in zip(weights, gradient(step, length).split(sizes)):
                weight.grad = part.reshape(weight.shape).clone()
            optimizer.param_groups[0]["lr"] = lr * rate(step)
            optimizer.step()
        out[f"{name}.weights"] = torch.cat([w.detach().flatten() for w in weights])
        states = [optimizer.state[w] for w in weights]
        for number, key in ((1, "mean"), (2, "square")):
            if f"state{number}" not in states[0]:
                continue
            small = [s for s in states if f"absmax{number}" not in s]
            large = [s for s in states if f"absmax{number}" in s]
            out[f"{name}.{key}"] = torch.cat([s[f"state{number}"].flatten() for s in small])
            out[f"{name}.{key}_codes"] = torch.cat([s[f"state{number}"].flatten() for s in large])
            out[f"{name}.{key}_scales"] = torch.cat([s[f"absmax{number}"] for s in large])
    save_file(out, TARGET)


if __name__ == "__main__":
    main()
