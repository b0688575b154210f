"""Makes src/test/resources/configurations/schedulers.safetensors: what diffusers makes of settings of schedulers.

Run offline with the versions of requirements.txt:  HF_HUB_OFFLINE=1 python scheduler_variants.py
"betas" [40]: the trained_betas of a DDIMScheduler; "trained", "trained/zero-snr": its alphas_cumprod, without and with
rescale_betas_zero_snr. "offset/LEADS" [7]: the timesteps of seven steps in the pipeline of Stable Diffusion where the file
says steps_offset LEADS, which the pipeline corrects to 1; it also corrects clip_sample, which is checked here.
"""

from pathlib import Path

import torch
from diffusers import DDIMScheduler, StableDiffusionPipeline
from safetensors.torch import save_file

OUT = Path(__file__).resolve().parent.parent / "resources" / "configurations" / "schedulers.safetensors"


def pipeline(scheduler):
    parts = dict(vae=None, text_encoder=None, tokenizer=None, unet=None, safety_checker=None, feature_extractor=None)
    return StableDiffusionPipeline(scheduler=scheduler, requires_safety_checker=False, **parts)


def main():
    betas = [round(0.001 + 0.1 * ((7 * i) % 40) / 40, 6) for i in range(40)]
    gold = {"betas": torch.tensor(betas, dtype=torch.float64)}
    for name, more in (("trained", {}), ("trained/zero-snr", dict(rescale_betas_zero_snr=True))):
        scheduler = DDIMScheduler(num_train_timesteps=40, trained_betas=betas, **more)
        gold[name] = scheduler.alphas_cumprod.double()
    for leads in (0, 1, 3):
        made = pipeline(DDIMScheduler(steps_offset=leads, clip_sample=True)).scheduler
        assert made.config.clip_sample is False and made.config.steps_offset == 1
        made.set_timesteps(7)
        gold[f"offset/{leads}"] = made.timesteps.double()
    save_file({k: v.contiguous().clone() for k, v in gold.items()}, OUT)
    print(len(gold), "tensors,", OUT.stat().st_size, "bytes")


main()
