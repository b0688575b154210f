"""Makes tokens.safetensors in src/test/resources: latents of the tiny pipelines with another max_sequence_length.

Run offline with the versions of requirements.txt, after tiny_sd3.py and tiny_flux.py:  HF_HUB_OFFLINE=1 python tokens.py
"""

import torch
from diffusers import FluxPipeline, StableDiffusion3Pipeline
from safetensors.torch import save_file
from tiny_sd3 import OUT, PROMPT, seeded

SHORT = "fox"
STEPS, SEED, HEIGHT, WIDTH = 3, 7, 16, 24


def latents(pipe, tokens, prompt=PROMPT):
    """Latents before the last step."""
    kept = []

    def keep(pipe, step, t, kwargs):
        kept.append(kwargs["latents"].clone())
        return kwargs

    pipe.set_progress_bar_config(disable=True)
    pipe(prompt=prompt, generator=seeded(SEED), num_inference_steps=STEPS, height=HEIGHT, width=WIDTH, output_type="latent",
         max_sequence_length=tokens, callback_on_step_end=keep)
    return kept[-2]


if __name__ == "__main__":
    with torch.no_grad():
        sd3 = StableDiffusion3Pipeline.from_pretrained(OUT / "tiny-sd3")
        clips = StableDiffusion3Pipeline(**(sd3.components | dict(text_encoder_3=None, tokenizer_3=None)))
        # Longer texts are cut there, and have more tokens here.
        assert len(sd3.tokenizer_3(SHORT).input_ids) <= 6
        flux = FluxPipeline.from_pretrained(OUT / "flux/tiny-flux")
        packed = flux._unpack_latents(latents(flux, 6, SHORT), HEIGHT, WIDTH, flux.vae_scale_factor)
        gold = {"sd3": latents(sd3, 6, SHORT), "clips": latents(clips, 0), "fewer_zeros": latents(clips, 6), "flux": packed}
        save_file({k: v.contiguous() for k, v in gold.items()}, OUT / "tokens.safetensors")
