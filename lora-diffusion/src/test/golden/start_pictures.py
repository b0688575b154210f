"""Makes src/test/resources/start-pictures.safetensors: runs of diffusers that begin with a picture, on tiny-sd.

Run offline with the versions of requirements.txt, after tiny_sd.py:  HF_HUB_OFFLINE=1 python start_pictures.py
`picture` [32, 32, 3] and `mask` [32, 32] are levels from 0 to 255 as I32; `conv_in` is the first weight of a denoiser
that is tiny-sd's but for 9 input channels. All other tensors are latents after the last of ten steps of guidance 3 for
the prompt of tiny-sd, with the generator's seed 7: `image.SAMPLER.STRENGTH`, `masked.SAMPLER.STRENGTH` (four channels,
held to the picture outside of the mask), `filled.SAMPLER.STRENGTH` (nine channels).
"""

import torch
from diffusers import (
    DDIMScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler, StableDiffusionImg2ImgPipeline,
    StableDiffusionInpaintPipeline, UNet2DConditionModel)
from PIL import Image
from safetensors.torch import save_file

from tiny_sd import OUT as SD, PROMPT, seeded

OUT = SD.parent / "start-pictures.safetensors"
SAMPLERS = {"ddim": DDIMScheduler, "euler": EulerDiscreteScheduler, "euler-a": EulerAncestralDiscreteScheduler}
torch.set_num_threads(1)


def latents(cls, sampler, unet=None, **inputs):
    pipe = cls.from_pretrained(SD, safety_checker=None, **({"unet": unet} if unet else {}))
    pipe.set_progress_bar_config(disable=True)
    own = pipe.scheduler.config
    pipe.scheduler = SAMPLERS[sampler].from_config(own)
    with torch.no_grad():
        x = pipe(PROMPT, num_inference_steps=10, guidance_scale=3.0, generator=seeded(7), output_type="latent",
                 **inputs).images
    return x


def main():
    y, x = torch.meshgrid(torch.arange(32), torch.arange(32), indexing="ij")
    picture = torch.stack([x * 8, y * 8, (x + y) * 4], -1).clamp(0, 255)
    mask = torch.where((x > 9) & (y > 5) & (y < 25), 255, 0)
    gold = {"picture": picture.int(), "mask": mask.int()}
    image = Image.fromarray(picture.byte().numpy())
    masked = dict(image=image, mask_image=Image.fromarray(mask.byte().numpy()), height=32, width=32)
    for sampler in SAMPLERS:
        for strength in (0.6, 1.0):
            gold[f"image.{sampler}.{strength}"] = latents(
                StableDiffusionImg2ImgPipeline, sampler, image=image, strength=strength)
            gold[f"masked.{sampler}.{strength}"] = latents(
                StableDiffusionInpaintPipeline, sampler, strength=strength, **masked)
    unet = UNet2DConditionModel.from_pretrained(SD, subfolder="unet", in_channels=9, low_cpu_mem_usage=False,
                                                ignore_mismatched_sizes=True)
    weight = torch.randn(unet.conv_in.weight.shape, generator=seeded(8)) / 9
    unet.conv_in.weight.data.copy_(weight)
    gold["conv_in"] = weight
    for strength in (0.6, 1.0):
        gold[f"filled.ddim.{strength}"] = latents(
            StableDiffusionInpaintPipeline, "ddim", unet, strength=strength, **masked)
    save_file({k: v.detach().contiguous().clone() for k, v in gold.items()}, OUT)
    print(len(gold), OUT.stat().st_size)


if __name__ == "__main__":
    main()
