"""Makes src/test/resources/micro-conditioning.safetensors: runs of diffusers on tiny-xl that are told other sizes.

Run offline with the versions of requirements.txt, after tiny_xl.py:  HF_HUB_OFFLINE=1 python micro_conditioning.py
Latents after the last of six steps of Euler at guidance 4 from tiny-xl's noise and prompts, (height, width) as here:
`text` (sizes told with the text, and so without it), `negative` (other sizes without it), `both`.
"""

import torch
from diffusers import StableDiffusionXLPipeline
from safetensors.torch import load_file, save_file

from tiny_sd import OUT as SD, PROMPT
from tiny_xl import NEGATIVE

XL = SD.parent / "tiny-xl"
OUT = SD.parent / "micro-conditioning.safetensors"
TEXT = dict(original_size=(12, 20), crops_coords_top_left=(2, 3), target_size=(18, 14))
NO_TEXT = dict(negative_original_size=(6, 8), negative_crops_coords_top_left=(1, 5), negative_target_size=(10, 24))
torch.set_num_threads(1)


def main():
    pipe = StableDiffusionXLPipeline.from_pretrained(XL)
    pipe.set_progress_bar_config(disable=True)
    noise = load_file(XL / "golden.safetensors")["latents"]
    gold = {}
    with torch.no_grad():
        for name, sizes in (("text", TEXT), ("negative", NO_TEXT), ("both", TEXT | NO_TEXT)):
            gold[name] = pipe(
                PROMPT, negative_prompt=NEGATIVE, latents=noise.clone(), num_inference_steps=6, guidance_scale=4.0,
                height=16, width=16, output_type="latent", **sizes).images
    save_file({k: v.contiguous().clone() for k, v in gold.items()}, OUT)
    print(OUT.stat().st_size, [float((gold["text"] - v).abs().max()) for v in gold.values()])


if __name__ == "__main__":
    main()
