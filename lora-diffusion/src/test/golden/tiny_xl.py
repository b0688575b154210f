"""Makes src/test/resources/tiny-xl: a tiny random Stable Diffusion XL, and what diffusers' pipeline computes with it.

Run offline with the versions of requirements.txt, after tiny_sd.py:  HF_HUB_OFFLINE=1 python tiny_xl.py
Tokenisers are tiny-sd's; the second pads with "!". golden.safetensors, for the prompt in its metadata and six steps at
guidance 4: `latents` (unit noise), and for R = `plain`, `negative` (with a negative prompt), `skip` (clip_skip 1):
`R.context` and `R.pooled` (rows without and with the text), `R.step0` .. `R.step5` (after each step of Euler).
"""

import json
import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderKL, EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from tiny_sd import OUT as SD, PROMPT, randomise, seeded

OUT = SD.parent / "tiny-xl"
NEGATIVE = "blurry, 12"
torch.set_num_threads(1)


def text_config(width, layers, act, projection, tok, **more):
    return CLIPTextConfig(
        vocab_size=len(tok), hidden_size=width, intermediate_size=2 * width, num_hidden_layers=layers,
        num_attention_heads=2, max_position_embeddings=77, hidden_act=act, projection_dim=projection,
        bos_token_id=tok.bos_token_id, eos_token_id=tok.eos_token_id, pad_token_id=tok.eos_token_id, **more)


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    tok = CLIPTokenizer.from_pretrained(SD / "tokenizer")
    pad = json.loads((SD / "tokenizer/vocab.json").read_text())["!"]
    tok2 = CLIPTokenizer.from_pretrained(SD / "tokenizer", pad_token="!")
    assert tok2.pad_token_id == pad
    torch.manual_seed(0)
    unet = randomise(UNet2DConditionModel(
        sample_size=8, in_channels=4, out_channels=4, block_out_channels=(8, 16), layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        transformer_layers_per_block=(1, 2), attention_head_dim=(2, 4), use_linear_projection=True,
        cross_attention_dim=16 + 24, norm_num_groups=4, addition_embed_type="text_time", addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=6 * 8 + 20, upcast_attention=True), 1)
    vae = randomise(AutoencoderKL(
        in_channels=3, out_channels=3, latent_channels=4, block_out_channels=(8, 16), layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
        norm_num_groups=4, sample_size=16, scaling_factor=0.13025), 2)
    one = randomise(CLIPTextModel(text_config(16, 3, "quick_gelu", 16, tok)), 3)
    two = randomise(CLIPTextModelWithProjection(text_config(24, 3, "gelu", 20, tok)), 4)
    scheduler = EulerDiscreteScheduler(
        num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
        timestep_spacing="leading", steps_offset=1)
    pipe = StableDiffusionXLPipeline(
        vae=vae, text_encoder=one, text_encoder_2=two, tokenizer=tok, tokenizer_2=tok2, unet=unet,
        scheduler=scheduler, force_zeros_for_empty_prompt=True, add_watermarker=False)
    pipe.set_progress_bar_config(disable=True)
    gold = {"latents": torch.randn(1, 4, 8, 8, generator=seeded(20))}
    for name, more in (("plain", {}), ("negative", dict(negative_prompt=NEGATIVE)), ("skip", dict(clip_skip=1))):
        run(gold, pipe, name, more)
    pipe.save_pretrained(OUT)
    for folder in ("tokenizer", "tokenizer_2"):
        shutil.rmtree(OUT / folder, ignore_errors=True)
        shutil.copytree(SD / "tokenizer", OUT / folder)
    for name in ("special_tokens_map.json", "tokenizer_config.json"):
        file = OUT / "tokenizer_2" / name
        file.write_text(json.dumps(json.loads(file.read_text()) | {"pad_token": "!"}, indent=2))
    for folder in ("text_encoder", "text_encoder_2"):
        file = OUT / folder / "model.safetensors"
        tensors = load_file(file)
        keep = lambda k: k if k.startswith("text_projection") else "text_model." + k.removeprefix("text_model.")
        save_file({keep(k): v for k, v in tensors.items()}, file, metadata={"format": "pt"})
    gold = {k: v.detach().contiguous().clone() for k, v in gold.items()}
    save_file(gold, OUT / "golden.safetensors", metadata={"prompt": PROMPT, "negative": NEGATIVE})
    for f in sorted(OUT.rglob("*")):
        if f.is_file():
            print(f"{f.stat().st_size:8d} {f.relative_to(OUT)}")


def run(gold, pipe, name, more):
    with torch.no_grad():
        text = pipe.encode_prompt(PROMPT, do_classifier_free_guidance=True, negative_prompt=more.get("negative_prompt"),
                                  clip_skip=more.get("clip_skip"))
        gold[name + ".context"] = torch.cat([text[1], text[0]])
        gold[name + ".pooled"] = torch.cat([text[3], text[2]])

        def keep(pipe, step, t, kwargs):
            gold[f"{name}.step{step}"] = kwargs["latents"].clone()
            return kwargs

        pipe(PROMPT, latents=gold["latents"].clone(), num_inference_steps=6, guidance_scale=4.0, height=16, width=16,
             output_type="latent", callback_on_step_end=keep, **more)


if __name__ == "__main__":
    main()
