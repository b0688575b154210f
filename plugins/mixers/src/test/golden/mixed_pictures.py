"""Makes ../resources/mixed-pictures.safetensors: Multi-LoRA Switch and Composite by diffusers, on the tiny base.

Run offline with the versions of lora-diffusion/src/test/golden/requirements.txt:  HF_HUB_OFFLINE=1 python mixed_pictures.py
Each tensor is a picture [32, 32, 3] of levels (U8): seven steps, guidance 3, seed 7, adapter two at 0.8, one at 0.6.
  switch.program: turns of two steps by a callback at the end of steps 2, 4 and 6, as the authors' program has it, and
                  its text encoder, which runs once, with the first adapter
  switch.paper:   turns of two steps, floor(i / 2) mod 2, and the same text encoder
  composite.own:  the mean after guidance, each adapter alone, also in the text encoder
  composite.all:  the same, with all adapters in the text encoder
  composite.1.3:  the first counts once, the second three times
"""

from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from safetensors.torch import save_file

HERE = Path(__file__).resolve().parent
BASE = HERE.parents[4] / "lora-diffusion/src/test/resources/tiny-sd"
OUT = HERE.parent / "resources" / "mixed-pictures.safetensors"
PROMPT, STEPS, GUIDANCE, SEED, TURN = "a red fox", 7, 3.0, 7, 2
ADAPTERS = {"two": ("lora-kohya-2.safetensors", 0.8), "one": ("lora-kohya.safetensors", 0.6)}
NAMES = list(ADAPTERS)

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def take(pipe, *names):
    pipe.set_adapters(list(names), [ADAPTERS[n][1] for n in names])


def words(pipe, *names):
    take(pipe, *names)
    of_prompt, of_nothing = pipe.encode_prompt(PROMPT, "cpu", 1, True)
    return torch.cat([of_nothing, of_prompt])


def guided(pipe, x, t, context):
    without, with_prompt = pipe.unet(torch.cat([x, x]), t, context).sample.chunk(2)
    return without + GUIDANCE * (with_prompt - without)


def loop(pipe, output):
    x = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(SEED))
    pipe.scheduler.set_timesteps(STEPS)
    for i, t in enumerate(pipe.scheduler.timesteps):
        x = pipe.scheduler.step(output(i, x, t), t, x).prev_sample
    return levels(pipe.vae.decode(x / pipe.vae.config.scaling_factor).sample)


def levels(image):
    return (image[0].permute(1, 2, 0) / 2 + 0.5).clamp(0, 1).mul(255).round().byte()


def composite(pipe, contexts, shares=(1, 1)):
    def output(i, x, t):
        total = 0
        for name, context, share in zip(NAMES, contexts, shares):
            take(pipe, name)
            total = total + share * guided(pipe, x, t, context)
        return total / sum(shares)
    return loop(pipe, output)


def switch_by_callback(pipe):
    take(pipe, NAMES[0])
    turn = [0]

    def ended(pipe, i, t, kwargs):
        if i > 0 and i % TURN == 0:
            turn[0] = (turn[0] + 1) % len(NAMES)
            take(pipe, NAMES[turn[0]])
        return {}
    image = pipe(PROMPT, num_inference_steps=STEPS, guidance_scale=GUIDANCE, output_type="pt",
                 generator=torch.Generator().manual_seed(SEED), callback_on_step_end=ended).images
    return levels(image * 2 - 1)


def switch(pipe):
    context = words(pipe, NAMES[0])

    def output(i, x, t):
        take(pipe, NAMES[i // TURN % len(NAMES)])
        return guided(pipe, x, t, context)
    return loop(pipe, output)


def main():
    pipe = StableDiffusionPipeline.from_pretrained(BASE, safety_checker=None)
    pipe.set_progress_bar_config(disable=True)
    for name, (file, _) in ADAPTERS.items():
        pipe.load_lora_weights(BASE, weight_name=file, adapter_name=name)
    with torch.no_grad():
        both = words(pipe, *NAMES)
        own = [words(pipe, name) for name in NAMES]
        take(pipe, *NAMES)
        sum_of_both = loop(pipe, lambda i, x, t: guided(pipe, x, t, both))
        made = {
            "switch.program": switch_by_callback(pipe),
            "switch.paper": switch(pipe),
            "composite.own": composite(pipe, own),
            "composite.all": composite(pipe, [both, both]),
            "composite.1.3": composite(pipe, own, (1, 3)),
        }
    every = {**made, "sum": sum_of_both}
    for a in every:
        for b in every:
            apart = (every[a].int() - every[b].int()).abs().float().mean().item()
            assert a == b or apart > 1, (a, b, apart)
    save_file({k: v.contiguous() for k, v in made.items()}, OUT)
    print(OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
