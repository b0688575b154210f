"""Cases of HydraLoRA: its formulas on one layer, in float64.

The module is the layer of the paper's code (Clin0212/HydraLoRA, HydraLoRA/peft/tuners/lora.py at
d212d983201cf135f684ca2a4f710132a1314337) without dropout, with the names that its files have. The
code takes the softmax in float32 whatever it is given; here it is in the type of the input.

It writes ../../resources/dev/lora4j/core/adapter/methods/hydra.safetensors:
  CASE/x, CASE/weight, CASE/bias   of the layer, F32
  CASE/alpha                       the number of the configuration
  CASE/lora_A.weight and on        the factors, by the names of the code's files
  CASE/y                           the output, F64
"""

from pathlib import Path

import torch
from safetensors.torch import save_file

from layers import noise

TARGET = Path(__file__).parents[2] / "resources/dev/lora4j/core/adapter/methods/hydra.safetensors"


class Hydra(torch.nn.Module):
    def __init__(self, base, rank, alpha, heads):
        super().__init__()
        self.base, self.heads, self.scaling = base, heads, alpha / rank
        self.lora_A = torch.nn.Linear(base.in_features, rank, bias=False)
        for i in range(heads):
            setattr(self, f"lora_B{i}", torch.nn.Linear(rank, base.out_features, bias=False))
        self.lora_route = torch.nn.Linear(base.in_features, heads, bias=False)

    def forward(self, x):
        result = self.base(x)
        route = torch.softmax(self.lora_route(x), dim=-1)
        for i in range(self.heads):
            head = getattr(self, f"lora_B{i}")(self.lora_A(x))
            result = result + route[..., i].unsqueeze(-1) * head * self.scaling
        return result


def main():
    out = {}
    for name, rank, alpha, heads, stored in [
        ("one head", 2, 3.0, 1, torch.float32),
        ("two heads", 3, 6.0, 2, torch.float32),
        ("four heads", 2, 32.0, 4, torch.float32),
        ("five heads in half", 1, 1.0, 5, torch.bfloat16),
    ]:
        net = Hydra(torch.nn.Linear(12, 8), rank, alpha, heads).double()
        key = name.replace(" ", "-")
        with torch.no_grad():
            for part, value in net.named_parameters():
                own = part.removeprefix("base.")
                drawn = noise(f"{key}.{own}", value.shape, 1.0 if own == part else 0.4)
                drawn = drawn if own != part else drawn.to(stored)
                value.copy_(drawn.double())
                out[f"{key}/{own}"] = drawn
        x = noise(f"{key}.x", (3, 4, 12))
        out |= {f"{key}/x": x, f"{key}/alpha": torch.tensor(alpha), f"{key}/y": net(x.double()).detach()}
    save_file(out, TARGET)


if __name__ == "__main__":
    main()
