"""Makes src/test/resources/samplers.safetensors: runs of diffusers' schedulers on a network that is a formula.

Run offline with the versions of requirements.txt:  python samplers.py
The network's prediction for latents x at timestep t is 0.6 sin(2 x + t / 300) + 0.3 x, so that both sides can compute it.
For each case NAME: NAME.timesteps, NAME.first (latents after the first step), NAME.last (after the last), NAME.levels
(sigmas, where the scheduler has them). Latents are at the scale that the scheduler gives them.
"""

import inspect
from pathlib import Path

import torch
from diffusers import (
    DDIMScheduler, DDPMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler, FlowMatchHeunDiscreteScheduler, HeunDiscreteScheduler, LCMScheduler,
    TCDScheduler, UniPCMultistepScheduler)
from safetensors.torch import save_file

OUT = Path(__file__).resolve().parent.parent / "resources" / "samplers.safetensors"
SD = dict(num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1)
CLASSES = {
    "ddim": (DDIMScheduler, dict(clip_sample=False, set_alpha_to_one=False)),
    "ddpm": (DDPMScheduler, dict(clip_sample=False)),
    "euler": (EulerDiscreteScheduler, {}),
    "euler-a": (EulerAncestralDiscreteScheduler, {}),
    "heun": (HeunDiscreteScheduler, {}),
    "dpmpp-2m": (DPMSolverMultistepScheduler, dict(algorithm_type="dpmsolver++")),
    "dpmpp-2m-sde": (DPMSolverMultistepScheduler, dict(algorithm_type="sde-dpmsolver++")),
    "unipc": (UniPCMultistepScheduler, {}),
    "lcm": (LCMScheduler, dict(clip_sample=False, set_alpha_to_one=False)),
    "tcd": (TCDScheduler, dict(clip_sample=False, set_alpha_to_one=False)),
}
SPREAD = {"schedule": {}, "karras": dict(use_karras_sigmas=True), "exponential": dict(use_exponential_sigmas=True)}
FEW_STEPS = {"lcm", "tcd"}
WITH_SPREAD = {"euler", "heun", "dpmpp-2m", "dpmpp-2m-sde", "unipc"}


def predict(x, t):
    return 0.6 * torch.sin(2 * x + t / 300) + 0.3 * x


def run(gold, name, scheduler, steps):
    generator = torch.Generator().manual_seed(5)
    noise = torch.randn(1, 4, 4, 4, generator=generator)
    scheduler.set_timesteps(steps)
    flow = isinstance(scheduler, (FlowMatchEulerDiscreteScheduler, FlowMatchHeunDiscreteScheduler))
    x = noise * (1 if flow else scheduler.init_noise_sigma)
    for i, t in enumerate(scheduler.timesteps):
        seen = x if flow else scheduler.scale_model_input(x, t)
        takes = "generator" in scheduler.step.__code__.co_varnames
        x = scheduler.step(predict(seen, t.float()), t, x, **(dict(generator=generator) if takes else {})).prev_sample
        if i == 0:
            gold[name + ".first"] = x
    gold[name + ".last"] = x
    gold[name + ".timesteps"] = scheduler.timesteps.float()
    if hasattr(scheduler, "sigmas"):
        gold[name + ".sigmas"] = scheduler.sigmas.float()


def main():
    gold = {}
    for sampler, (cls, own) in CLASSES.items():
        for prediction in ("epsilon", "v_prediction"):
            for spacing in ("leading", "trailing", "linspace"):
                if sampler in FEW_STEPS and spacing != "leading":
                    continue
                for law, extra in SPREAD.items():
                    if law != "schedule" and (sampler not in WITH_SPREAD or spacing == "linspace"):
                        continue
                    for steps in (1, 2, 7, 20) if law == "schedule" else (7,):
                        config = SD | own | extra | dict(prediction_type=prediction)
                        if sampler not in FEW_STEPS:
                            config["timestep_spacing"] = spacing
                        run(gold, f"{sampler}/{prediction}/{spacing}/{law}/{steps}", cls(**config), steps)
        if sampler not in FEW_STEPS and "rescale_betas_zero_snr" in inspect.signature(cls.__init__).parameters:
            config = SD | own | dict(
                prediction_type="v_prediction", timestep_spacing="trailing", rescale_betas_zero_snr=True)
            run(gold, f"{sampler}/zero-snr", cls(**config), 7)
    for shift in (1.0, 3.0):
        for steps in (1, 2, 7, 20):
            run(gold, f"euler/flow/{shift}/{steps}", FlowMatchEulerDiscreteScheduler(shift=shift), steps)
        run(gold, f"heun/flow/{shift}/7", FlowMatchHeunDiscreteScheduler(shift=shift), 7)
    save_file({k: v.reshape(-1).contiguous().clone() for k, v in gold.items()}, OUT)
    print(len(gold), "tensors,", OUT.stat().st_size, "bytes")


main()
