"""Makes src/test/resources/objective-sd-scripts.safetensors: weights, thresholds, losses and noise by sd-scripts' own functions.

Run with the versions of requirements.txt, and SD_SCRIPTS naming a checkout of kohya-ss/sd-scripts at 48d368f, of which
library/train_util.py needs torchvision, opencv-python-headless and imagesize besides:
  SD_SCRIPTS=path/to/sd-scripts python objective_sd_scripts.py

Everything is F32, as there. Timesteps are T of objective.py.
  weight.NAME               [len(T)]   what a loss of 1 becomes
  huber.SCHEDULE            [len(T)]   thresholds for huber_c 0.1 and huber_scale 0.5
  loss.CRITERION            [len(T)]   mean losses of `predicted` against `target` with these thresholds (exponential)
  offset.NAME               noise of one sample with an offset, of `noise`, `latents` and `offset.NAME.numbers`
  pyramid.N.result          noise of several resolutions, of `noise`, pyramid.N.uniform and pyramid.N.level0, ...
"""

import os
import random
import sys
import types
from pathlib import Path
from types import SimpleNamespace

import torch
from diffusers import DDPMScheduler
from safetensors.torch import save_file

sys.path.insert(0, os.environ["SD_SCRIPTS"])
# Pipelines that need an older transformers, and of which nothing is used here.
for name, kind in (
    ("library.lpw_stable_diffusion", "StableDiffusionLongPromptWeightingPipeline"),
    ("library.sdxl_lpw_stable_diffusion", "SdxlStableDiffusionLongPromptWeightingPipeline"),
):
    sys.modules[name] = types.ModuleType(name)
    setattr(sys.modules[name], kind, object)
from library import custom_train_functions as custom
from library import train_util

OUT = Path(__file__).resolve().parent.parent / "resources" / "objective-sd-scripts.safetensors"
T = torch.tensor([0, 1, 100, 146, 250, 500, 750, 998, 999])
gold = {}


def scheduler(zero=False):
    made = DDPMScheduler(num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
    if zero:
        custom.fix_noise_scheduler_betas_for_zero_terminal_snr(made)
    custom.prepare_scheduler_for_custom_training(made, "cpu")
    return made


plain, zero = scheduler(), scheduler(True)
one = torch.ones(len(T))
gold["weight.min_snr.epsilon"] = custom.apply_snr_weight(one, T, plain, 5)
gold["weight.min_snr.v_prediction"] = custom.apply_snr_weight(one, T, plain, 5, True)
gold["weight.zero_min_snr.v_prediction"] = custom.apply_snr_weight(one, T, zero, 5, True)
gold["weight.debiased.epsilon"] = custom.apply_debiased_estimation(one, T, plain)
gold["weight.debiased.v_prediction"] = custom.apply_debiased_estimation(one, T, plain, True)
gold["weight.scale_v.v_prediction"] = custom.scale_v_prediction_loss_like_noise_prediction(one, T, plain)
gold["weight.like_v.epsilon"] = custom.add_v_prediction_like_loss(one, T, plain, torch.tensor(0.5))

torch.manual_seed(4)
predicted, target = torch.randn(len(T), 4, 6, 10), torch.randn(len(T), 4, 6, 10)
gold["predicted"], gold["target"] = predicted, target
for schedule in "constant", "exponential", "snr":
    for criterion in "huber", "smooth_l1":
        args = SimpleNamespace(loss_type=criterion, huber_schedule=schedule, huber_c=0.1, huber_scale=0.5)
        threshold = train_util.get_huber_threshold_if_needed(args, T, plain)
        gold["huber." + schedule] = threshold.float()
        if schedule == "exponential":
            each = train_util.conditional_loss(predicted, target, criterion, "none", threshold)
            gold["loss." + criterion] = each.mean((1, 2, 3))
for criterion in "l2", "l1":
    gold["loss." + criterion] = train_util.conditional_loss(predicted, target, criterion, "none", None).mean((1, 2, 3))

noise, latents = torch.randn(1, 4, 12, 20), torch.randn(1, 4, 12, 20) + torch.tensor([2.0, -1, 0, 0.5]).view(1, 4, 1, 1)
gold["noise"], gold["latents"] = noise[0], latents[0]
drawn = []
randn = torch.randn


def recorded(*sizes, **options):
    drawn.append(randn(*sizes, **options))
    return drawn[-1]


torch.randn = recorded
for name, adaptive in ("plain", None), ("adaptive", 0.05), ("clamped", -0.2):
    drawn.clear()
    gold["offset." + name] = custom.apply_noise_offset(latents, noise, 0.1, adaptive)[0]
    gold[f"offset.{name}.numbers"] = drawn[0].flatten()
# One that ends as its iterations do, and one that ends where a side has a single element.
for n, iterations in enumerate((2, 6)):
    drawn.clear()
    uniform = []
    random.seed(n)
    unit = random.random
    random.random = lambda: uniform.append(unit()) or uniform[-1]
    gold[f"pyramid.{n}.result"] = custom.pyramid_noise_like(noise.clone(), "cpu", iterations, 0.4)[0]
    random.random = unit
    gold[f"pyramid.{n}.uniform"] = torch.tensor(uniform, dtype=torch.float64)
    for i, level in enumerate(drawn):
        gold[f"pyramid.{n}.level{i}"] = level[0]

save_file({k: v.clone().contiguous() for k, v in gold.items()}, OUT)
print(len(gold), OUT.stat().st_size)
