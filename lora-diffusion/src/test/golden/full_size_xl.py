"""Makes src/test/resources/full-size-xl: what diffusers and transformers compute with Stable Diffusion XL at its real
size, with weights by formula.py: golden for FullSizeXlTest.

Run offline with the versions of requirements.txt, with 4.1 GB of memory, in a minute and a half on two cores:  HF_HUB_OFFLINE=1 python full_size_xl.py
Writes the three configurations as diffusers does, without what is not used, and golden.safetensors: statistics and 500
numbers, as full_size.py has them, of what each text encoder gives the denoiser, and of what each of its blocks gives the
next in one forward pass. Each layer of the denoiser has its weights only while it computes. Latents are not square.
"""

import gc
import re
from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from formula import fill, stream, tensor
from full_size import TEXT, put, timed, write

OUT = Path(__file__).resolve().parent.parent / "resources" / "full-size-xl"
SAMPLES = 500
UNET = {
    "_class_name": "UNet2DConditionModel", "act_fn": "silu", "addition_embed_type": "text_time",
    "addition_embed_type_num_heads": 64, "addition_time_embed_dim": 256, "attention_head_dim": [5, 10, 20],
    "block_out_channels": [320, 640, 1280], "center_input_sample": False, "cross_attention_dim": 2048,
    "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"], "downsample_padding": 1,
    "flip_sin_to_cos": True, "freq_shift": 0, "in_channels": 4, "layers_per_block": 2, "mid_block_scale_factor": 1,
    "mid_block_type": "UNetMidBlock2DCrossAttn", "norm_eps": 1e-05, "norm_num_groups": 32, "out_channels": 4,
    "projection_class_embeddings_input_dim": 2816, "sample_size": 128, "transformer_layers_per_block": [1, 2, 10],
    "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"], "use_linear_projection": True}
TEXT_2 = TEXT | {
    "architectures": ["CLIPTextModelWithProjection"], "hidden_act": "gelu", "hidden_size": 1280,
    "intermediate_size": 5120, "num_attention_heads": 20, "num_hidden_layers": 32, "pad_token_id": 1,
    "projection_dim": 1280}
END = 40


def main():
    write(OUT, {"unet/config": UNET, "text_encoder/config": TEXT, "text_encoder_2/config": TEXT_2})
    gold = {}
    with torch.no_grad():
        narrow = encode(gold, "text_encoder", CLIPTextModel, TEXT).hidden_states[-2]
        wide = encode(gold, "text_encoder_2", CLIPTextModelWithProjection, TEXT_2)
        put(gold, "pooled", wide.text_embeds, SAMPLES)
        denoise(gold, torch.cat([narrow, wide.hidden_states[-2]], -1), wide.text_embeds)
    save_file(gold, OUT / "golden.safetensors")


def encode(gold, name, kind, config):
    encoder = fill(kind(CLIPTextConfig(**{k: v for k, v in config.items() if k != "architectures"})), text=True)
    ids = torch.tensor([[(i * 7919) % 49406 if i < END else 49407 for i in range(77)]])
    told = timed(name, lambda: encoder(ids, output_hidden_states=True))
    put(gold, name, told.hidden_states[-2], SAMPLES)
    del encoder
    gc.collect()
    return told


def denoise(gold, context, pooled):
    with torch.device("meta"):
        unet = stream(UNet2DConditionModel.from_config(UNET))
    seen = {}
    for name, block in unet.named_modules():
        if re.fullmatch(r"[a-z_]+|(down|up)_blocks\.\d", name):
            block.register_forward_hook(lambda block, _, y, name=name: seen.update({name: y}))
    x = tensor("x", (1, 4, 64, 48), 1.7320508)
    sizes = torch.tensor([[768.0, 1024, 16, 32, 512, 384]])
    timed("unet", lambda: unet(x, torch.tensor([601]), context,
                               added_cond_kwargs={"text_embeds": pooled, "time_ids": sizes}))
    put(gold, "time", seen["time_embedding"] + seen["add_embedding"], SAMPLES)
    for name, y in seen.items():
        if name == "mid_block" or "_blocks." in name or name in ("conv_in", "conv_out"):
            put(gold, name, y[0] if isinstance(y, tuple) else y, SAMPLES)


if __name__ == "__main__":
    main()
