"""What LyCORIS makes of factors whose change is larger than it may be, in F64.

LoKr's tensors are scaled; LoHa's keep a number beside them, whose fourth root is given to each of
the four tensors here, as the change is the same. Writes
../../resources/dev/lora4j/core/train/maxnorm-lycoris.safetensors:
  CASE/start/SITE.PART     tensors before, of a small change and of large ones
  CASE/scaled/SITE.PART    and after
  CASE/result              [count, mean of norms, greatest norm] as LyCORIS tells them
"""

import os

os.environ["LYCORIS_KERNEL_BACKEND"] = "torch"

from pathlib import Path

import numpy
import torch
from lycoris.modules.loha import LohaModule
from lycoris.modules.lokr import LokrModule
from safetensors.numpy import save_file

TARGET = Path(__file__).parents[2] / "resources/dev/lora4j/core/train/maxnorm-lycoris.safetensors"
MOST = 1.5
RANK = 2
ALPHA = 3.0
LAYERS = {
    # site: (layer, deviation of its tensors)
    "unet.small": (lambda: torch.nn.Linear(8, 12), 0.05),
    "unet.linear": (lambda: torch.nn.Linear(8, 12), 1.0),
    "unet.conv": (lambda: torch.nn.Conv2d(4, 8, 3), 0.9),
}
CASES = {
    "loha": (LohaModule, {}),
    "lokr": (LokrModule, {"factor": 2}),
    "lokr-both": (LokrModule, {"factor": -1, "decompose_both": True, "lora_dim": 1}),
    "lokr-full": (LokrModule, {"factor": 2, "full_matrix": True}),
}


def main():
    random = numpy.random.default_rng(0)
    out = {}
    for case, (kind, options) in CASES.items():
        norms, count = [], 0
        for site, (layer, deviation) in LAYERS.items():
            made = {"lora_dim": RANK, "alpha": ALPHA} | options
            module = kind(site, layer(), **made).double()
            trained = [(n, p) for n, p in module.named_parameters() if p.requires_grad and "lo" in n or "hada" in n]
            with torch.no_grad():
                for name, p in trained:
                    p.copy_(torch.from_numpy(random.normal(scale=deviation, size=tuple(p.shape)).astype(numpy.float32)))
                    out[f"{case}/start/{site}.{name}"] = p.numpy().copy()
                scaled, norm = module.apply_max_norm(MOST)
                beside = float(module.scalar) ** 0.25 if case == "loha" else 1.0
                for name, p in trained:
                    out[f"{case}/scaled/{site}.{name}"] = (p * beside).numpy().copy()
            count += int(scaled)
            norms.append(float(norm))
        out[f"{case}/result"] = numpy.array([count, sum(norms) / len(norms), max(norms)])
        print(case, count, norms, sorted(k for k in out if k.startswith(case + "/start/unet.linear")))
    save_file(out, TARGET)


if __name__ == "__main__":
    main()
