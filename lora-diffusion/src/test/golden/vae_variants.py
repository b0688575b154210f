"""Makes src/test/resources/configurations/vae.safetensors: what diffusers' autoencoder computes as its configuration varies.

Run offline with the versions of requirements.txt:  HF_HUB_OFFLINE=1 python vae_variants.py
As unet_variants.py: for each case NAME there are NAME.mean of x [1,3,16,16] and NAME.decoded of z [1,4,8,8]. That the
pipelines of Stable Diffusion and XL leave shift_factor out is checked in their sources.
"""

import inspect
import json
from pathlib import Path

import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline, StableDiffusionXLPipeline
from safetensors.torch import save_file

from formula import fill, tensor

OUT = Path(__file__).resolve().parent.parent / "resources" / "configurations" / "vae.safetensors"
PLAIN = dict(
    in_channels=3, out_channels=3, latent_channels=4, block_out_channels=[8, 16], layers_per_block=1, norm_num_groups=4,
    down_block_types=["DownEncoderBlock2D"] * 2, up_block_types=["UpDecoderBlock2D"] * 2, scaling_factor=0.5)
CASES = {
    "plain": {},
    "latent_channels": dict(latent_channels=6),
    "in_channels": dict(in_channels=4),
    "out_channels": dict(out_channels=4),
    "block_out_channels": dict(block_out_channels=[8, 8]),
    "layers_per_block": dict(layers_per_block=2),
    "norm_num_groups": dict(norm_num_groups=2),
    "mid_block_add_attention": dict(mid_block_add_attention=False),
    "use_quant_conv": dict(use_quant_conv=False),
    "use_post_quant_conv": dict(use_post_quant_conv=False),
    "act_fn": dict(act_fn="swish"),
    "idle/sample_size": dict(sample_size=512),
    "idle/force_upcast": dict(force_upcast=False),
}


def main():
    torch.set_num_threads(1)
    gold = {}
    for name, change in CASES.items():
        config = PLAIN | change
        model = fill(AutoencoderKL(**config))
        with torch.no_grad():
            mean = model.encode(tensor("x", (1, config["in_channels"], 16, 16), 1)).latent_dist.mean
            decoded = model.decode(tensor("z", (1, config["latent_channels"], 8, 8), 1)).sample
        if name.startswith("idle/") or name == "act_fn":
            assert torch.equal(mean, gold["plain.mean"]) and torch.equal(decoded, gold["plain.decoded"]), name
        elif name != "plain":
            same = [a.shape == b.shape and torch.allclose(a, b, atol=1e-3)
                    for a, b in ((mean, gold["plain.mean"]), (decoded, gold["plain.decoded"]))]
            assert not all(same), name + " changes nothing"
        gold[name + ".mean"], gold[name + ".decoded"] = mean, decoded
    for pipeline in (StableDiffusionPipeline, StableDiffusionXLPipeline):
        source = inspect.getsource(pipeline.__call__)
        assert "scaling_factor" in source and "shift_factor" not in source
    save_file({k: v.contiguous().clone() for k, v in gold.items()}, OUT,
              {"plain": json.dumps(PLAIN), "cases": json.dumps(CASES)})
    print(len(gold), "tensors,", OUT.stat().st_size, "bytes")


main()
