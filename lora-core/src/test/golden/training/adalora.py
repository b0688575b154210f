"""What PEFT makes of training AdaLoRA on the small network of adapters.py, in F64.

Writes ../../resources/dev/lora4j/core/train/adalora.safetensors:
  base/NAME                weights of the network, F32
  x, target                [steps, batch, ...], F32
  CASE/start/NAME          first factors by site and role, F32
  CASE/loss                losses of all steps with the term for orthogonality, F64
  CASE/trained/NAME        factors after the steps of AdamW, F64
  CASE/budget              directions that are left after each step, I64
"""

from pathlib import Path
from types import SimpleNamespace

import numpy
import torch
from adapters import LAYERS, Net, drawn
from peft import AdaLoraConfig, AdaLoraModel
from safetensors.numpy import save_file

TARGET = Path(__file__).parents[2] / "resources/dev/lora4j/core/train/adalora.safetensors"
STEPS = 24
RATE = 2e-2
CASES = {
    # name: fields of the configuration
    "every": dict(init_r=4, target_r=2, tinit=3, tfinal=6, deltaT=1, orth_reg_weight=0.5),
    "second": dict(init_r=3, target_r=1, tinit=2, tfinal=5, deltaT=2, orth_reg_weight=0.1, beta1=0.7, beta2=0.9),
    "late": dict(init_r=4, target_r=3, tinit=0, tfinal=0, deltaT=5, orth_reg_weight=0.0),
}


class WithLoss(torch.nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x, target):
        return SimpleNamespace(loss=(self.net(x) - target).pow(2).mean())


def main():
    shapes = {name: p.shape for name, p in Net().named_parameters()}
    base = {name: drawn(shape, 0.4) for name, shape in shapes.items()}
    x, target = drawn((STEPS, 2, 4, 6, 6), 1), drawn((STEPS, 2, 9, 6), 1)
    out = {f"base/{name}": value for name, value in base.items()} | {"x": x, "target": target}
    for case, fields in CASES.items():
        net = Net()
        with torch.no_grad():
            for name, parameter in net.named_parameters():
                parameter.copy_(torch.from_numpy(base[name]))
        config = AdaLoraConfig(
            lora_alpha=6, target_modules=LAYERS, total_step=STEPS, lora_dropout=0, **fields
        )
        model = AdaLoraModel(WithLoss(net).double(), {"default": config}, "default")
        factors = {}
        for name, parameter in model.named_parameters():
            # ranknum, the rank that alpha is divided by, is a parameter too.
            if parameter.requires_grad and "lora_" in name:
                site = next(s for s in LAYERS if f".{s}." in name)
                role = next(r for r in ("lora_A", "lora_B", "lora_E") if r in name)
                factors[f"{site}/{role}"] = parameter
        assert len(factors) == 3 * len(LAYERS), sorted(factors)
        with torch.no_grad():
            for name, parameter in factors.items():
                start = drawn(parameter.shape, 0.3 if "lora_E" not in name else 0.2)
                parameter.data = torch.from_numpy(start).double()
                out[f"{case}/start/{name}"] = start
        optimizer = torch.optim.AdamW(factors.values(), lr=RATE, weight_decay=1e-2)
        losses, left = [], []
        for i in range(STEPS):
            loss = model(torch.from_numpy(x[i]).double(), torch.from_numpy(target[i]).double()).loss
            loss.backward()
            losses.append(loss.item())
            optimizer.step()
            model.update_and_allocate(i + 1)
            optimizer.zero_grad()
            left.append(sum(int((p != 0).sum()) for n, p in factors.items() if "lora_E" in n))
        out[f"{case}/loss"] = numpy.array(losses)
        out[f"{case}/budget"] = numpy.array(left)
        for name, parameter in factors.items():
            out[f"{case}/trained/{name}"] = parameter.detach().numpy().copy()
        print(case, left)
    save_file(out, TARGET)


if __name__ == "__main__":
    main()
