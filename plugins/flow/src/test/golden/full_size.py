"""Makes src/test/resources/full-size.safetensors: blocks of Stable Diffusion 3 and 3.5 at their published sizes, by diffusers.

Run offline with the versions of requirements.txt:  HF_HUB_OFFLINE=1 python full_size.py
Weights and inputs are formulas of their names (lora-diffusion's formula.py), so that nothing keeps them; FullSizeBlockTest has the same.

  CASE.picture, CASE.words              SAMPLES numbers of what the block makes of both streams, evenly from the first on
  CASE.picture.norm, CASE.words.norm    Frobenius norms; the last block makes nothing of the words
"""

import sys
from pathlib import Path

import torch
from diffusers.models.attention import JointTransformerBlock
from safetensors.torch import save_file

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[5] / "lora-diffusion/src/test/golden"))
import formula  # noqa: E402

OUT = HERE.parent.parent / "resources" / "full-size.safetensors"
SAMPLES, PLACES, WORDS = 256, 64, 20
CASES = {
    "sd3": dict(num_attention_heads=24),
    "sd35m": dict(num_attention_heads=24, qk_norm="rms_norm", use_dual_attention=True),
    "sd35m-last": dict(num_attention_heads=24, qk_norm="rms_norm", context_pre_only=True),
    "sd35l": dict(num_attention_heads=38, qk_norm="rms_norm"),
}

torch.set_num_threads(1)


def put(gold, name, value):
    flat = value.reshape(-1)
    gold[name] = flat[[i * len(flat) // SAMPLES for i in range(SAMPLES)]].clone()
    gold[name + ".norm"] = flat.double().norm().reshape(1)


def main():
    gold = {}
    for case, sizes in CASES.items():
        width = 64 * sizes["num_attention_heads"]
        with torch.device("meta"):
            block = JointTransformerBlock(dim=width, attention_head_dim=64, **sizes)
        block = block.to_empty(device="cpu").eval()
        with torch.no_grad():
            for name, value in block.named_parameters():
                value.copy_(formula.weight(f"{case}.{name}", value.shape))
            streams = [formula.tensor(f"{case}.{n}", (1, k, width), 2) for n, k in (("picture", PLACES), ("words", WORDS))]
            words, picture = block(*streams, formula.tensor(f"{case}.time", (1, width), 1))
        put(gold, case + ".picture", picture)
        if words is not None:
            put(gold, case + ".words", words)
        print(case, sum(p.numel() for p in block.parameters()))
    save_file(gold, OUT)


if __name__ == "__main__":
    main()
