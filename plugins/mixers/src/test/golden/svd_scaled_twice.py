"""What the combination svd of PEFT 0.20.0, the last with scales multiplied in twice, makes.

Runs with peft==0.20.0 in the place of that of requirements.txt. Writes
../resources/dev/lora4j/mixers/deltas/peft-0.20.0.safetensors, for each KIND of layer:
  KIND/down, KIND/up         factors [adapter, ...]
  KIND/mixed/MIXER/delta     the result
  weights, scales            of all adapters
"""

import peft
import torch
from factor_mixtures import LAYERS, RANK, adapted, factors, mix, write


def main():
    assert peft.__version__ == "0.20.0"
    torch.manual_seed(6)
    tensors = {}
    for kind in LAYERS:
        model, layer = adapted(kind)
        tensors |= dict(zip((f"{kind}/down", f"{kind}/up"), factors(layer), strict=True))
        mix(model, "svd", svd_rank=2 * RANK)
        delta = layer.get_delta_weight("mixed")
        tensors[f"{kind}/mixed/svd:rank={2 * RANK},scaling=twice/delta"] = delta
    write("peft-0.20.0", tensors)


if __name__ == "__main__":
    main()
