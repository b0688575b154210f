"""Makes src/test/resources/embeddings: textual inversions, and what diffusers computes with them on tiny-sd and tiny-xl.

Run offline with the versions of requirements.txt, after tiny_xl.py:  HF_HUB_OFFLINE=1 python embeddings.py
`ball.safetensors` is of diffusers' layout, one vector for the token `<ball>`; `scribble.safetensors` of A1111's, three
vectors in F16; `glaze.safetensors` has two for each encoder of Stable Diffusion XL. golden.safetensors, for M = `sd`,
`xl` and the texts in its metadata (M.prompt, M.negative): `M.context` and `xl.pooled` (rows without and with the text),
`M.start` (unit noise), `M.latents` (after the last of six steps: DDIM at guidance 3, Euler at guidance 4).
"""

import shutil

import torch
from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline
from safetensors.torch import load_file, save_file

from tiny_sd import OUT as SD, seeded

OUT = SD.parent / "embeddings"
XL = SD.parent / "tiny-xl"
TEXTS = {
    "sd.prompt": "A red fox and a <ball>, drawn with ink, <ball> 12",
    "sd.negative": "blurry scribble, the hat",
    "xl.prompt": "a drawing of glaze, the blue house",
    "xl.negative": "blurry, glaze",
}
torch.set_num_threads(1)


def files():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    half = lambda *shape, seed: 0.5 * torch.randn(*shape, generator=seeded(seed))
    save_file({"<ball>": half(24, seed=50)}, OUT / "ball.safetensors")
    save_file({"emb_params": half(3, 24, seed=51).half()}, OUT / "scribble.safetensors")
    save_file({"clip_l": half(2, 16, seed=52), "clip_g": half(2, 24, seed=53)}, OUT / "glaze.safetensors")


def run(gold, model, pipe, guidance, size):
    pipe.set_progress_bar_config(disable=True)
    prompt, negative = TEXTS[model + ".prompt"], TEXTS[model + ".negative"]
    gold[model + ".start"] = torch.randn(1, 4, 8, 8, generator=seeded(54))
    with torch.no_grad():
        text = pipe.encode_prompt(prompt, device="cpu", num_images_per_prompt=1, do_classifier_free_guidance=True,
                                  negative_prompt=negative)
        gold[model + ".context"] = torch.cat([text[1], text[0]])
        if model == "xl":
            gold["xl.pooled"] = torch.cat([text[3], text[2]])
        gold[model + ".latents"] = pipe(
            prompt, negative_prompt=negative, latents=gold[model + ".start"].clone(), num_inference_steps=6,
            guidance_scale=guidance, height=size, width=size, output_type="latent").images


def main():
    files()
    gold = {}
    sd = StableDiffusionPipeline.from_pretrained(SD, safety_checker=None)
    sd.load_textual_inversion(str(OUT), weight_name="ball.safetensors")
    sd.load_textual_inversion(str(OUT), weight_name="scribble.safetensors", token="scribble")
    run(gold, "sd", sd, 3.0, 32)
    xl = StableDiffusionXLPipeline.from_pretrained(XL)
    vectors = load_file(OUT / "glaze.safetensors")
    for part, encoder, tok in (("clip_l", xl.text_encoder, xl.tokenizer), ("clip_g", xl.text_encoder_2, xl.tokenizer_2)):
        xl.load_textual_inversion({"glaze": vectors[part]}, text_encoder=encoder, tokenizer=tok)
    run(gold, "xl", xl, 4.0, 16)
    save_file({k: v.detach().contiguous().clone() for k, v in gold.items()}, OUT / "golden.safetensors", metadata=TEXTS)
    for f in sorted(OUT.iterdir()):
        print(f.stat().st_size, f.name)


if __name__ == "__main__":
    main()
