"""Makes src/test/resources/flux/step-expected.safetensors: five steps of a LoRA on tiny-flux by diffusers, PEFT and torch, in F64.

Run offline with the versions of requirements.txt, after tiny_flux.py:  HF_HUB_OFFLINE=1 python step_flux.py
Reads flux/step-inputs.safetensors, which FluxStepTest writes to target (copy it to src/test/resources/flux). As step.py, with latents packed as
diffusers' train_dreambooth_lora_flux.py packs them and its guidance scale of 3.5. diffusers turns queries and keys in F32, whatever
their type; here its formula is taken in theirs, so that F64 is F64.
"""

import torch
from diffusers import FluxPipeline, FluxTransformer2DModel
from diffusers.models.transformers import transformer_flux
from step import steps
from tiny_flux import FLUX, PIPELINE

GUIDANCE = 3.5


def turned(x, freqs, sequence_dim):
    """diffusers' apply_rotary_emb with neighbours as pairs, without its `float()`."""
    assert sequence_dim == 1
    cos, sin = (f[None, :, None, :].to(x) for f in freqs)
    real, imaginary = x.reshape(*x.shape[:-1], -1, 2).unbind(-1)
    return x * cos + torch.stack([-imaginary, real], dim=-1).flatten(3) * sin


def predicted(model, noisy, context, pooled, timesteps):
    rows, channels, height, width = noisy.shape
    out = model(
        hidden_states=FluxPipeline._pack_latents(noisy, rows, channels, height, width), timestep=timesteps / 1000,
        guidance=torch.full([rows], GUIDANCE), pooled_projections=pooled, encoder_hidden_states=context,
        txt_ids=torch.zeros(context.shape[1], 3), img_ids=FluxPipeline._prepare_latent_image_ids(rows, height // 2, width // 2, "cpu", torch.float32),
        return_dict=False)[0]
    return FluxPipeline._unpack_latents(out, height, width, 1)


def main():
    given, like = torch.randn(1, 6, 2, 8), [torch.randn(6, 8) for _ in range(2)]
    like = [f[:, ::2].repeat_interleave(2, dim=1) for f in like]
    assert torch.equal(turned(given, like, 1), transformer_flux.apply_rotary_emb(given, like, sequence_dim=1))
    transformer_flux.apply_rotary_emb = turned
    steps(FluxTransformer2DModel.from_pretrained(PIPELINE / "transformer"), FLUX, predicted)


if __name__ == "__main__":
    main()
