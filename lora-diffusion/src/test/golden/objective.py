"""Makes src/test/resources/objective.safetensors: what a step of diffusion training optimises, by its published formulas.

Run offline with the versions of requirements.txt:  python objective.py
Signal-to-noise ratios agree with diffusers' compute_snr, noisy latents and velocities those of its DDPMScheduler,
densities and weights of a flow those of its training utilities. All else is written out here in torch, as the papers and
the option descriptions of kohya's trainer define it. Weights and thresholds are F64 at the timesteps T.

  snr, snr.zero             [len(T)]   signal-to-noise ratios, of SD 1.5 and rescaled to end in noise
  weight.NAME               [len(T)]   weights of a sample; NAME is a row of `weights` below
  flow.weight.NAME          at the shares of noise S
  huber.SCHEDULE            [len(T)]   thresholds for huber_c 0.1
  density.NAME              what the law makes of the uniform numbers of `uniform` (through the normal quantile)
  quantile                  normal quantiles of `uniform`
  offset.*, pyramid.*       noise before and after, with the numbers that it was made of
  loss.PREDICTION.CRITERION[.masked]   losses of each sample, with noisy.PREDICTION and target.PREDICTION
"""

import math
from pathlib import Path

import torch
import torch.nn.functional as F
from diffusers import DDPMScheduler
from diffusers.training_utils import compute_density_for_timestep_sampling, compute_loss_weighting_for_sd3, compute_snr
from safetensors.torch import save_file

