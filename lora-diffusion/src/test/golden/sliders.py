"""Makes src/test/resources/sliders.safetensors: a step of a concept slider on tiny-sd and tiny-xl, in both directions.

Run offline with the versions of requirements.txt:  HF_HUB_OFFLINE=1 python sliders.py
The target is that of the paper's own trainer (`PromptEmbedsPair._enhance` of rohitgandikota/sliders: neutral + guidance_scale *
(positive - unconditional), neutral being the target prompt), with the layers off; that of the negative direction, which later
trainers take too, has the other sign, and PEFT's scale of the layers there is -1. The loss is the mean of both squared errors.
Bases, factors, latents, noise and contexts of the target are those of training.py's batch 0; the contexts of the other two
prompts are formulas. All is computed in F64, with the shares of picture and noise rounded to F32.

  CASE/loss               of the batch
  CASE/direction          mean square of what the adapter is to add
  CASE/forwards, /backwards   the two losses
  CASE/gradient/...       as in training.safetensors
"""

import dataclasses

import torch
from peft.tuners.lora import LoraLayer
from safetensors.torch import save_file
from torch.nn.functional import mse_loss

import training
from training import HERE, POOLED, TOKENS, WIDTH, XL_WIDTH, Batch, numbers

ETA = 2.5


@dataclasses.dataclass
class Case(training.Case):
    pass


CASES = {
    "epsilon": Case(),
    "velocity": Case(velocity=True, everywhere=True),
    "xl": Case(xl=True),
}


def scaled(unet, by):
    """The adapter at a weight; 0 turns it off."""
    for layer in unet.modules():
        if isinstance(layer, LoraLayer):
            layer.enable_adapters(by != 0)
            layer.set_scale("default", by or 1)


def slid(key, case, gold):
    run = training.Training(case)
    batch, unet = Batch(0), run.unet
    t, n = batch.timesteps, len(batch.timesteps)
    alphas = run.scheduler.alphas_cumprod[t].reshape(-1, 1, 1, 1)
    noisy = alphas.sqrt().float().double() * batch.latents + (1 - alphas).sqrt().float().double() * batch.noise
    width = XL_WIDTH if case.xl else WIDTH

    def predicted(prompt, weight):
        scaled(unet, weight)
        if prompt == "target":
            context = batch.wide if case.xl else batch.context
        else:
            context = numbers(prompt, n, TOKENS, width, scale=2)
        if not case.xl:
            return unet(noisy, t, context).sample
        pooled, sizes = batch.told()
        if prompt != "target":
            pooled = numbers(prompt + ".pooled", n, POOLED, scale=2)
        return unet(noisy, t, context, added_cond_kwargs=dict(text_embeds=pooled, time_ids=sizes)).sample

    with torch.no_grad():
        neutral, positive, negative = (predicted(p, 0) for p in ("target", "positive", "negative"))
    scaled(unet, 1)
    for factor in run.factors.values():
        factor.requires_grad_(True)
    direction = ETA * (positive - negative)
    forwards = mse_loss(predicted("target", 1), neutral + direction)
    backwards = mse_loss(predicted("target", -1), neutral - direction)
    loss = (forwards + backwards) / 2
    loss.backward()
    gold[key + "/loss"] = loss.detach()
    gold[key + "/direction"] = direction.square().mean()
    gold[key + "/forwards"], gold[key + "/backwards"] = forwards.detach(), backwards.detach()
    training.put(gold, key + "/gradient", [p.grad for p in run.factors.values()], training.GRADIENTS)
    print(key, len(run.factors), "factors, loss", loss.item(), "of", gold[key + "/direction"].item())


def main():
    gold = {}
    for key, case in CASES.items():
        slid(key, case, gold)
    save_file(gold, HERE / "sliders.safetensors")


if __name__ == "__main__":
    main()
