"""Makes src/test/resources/configurations/unet.safetensors: what diffusers' denoiser computes as its configuration varies.

Run offline with the versions of requirements.txt:  HF_HUB_OFFLINE=1 python unet_variants.py
The metadata "plain" is a configuration, and "cases" says what each case changes in it. Weights and inputs are a formula
(formula.py). For each case NAME there is its output on x [2,4,8,8], t [7, 873] and context [2,5,12]; "guidance" is the
embedding that a denoiser of latent consistency is told, of guidance 8.5. A case whose name begins with "idle/" sets
what diffusers takes and does not use: its output is that of "plain" to the bit, which is checked here.
"""

import json
from pathlib import Path

import torch
from diffusers import LatentConsistencyModelPipeline, UNet2DConditionModel
from safetensors.torch import save_file

from formula import fill, tensor

OUT = Path(__file__).resolve().parent.parent / "resources" / "configurations" / "unet.safetensors"
CROSS = ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D"], ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]
PLAIN = dict(
    sample_size=8, in_channels=4, out_channels=4, block_out_channels=[8, 16], layers_per_block=1, cross_attention_dim=12,
    attention_head_dim=2, norm_num_groups=4, down_block_types=CROSS[0], up_block_types=CROSS[1])
TOLD = dict(addition_embed_type="text_time", addition_time_embed_dim=4, projection_class_embeddings_input_dim=30)
GUIDANCE = 16
CASES = {
    "plain": {},
    "in_channels": dict(in_channels=9),
    "out_channels": dict(out_channels=8),
    "block_out_channels": dict(block_out_channels=[8, 8]),
    "down_block_types": dict(down_block_types=["DownBlock2D", "CrossAttnDownBlock2D"]),
    "up_block_types": dict(up_block_types=["CrossAttnUpBlock2D", "UpBlock2D"]),
    "layers_per_block": dict(layers_per_block=2),
    "cross_attention_dim": dict(cross_attention_dim=20),
    "attention_head_dim": dict(attention_head_dim=[1, 4]),
    "norm_num_groups": dict(norm_num_groups=2),
    "norm_eps": dict(norm_eps=0.01),
    "use_linear_projection": dict(use_linear_projection=True),
    "transformer_layers_per_block": dict(transformer_layers_per_block=[1, 2]),
    "reverse_transformer_layers_per_block": dict(
        layers_per_block=2, transformer_layers_per_block=[1, [2, 2]],
        reverse_transformer_layers_per_block=[[3, 1, 1], [2, 1, 1]]),
    "upcast_attention": dict(upcast_attention=True),
    "act_fn": dict(act_fn="swish"),
    "downsample_padding": dict(downsample_padding=0),
    "mid_block_scale_factor": dict(mid_block_scale_factor=2.5),
    "mid_block_type/null": dict(mid_block_type=None),
    "mid_block_type/plain": dict(mid_block_type="UNetMidBlock2D", mid_block_scale_factor=1.5),
    "flip_sin_to_cos": dict(flip_sin_to_cos=False),
    "freq_shift": dict(freq_shift=1),
    "center_input_sample": dict(center_input_sample=True),
    "time_embedding_dim": dict(time_embedding_dim=24),
    "timestep_post_act/silu": dict(timestep_post_act="silu"),
    "timestep_post_act/gelu": dict(timestep_post_act="gelu"),
    "timestep_post_act/relu": dict(timestep_post_act="relu"),
    "timestep_post_act/mish": dict(timestep_post_act="mish"),
    "time_embedding_act_fn": dict(time_embedding_act_fn="silu"),
    "time_cond_proj_dim": dict(time_cond_proj_dim=GUIDANCE),
    "addition_embed_type": TOLD,
    "addition_embed_type/sines": TOLD | dict(flip_sin_to_cos=False, freq_shift=1, timestep_post_act="silu"),
    "idle/dropout": dict(dropout=0.3),
    "idle/sample_size": dict(sample_size=64),
    "idle/resnet_skip_time_act": dict(resnet_skip_time_act=True),
    "idle/resnet_out_scale_factor": dict(resnet_out_scale_factor=2.0),
    "idle/cross_attention_norm": dict(cross_attention_norm="layer_norm"),
    "idle/mid_block_only_cross_attention": dict(mid_block_only_cross_attention=True),
    "idle/addition_embed_type_num_heads": dict(addition_embed_type_num_heads=8),
    "idle/addition_time_embed_dim": dict(addition_time_embed_dim=4),
    "idle/projection_class_embeddings_input_dim": dict(projection_class_embeddings_input_dim=30),
}
SAME = {"plain", "upcast_attention", "act_fn", "use_linear_projection"}  # in F32, or with the formula's weights


def main():
    torch.set_num_threads(1)
    gold = {}
    embedding = LatentConsistencyModelPipeline.get_guidance_scale_embedding(
        None, torch.tensor([8.5 - 1]).repeat(2), embedding_dim=GUIDANCE)
    for name, change in CASES.items():
        config = PLAIN | change
        model = fill(UNet2DConditionModel(**config))
        more = {}
        if "addition_embed_type" in change:
            more["added_cond_kwargs"] = dict(
                text_embeds=tensor("pooled", (2, 6), 1), time_ids=torch.tensor([[64.0, 48, 0, 8, 64, 64]] * 2))
        if "time_cond_proj_dim" in change:
            more["timestep_cond"] = embedding
        with torch.no_grad():
            y = model(
                tensor("x", (2, config["in_channels"], 8, 8), 1), torch.tensor([7, 873]),
                tensor("context", (2, 5, config["cross_attention_dim"]), 1), **more).sample
        if name.startswith("idle/"):
            assert torch.equal(y, gold["plain"]), name
        elif name in SAME:
            assert torch.allclose(y, gold.get("plain", y), atol=1e-5), name
        else:
            changed = y.shape != gold["plain"].shape or not torch.allclose(y, gold["plain"], atol=1e-3)
            assert changed, name + " changes nothing"
        gold[name] = y
    gold["guidance"] = embedding
    metadata = {"plain": json.dumps(PLAIN), "cases": json.dumps(CASES)}
    save_file({k: v.contiguous().clone() for k, v in gold.items()}, OUT, metadata)
    print(len(gold), "tensors,", OUT.stat().st_size, "bytes")


main()
