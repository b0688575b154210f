"""Makes src/test/resources/flux2/step-expected.safetensors: five steps of a LoRA on tiny-klein by diffusers, PEFT and torch, in F64.

Run offline with the versions of requirements.txt, after tiny_flux2.py:  HF_HUB_OFFLINE=1 python step_flux2.py
Reads flux2/step-inputs.safetensors, which Flux2StepTest writes to target (copy it to src/test/resources/flux2). As step.py, with latents packed as
diffusers' train_dreambooth_lora_flux2_klein.py packs them. diffusers turns queries and keys in F32, whatever their type; here its formula is taken
in theirs, so that F64 is F64.
"""

import torch
from diffusers import Flux2Transformer2DModel
from diffusers.models.transformers import transformer_flux2
from step import steps
from step_flux import turned
from tiny_flux2 import FLUX2, PIPELINE, run_model


def predicted(model, noisy, context, pooled, timesteps):
    return run_model(model, noisy, timesteps, context)


def main():
    model = Flux2Transformer2DModel.from_pretrained(PIPELINE / "transformer")
    given = torch.randn(2, 16, 4, 6), torch.tensor([900.0, 100.0]), torch.randn(2, 9, 24)
    with torch.no_grad():
        before = run_model(model, *given)
        transformer_flux2.apply_rotary_emb = turned
        assert torch.allclose(run_model(model, *given), before, atol=1e-6)
    steps(model, FLUX2, predicted)


if __name__ == "__main__":
    main()
