"""The two tiny bases, the layers of theirs that adapters get, and what a pipeline makes of them."""

import hashlib
import logging
import warnings
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline

RESOURCES = Path(__file__).resolve().parent.parent.parent / "resources"
OUT = RESOURCES / "adapters"
PROMPT = "a red fox with a hat, flat color"
NEGATIVE = "a dog"
STEPS = 2
GUIDANCE = 3.0

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

MID = "mid_block.attentions.0.transformer_blocks.0."
DOWN = {"sd": "down_blocks.0.", "xl": "down_blocks.1."}
UP = {"sd": "up_blocks.1.", "xl": "up_blocks.0."}


def layers(base):
    """Names of layers of the denoiser: every kind that there is, in each third of it."""
    down, up = DOWN[base], UP[base]
    block = "attentions.0.transformer_blocks.0."
    return [
        "conv_in",
        "time_embedding.linear_1",
        down + "attentions.0.proj_in",
        down + block + "attn1.to_q",
        down + block + "attn2.to_k",
        down + block + "ff.net.0.proj",
        down + "resnets.0.conv1",
        down + "resnets.0.time_emb_proj",
        "down_blocks.0.downsamplers.0.conv",
        MID + "attn1.to_v",
        MID + "attn2.to_out.0",
        "up_blocks.0.upsamplers.0.conv",
        up + block + "ff.net.2",
        up + "attentions.1.proj_out",
    ]


TEXT = [
    "layers.0.self_attn.q_proj",
    "layers.0.self_attn.v_proj",
    "layers.0.mlp.fc1",
    "layers.1.self_attn.out_proj",
    "layers.1.mlp.fc2",
]


def attention(base):
    return [n for n in layers(base) if ".attn" in n or ".ff." in n]


def linear(base):
    return [n for n, m in chosen(pipeline(base).unet, layers(base)) if isinstance(m, torch.nn.Linear)]


def chosen(model, ends):
    """The modules whose names are, or end in, one of these."""
    return [(n, m) for n, m in model.named_modules() if any(n == e or n.endswith("." + e) for e in ends)]


def pipeline(base):
    kind = {"sd": StableDiffusionPipeline, "xl": StableDiffusionXLPipeline}[base]
    pipe = kind.from_pretrained(RESOURCES / f"tiny-{base}")
    pipe.set_progress_bar_config(disable=True)
    pipe.unet.requires_grad_(False)
    return pipe


def noise(key, shape, scale=1.0):
    """Standard normal numbers that depend on the key alone."""
    seed = int.from_bytes(hashlib.sha256(key.encode()).digest()[:7], "big")
    return scale * torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def start(base):
    return noise("start", (1, 4, 8, 8))


def latents(pipe, base):
    """The latents that the whole pipeline ends with."""
    side = 8 * pipe.vae_scale_factor
    with torch.no_grad():
        return pipe(PROMPT, negative_prompt=NEGATIVE, latents=start(base), num_inference_steps=STEPS,
                    guidance_scale=GUIDANCE, height=side, width=side, output_type="latent").images
