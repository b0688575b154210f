"""Makes src/test/resources/step-expected.safetensors: five steps of a LoRA on tiny-sd3 by diffusers, PEFT and torch, in F64.

Run offline with the versions of requirements.txt, after tiny_sd3.py:  HF_HUB_OFFLINE=1 python step.py
Reads step-inputs.safetensors, which Sd3StepTest writes to target (copy it to src/test/resources): latents, contexts, the first
factors, and the noise and levels (timestep, signal, share of noise) that lora4j draws. The flow's loss is diffusers' (train_dreambooth_lora_sd3.py): noisy latents
(1 - s) x + s e with s = t / 1000, target e - x, no weights. Gradients are clipped to 1.

The sines of the timesteps, which diffusers takes in F32, are F64 ones rounded, as their last bit in F32 is another by processor.

  losses, norms    of each step; norms before clipping
"""

import torch
from diffusers import SD3Transformer2DModel
from peft import LoraConfig, inject_adapter_in_model
from safetensors.torch import load_file, save_file

from tiny_sd3 import OUT, PIPELINE

PARTS = {"lora_A": "down", "lora_B": "up"}


def rounded(function):
    """The function of F32 numbers in F64, rounded to F32; of others, as it is."""
    return lambda x, *more, **named: function(x.double()).float() if x.dtype == torch.float32 else function(x, *more, **named)


for name in ("exp", "cos", "sin"):
    setattr(torch, name, rounded(getattr(torch, name)))


def steps(model, folder, predicted, run="step"):
    """Takes the steps; `predicted` gives the network's output for noisy latents and timesteps."""
    given = {k: v.double() for k, v in load_file(folder / f"{run}-inputs.safetensors").items()}
    model = model.double().train()
    model.requires_grad_(False)
    sites = [k.removeprefix("transformer.").removesuffix(".down") for k in given if k.endswith(".down")]
    inject_adapter_in_model(LoraConfig(r=2, lora_alpha=3, target_modules=sites), model, "default")
    model.double()
    factors = []
    for name, p in model.named_parameters():
        if p.requires_grad:
            site, role = name.split(".lora_")
            with torch.no_grad():
                p.copy_(given[f"transformer.{site}.{PARTS['lora_' + role[0]]}"])
            factors.append(p)
    assert len(factors) == 2 * len(sites)
    optimizer = torch.optim.AdamW(factors, lr=1e-2, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
    latents = torch.stack([given["latents0"], given["latents1"]])
    losses, norms = [], []
    for i in range(5):
        t, signal, share = torch.stack([given[f"level{i}.{row}"] for row in range(2)], 1)
        noise = torch.stack([given[f"noise{i}.{row}"] for row in range(2)])
        assert torch.allclose(t / 1000, share, atol=1e-6) and torch.allclose(signal + share, torch.ones(2).double(), atol=1e-6)
        signal, share = (x.reshape(-1, 1, 1, 1) for x in (signal, share))
        noisy = signal * latents + share * noise
        out = predicted(model, noisy, given["context"], given.get("pooled"), t.float())
        loss = ((out - (noise - latents)) ** 2).mean((1, 2, 3)).mean()
        optimizer.zero_grad()
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(factors, 1.0).detach())
        optimizer.step()
        losses.append(loss.detach())
    print(losses, norms)
    save_file(dict(losses=torch.stack(losses), norms=torch.stack(norms)), folder / f"{run}-expected.safetensors")


def main():
    model = SD3Transformer2DModel.from_pretrained(PIPELINE / "transformer")
    steps(model, OUT, lambda m, noisy, context, pooled, t: m(noisy, context, pooled, t, return_dict=False)[0])


if __name__ == "__main__":
    main()
