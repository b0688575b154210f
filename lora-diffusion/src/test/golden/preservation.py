"""Makes src/test/resources/preservation.safetensors: a step of training tiny-sd and tiny-xl that keeps the base's predictions of
a class: loss of the pictures + weight * mse(adapter, base), both for the same noisy latents with captions of the class
(differential output preservation of ai-toolkit's trainer).

Run offline with the versions of requirements.txt:  HF_HUB_OFFLINE=1 python preservation.py
Bases, factors, latents, noise and contexts are those of training.py's batch 0; the contexts of the class are formulas. All is
computed in F64, with the shares of picture and noise rounded to F32.

  CASE/loss                   of the batch
  CASE/pictures, /distance    its parts, before the weight
  CASE/gradient/...           as in training.safetensors
"""

import torch
from peft.tuners.lora import LoraLayer
from safetensors.torch import save_file
from torch.nn.functional import mse_loss

import training
from training import HERE, POOLED, TOKENS, WIDTH, XL_WIDTH, Batch, Case, numbers

WEIGHT = 0.75

CASES = {
    "epsilon": Case(),
    "velocity": Case(velocity=True, everywhere=True),
    "xl": Case(xl=True),
}


def on(unet, on):
    for layer in unet.modules():
        if isinstance(layer, LoraLayer):
            layer.enable_adapters(on)


def kept(key, case, gold):
    run = training.Training(case)
    batch, unet = Batch(0), run.unet
    t, n = batch.timesteps, len(batch.timesteps)
    alphas = run.scheduler.alphas_cumprod[t].reshape(-1, 1, 1, 1)
    noisy = alphas.sqrt().float().double() * batch.latents + (1 - alphas).sqrt().float().double() * batch.noise
    context = numbers("class", n, TOKENS, XL_WIDTH if case.xl else WIDTH, scale=2)
    told = {}
    if case.xl:
        pooled = numbers("class.pooled", n, POOLED, scale=2)
        told = dict(added_cond_kwargs=dict(text_embeds=pooled, time_ids=batch.told()[1]))
    on(unet, False)
    with torch.no_grad():
        base = unet(noisy, t, context, **told).sample
    on(unet, True)
    for factor in run.factors.values():
        factor.requires_grad_(True)
    distance = mse_loss(unet(noisy, t, context, **told).sample, base)
    pictures = run.loss(batch)
    loss = pictures + WEIGHT * distance
    loss.backward()
    gold[key + "/loss"] = loss.detach()
    gold[key + "/pictures"], gold[key + "/distance"] = pictures.detach(), distance.detach()
    training.put(gold, key + "/gradient", [p.grad for p in run.factors.values()], training.GRADIENTS)
    print(key, "loss", loss.item(), "of pictures", pictures.item(), "distance", distance.item())


def main():
    gold = {}
    for key, case in CASES.items():
        kept(key, case, gold)
    save_file(gold, HERE / "preservation.safetensors")


if __name__ == "__main__":
    main()
