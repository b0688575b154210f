"""Makes src/test/resources/tiled-vae.safetensors: tiny-sd's autoencoder in tiles, as diffusers computes it.

Run offline with the versions of requirements.txt, after tiny_sd.py:  HF_HUB_OFFLINE=1 python tiled_vae.py
Tiles are 8 latents and 32 pixels wide. `z` [1, 4, 13, 19] -> `decoded`; `picture` [1, 3, 52, 76] -> `moments` (mean, then
logarithm of the variance, not cut to its range).
"""

import torch
from diffusers import AutoencoderKL
from safetensors.torch import save_file

from tiny_sd import OUT as SD, seeded

OUT = SD.parent / "tiled-vae.safetensors"
torch.set_num_threads(1)


def main():
    vae = AutoencoderKL.from_pretrained(SD, subfolder="vae")
    vae.enable_tiling()
    assert (vae.tile_latent_min_size, vae.tile_sample_min_size) == (8, 32)
    gold = {"z": torch.randn(1, 4, 13, 19, generator=seeded(3)),
            "picture": torch.rand(1, 3, 52, 76, generator=seeded(4)) * 2 - 1}
    with torch.no_grad():
        gold["decoded"] = vae.decode(gold["z"]).sample
        gold["moments"] = vae._encode(gold["picture"])
    save_file({k: v.contiguous().clone() for k, v in gold.items()}, OUT)
    print({k: tuple(v.shape) for k, v in gold.items()}, OUT.stat().st_size)


if __name__ == "__main__":
    main()