OUT = Path(__file__).resolve().parent.parent / "resources" / "objective.safetensors"
SD = dict(num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
T = torch.tensor([0, 1, 100, 146, 250, 500, 750, 998, 999])
S = torch.tensor([0.001, 0.1, 0.25, 0.5, 0.75, 1.0], dtype=torch.float64)
gold = {}

def double(scheduler):
    """The schedule in F64, so that a weight is compared and not the rounding of a product of a thousand factors."""
    start, end = 0.00085 ** 0.5, 0.012 ** 0.5
    alphas = torch.cumprod(1 - torch.linspace(start, end, 1000, dtype=torch.float64) ** 2, 0)
    assert torch.allclose(alphas.float(), scheduler.alphas_cumprod, rtol=2e-5)
    scheduler.alphas_cumprod = alphas
    return scheduler

def ratio(scheduler):
    """The signal-to-noise ratio in F64; diffusers computes it in F32."""
    snr = scheduler.alphas_cumprod[T] / (1 - scheduler.alphas_cumprod[T])
    assert torch.allclose(snr.float(), compute_snr(scheduler, T).float(), rtol=1e-4)
    return snr


plain = double(DDPMScheduler(**SD))
snr = ratio(plain)
gold["snr"] = snr
capped = snr.clamp(max=1000)
scale = capped / (capped + 1)
weights = {
    "min_snr.epsilon": torch.minimum(snr, torch.tensor(5.0)) / snr,
    "min_snr.v_prediction": torch.minimum(snr, torch.tensor(5.0)) / (snr + 1),
    "debiased.epsilon": 1 / capped.sqrt(),
    "debiased.v_prediction": 1 / (capped + 1),
    "scale_v.v_prediction": scale,
    "like_v.epsilon": 1 + 0.5 / scale,
    "min_snr_and_like_v.epsilon": torch.minimum(snr, torch.tensor(5.0)) / snr * (1 + 0.5 / scale),
    "min_snr_and_scale_v.v_prediction": torch.minimum(snr, torch.tensor(5.0)) / (snr + 1) * scale,
}
for name, value in weights.items():
    gold["weight." + name] = value
# Zero terminal SNR: Lin et al. 2024, algorithm 1, on the roots of the products.
roots = plain.alphas_cumprod.sqrt()
rescaled = ((roots - roots[-1]) * roots[0] / (roots[0] - roots[-1])) ** 2
zero = double(DDPMScheduler(**SD))
zero.alphas_cumprod = rescaled
gold["snr.zero"] = ratio(zero)
gold["weight.zero_min_snr.v_prediction"] = torch.minimum(gold["snr.zero"], torch.tensor(5.0)) / (gold["snr.zero"] + 1)
for name in ("none", "sigma_sqrt", "cosmap"):
    gold["flow.weight." + name] = compute_loss_weighting_for_sd3(name, S).double()
# The squared error of the clean latents that a velocity stands for, over that of the velocity (sd-scripts' sigma_scaled).
clean, noise, velocity = (torch.tensor([n], dtype=torch.float64) for n in (0.3, -1.1, 0.7))
shown = ((1 - S) * clean + S * noise) - S * velocity - clean
gold["flow.weight.sigma_squared"] = shown ** 2 / (velocity - (noise - clean)) ** 2

c = 0.1
sigmas = ((1 - plain.alphas_cumprod[T]) / plain.alphas_cumprod[T]).sqrt()
gold["huber.constant"] = torch.full((len(T),), c, dtype=torch.float64)
gold["huber.exponential"] = torch.exp(math.log(c) * T.double() / 1000)
gold["huber.snr"] = (1 - c) / (1 + sigmas) ** 2 + c

u = torch.tensor([1e-9, 1e-4, 0.02, 0.075, 0.3, 0.5, 0.6, 0.925, 0.99, 1 - 1e-7], dtype=torch.float64)
normal = torch.special.ndtri(u)
gold["uniform"], gold["quantile"] = u, normal
gold["density.sigmoid"] = torch.sigmoid(1.3 * normal)
gold["density.shift"] = 3 * torch.sigmoid(normal) / (1 + 2 * torch.sigmoid(normal))
gold["density.logit_normal"] = torch.sigmoid(-0.4 + 0.7 * normal)
gold["density.mode"] = 1 - u - 1.29 * (torch.cos(math.pi * u / 2) ** 2 - 1 + u)
# diffusers draws its own uniform numbers: the formula above is its, on its numbers.
seeded = torch.rand(8, generator=torch.Generator().manual_seed(3))
theirs = compute_density_for_timestep_sampling("mode", 8, mode_scale=1.29, generator=torch.Generator().manual_seed(3))
assert torch.allclose(theirs, 1 - seeded - 1.29 * (torch.cos(math.pi * seeded / 2) ** 2 - 1 + seeded))

g = torch.Generator().manual_seed(9)

def randn(*sizes):
    return torch.randn(*sizes, generator=g)

# Noise of one sample of 4 channels, 6 x 10.
noise, latents, numbers = randn(4, 6, 10), randn(4, 6, 10) + torch.tensor([2.0, -1, 0, 0.5]).view(4, 1, 1), randn(4)
gold["offset.noise"], gold["offset.latents"], gold["offset.numbers"] = noise, latents, numbers
gold["offset.plain"] = noise + 0.1 * numbers.view(4, 1, 1)
for name, adaptive in ("adaptive", 0.05), ("clamped", -0.2):
    strength = (0.1 + adaptive * latents.mean((1, 2), keepdim=True).abs()).clamp(min=0)
    gold["offset." + name] = noise + strength * numbers.view(4, 1, 1)

total, sizes = noise.clone(), [(6, 10), (2, 4), (1, 2)]
for i, (h, w) in enumerate(sizes):
    level = randn(4, h, w)
    gold[f"pyramid.level{i}"] = level
    total = total + 0.4 ** i * F.interpolate(level[None], size=(6, 10), mode="bilinear")[0]
gold["pyramid.result"] = total / total.std()

# Losses: three samples of different levels, weights 1, 0.5 and 2.
x0, eps, seen, predicted = randn(3, 4, 6, 10), randn(3, 4, 6, 10), randn(3, 4, 6, 10), randn(3, 4, 6, 10)
seen = eps + 0.1 * seen
mask = torch.rand(3, 1, 48, 80, generator=g)
steps, shares = torch.tensor([10, 400, 950]), torch.tensor([0.02, 0.4, 0.9])
sample_weights = torch.tensor([1, 0.5, 2])
gold |= {"loss.latents": x0, "loss.noise": eps, "loss.seen": seen, "loss.predicted": predicted, "loss.mask": mask}
area = F.interpolate(mask, size=(6, 10), mode="area")
for prediction in ("epsilon", "v_prediction", "flow"):
    if prediction == "flow":
        s = shares.view(3, 1, 1, 1)
        noisy, target = (1 - s) * x0 + s * seen, eps - x0
        threshold = torch.exp(math.log(c) * shares)
    else:
        scheduler = DDPMScheduler(**SD)
        noisy = scheduler.add_noise(x0, seen, steps)
        target = eps if prediction == "epsilon" else scheduler.get_velocity(x0, eps, steps)
        threshold = torch.exp(math.log(c) * steps / 1000)
    gold["noisy." + prediction], gold["target." + prediction] = noisy, target
    h = threshold.view(3, 1, 1, 1)
    d = predicted - target
    criteria = {
        "l2": F.mse_loss(predicted, target, reduction="none"),
        "l1": F.l1_loss(predicted, target, reduction="none"),
        "huber": 2 * h * ((d ** 2 + h ** 2).sqrt() - h),
        "smooth_l1": 2 * ((d ** 2 + h ** 2).sqrt() - h),
    }
    for name, each in criteria.items():
        gold[f"loss.{prediction}.{name}"] = each.mean((1, 2, 3)) * sample_weights
        gold[f"loss.{prediction}.{name}.masked"] = (each * area).mean((1, 2, 3)) * sample_weights

save_file({k: v.clone() for k, v in gold.items()}, OUT)
print(len(gold), OUT.stat().st_size)
