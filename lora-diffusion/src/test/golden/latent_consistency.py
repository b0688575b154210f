"""Makes src/test/resources/latent-consistency.safetensors: runs of denoisers that are told the guidance scale.

Run offline with the versions of requirements.txt:  HF_HUB_OFFLINE=1 python latent_consistency.py
tiny-sd and tiny-xl with a time_cond_proj_dim of 16, whose weight is a formula (formula.py), by LCMScheduler and the pipelines
of diffusers: "sd" and "xl" are the latents after four steps from seed 5 with guidance 4.5. "embedding.G" is what
get_guidance_scale_embedding makes of the guidance G in 16 and in 7 numbers ("embedding.G.odd").
"""

from pathlib import Path

import torch
from diffusers import (
    LatentConsistencyModelPipeline, LCMScheduler, StableDiffusionPipeline, StableDiffusionXLPipeline, UNet2DConditionModel)
from safetensors.torch import save_file

from formula import weight

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
WIDTH = 16
PROMPT = "A red fox, drawn with ink"


def told(pipeline):
    plain = pipeline.unet
    config = {k: v for k, v in plain.config.items() if not k.startswith("_")}
    unet = UNet2DConditionModel(**config | dict(time_cond_proj_dim=WIDTH))
    name = "time_embedding.cond_proj.weight"
    state = dict(plain.state_dict())
    state[name] = weight(name, unet.time_embedding.cond_proj.weight.shape)
    unet.load_state_dict(state)
    return unet.eval(), LCMScheduler.from_config(pipeline.scheduler.config)


def run(pipeline, **more):
    pipeline.set_progress_bar_config(disable=True)
    with torch.no_grad():
        return pipeline(
            PROMPT, num_inference_steps=4, guidance_scale=4.5, generator=torch.Generator().manual_seed(5),
            output_type="latent", **more).images


def main():
    torch.set_num_threads(1)
    gold = {}
    sd = StableDiffusionPipeline.from_pretrained(
        RESOURCES / "tiny-sd", safety_checker=None, feature_extractor=None, requires_safety_checker=False)
    unet, scheduler = told(sd)
    parts = {k: v for k, v in sd.components.items() if k not in ("unet", "scheduler")}
    lcm = LatentConsistencyModelPipeline(**parts, unet=unet, scheduler=scheduler, requires_safety_checker=False)
    gold["sd"] = run(lcm)
    xl = StableDiffusionXLPipeline.from_pretrained(RESOURCES / "tiny-xl")
    xl.unet, xl.scheduler = told(xl)
    gold["xl"] = run(xl, height=16, width=16)
    for guidance in (1.0, 4.5, 8.5, 0.5):
        of = LatentConsistencyModelPipeline.get_guidance_scale_embedding
        w = torch.tensor(guidance - 1).repeat(1)
        gold[f"embedding.{guidance}"] = of(None, w, embedding_dim=WIDTH)
        gold[f"embedding.{guidance}.odd"] = of(None, w, embedding_dim=7)
    save_file({k: v.contiguous().clone() for k, v in gold.items()}, RESOURCES / "latent-consistency.safetensors")
    print({k: tuple(v.shape) for k, v in gold.items()})


main()
