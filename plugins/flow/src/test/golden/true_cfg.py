"""Makes src/test/resources/flux/true-cfg.safetensors: pictures of the tiny FLUX.1 with true classifier-free guidance.

Run offline with the versions of requirements.txt, after tiny_flux.py and references.py:  HF_HUB_OFFLINE=1 python true_cfg.py
"""

import torch
from diffusers import FlowMatchEulerDiscreteScheduler, FluxKontextPipeline, FluxPipeline, FluxTransformer2DModel
from references import HEIGHT, STEPS, WIDTH, image, run
from safetensors.torch import load_file, save_file
from tiny_sd3 import NEGATIVE, OUT

FLUX = OUT / "flux"
SCALE = 4.0


def unpack(latents):
    return FluxPipeline._unpack_latents(latents, HEIGHT, WIDTH, 2)


def main():
    gold = {}
    pipe = FluxPipeline.from_pretrained(FLUX / "tiny-flux")
    guided = dict(true_cfg_scale=SCALE, negative_prompt=NEGATIVE)
    run(gold, "dev", pipe, unpack, **guided)
    run(gold, "empty", pipe, unpack, true_cfg_scale=SCALE, negative_prompt="", guidance_scale=6.0)
    kontext = FluxKontextPipeline(**pipe.components)
    picture = image(load_file(FLUX / "references.safetensors")["picture0"])
    run(gold, "kontext", kontext, unpack, image=picture, max_area=HEIGHT * WIDTH, _auto_resize=False, **guided)
    schnell = FluxPipeline(**(pipe.components | dict(
        transformer=FluxTransformer2DModel.from_pretrained(FLUX / "schnell"),
        scheduler=FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, shift=1.0))))
    run(gold, "schnell", schnell, unpack, max_sequence_length=256, **guided)
    pipe.load_lora_weights(FLUX, weight_name="diffusers.safetensors", adapter_name="one")
    pipe.set_adapters("one", 0.6)
    run(gold, "adapter", pipe, unpack, **guided)
    gold = {k: v.detach().contiguous() for k, v in gold.items() if not k.endswith(f"step{STEPS - 1}")}
    save_file(gold, FLUX / "true-cfg.safetensors")
    for name, value in gold.items():
        print(name, list(value.shape), f"{value.abs().max():.3g}")


if __name__ == "__main__":
    with torch.no_grad():
        main()
