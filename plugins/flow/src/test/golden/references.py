"""Makes references.safetensors in src/test/resources/flux and flux2: pictures of the tiny pipelines beside reference pictures.

Run offline with the versions of requirements.txt, after tiny_flux.py and tiny_flux2.py:  HF_HUB_OFFLINE=1 python references.py
"""

import numpy as np
import torch
from diffusers import Flux2KleinPipeline, FluxKontextPipeline, FluxPipeline
from PIL import Image
from safetensors.torch import save_file
from tiny_sd3 import OUT, PROMPT, seeded

STEPS, SEED, HEIGHT, WIDTH = 4, 7, 16, 24


def picture(height, width, seed):
    """A picture of few colours."""
    return torch.randint(4, (3, height, width), generator=seeded(seed), dtype=torch.uint8) * 85


def image(values):
    return Image.fromarray(np.ascontiguousarray(values.permute(1, 2, 0).numpy()))


def run(gold, name, pipe, unpack, **more):
    def keep(pipe, step, t, kwargs):
        gold[f"{name}.step{step}"] = unpack(kwargs["latents"]).clone()
        return kwargs

    pipe.set_progress_bar_config(disable=True)
    pipe(prompt=PROMPT, generator=seeded(SEED), num_inference_steps=STEPS, height=HEIGHT, width=WIDTH, output_type="latent",
         callback_on_step_end=keep, **more)


def save(folder, gold):
    gold = {k: v.detach().contiguous() for k, v in gold.items() if not k.endswith(f"step{STEPS - 1}")}
    save_file(gold, OUT / folder / "references.safetensors")


def kontext():
    """FLUX.1 Kontext, which is FLUX.1 [dev] trained otherwise. A reference of another size than the picture."""
    pipe = FluxKontextPipeline(**{k: v for k, v in FluxPipeline.from_pretrained(OUT / "flux/tiny-flux").components.items()})
    gold = {"picture0": picture(20, 36, 41)}

    def unpack(latents):
        return pipe._unpack_latents(latents, HEIGHT, WIDTH, pipe.vae_scale_factor)

    run(gold, "one", pipe, unpack, image=image(gold["picture0"]), max_area=HEIGHT * WIDTH, _auto_resize=False)
    save("flux", gold)


def klein():
    """FLUX.2 [klein] with one reference and with two."""
    pipe = Flux2KleinPipeline.from_pretrained(OUT / "flux2/tiny-klein")
    gold = {"picture0": picture(64, 68, 42), "picture1": picture(72, 64, 43)}
    unit = pipe.vae_scale_factor * 2

    def unpack(latents):
        return latents.permute(0, 2, 1).reshape(1, -1, HEIGHT // unit, WIDTH // unit)

    images = [image(gold["picture0"]), image(gold["picture1"])]
    run(gold, "one", pipe, unpack, image=images[:1])
    run(gold, "two", pipe, unpack, image=images)
    save("flux2", gold)


if __name__ == "__main__":
    with torch.no_grad():
        kontext()
        klein()
