"""Makes src/test/resources/full-size: what diffusers and transformers compute with Stable Diffusion 1.5 at its real
size, with weights by formula.py: golden for FullSizeTest.

Run offline with the versions of requirements.txt, with 8 GB of memory:  HF_HUB_OFFLINE=1 python full_size.py
Writes the three configurations as diffusers does, without what is not used, and golden.safetensors: of each result its
mean, its deviation, its largest magnitude and 2,000 of its numbers at equal distances. Inputs are by formula too.
"""

import gc
import json
import time
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel

from formula import fill, tensor

OUT = Path(__file__).resolve().parent.parent / "resources" / "full-size"
SAMPLES = 2000
UNET = {
    "_class_name": "UNet2DConditionModel", "act_fn": "silu", "attention_head_dim": 8,
    "block_out_channels": [320, 640, 1280, 1280], "center_input_sample": False, "cross_attention_dim": 768,
    "down_block_types": ["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"], "downsample_padding": 1,
    "flip_sin_to_cos": True, "freq_shift": 0, "in_channels": 4, "layers_per_block": 2, "mid_block_scale_factor": 1,
    "mid_block_type": "UNetMidBlock2DCrossAttn", "norm_eps": 1e-05, "norm_num_groups": 32, "out_channels": 4,
    "sample_size": 64, "up_block_types": ["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3}
VAE = {
    "_class_name": "AutoencoderKL", "act_fn": "silu", "block_out_channels": [128, 256, 512, 512],
    "down_block_types": ["DownEncoderBlock2D"] * 4, "in_channels": 3, "latent_channels": 4, "layers_per_block": 2,
    "norm_num_groups": 32, "out_channels": 3, "sample_size": 512, "scaling_factor": 0.18215,
    "up_block_types": ["UpDecoderBlock2D"] * 4}
TEXT = {
    "architectures": ["CLIPTextModel"], "bos_token_id": 49406, "eos_token_id": 49407, "hidden_act": "quick_gelu",
    "hidden_size": 768, "intermediate_size": 3072, "layer_norm_eps": 1e-05, "max_position_embeddings": 77,
    "model_type": "clip_text_model", "num_attention_heads": 12, "num_hidden_layers": 12, "pad_token_id": 49407,
    "projection_dim": 768, "vocab_size": 49408}
SCHEDULER = {
    "_class_name": "PNDMScheduler", "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085,
    "num_train_timesteps": 1000, "set_alpha_to_one": False, "steps_offset": 1}


def main():
    write(OUT, {"unet/config": UNET, "vae/config": VAE, "text_encoder/config": TEXT,
                "scheduler/scheduler_config": SCHEDULER})
    gold = {}
    with torch.no_grad():
        text = fill(CLIPTextModel(CLIPTextConfig(**{k: v for k, v in TEXT.items() if k != "architectures"})), text=True)
        ids = torch.tensor([[(i * 7919) % 49406 for i in range(77)]])
        context = timed("text", lambda: text(ids).last_hidden_state)
        put(gold, "text", context)
        del text
        unet = fill(UNet2DConditionModel.from_config(UNET))
        x = tensor("x", (1, 4, 64, 64), 1.7320508)
        put(gold, "unet", timed("unet", lambda: unet(x, torch.tensor([601]), context).sample))
        del unet
        gc.collect()
        vae = fill(AutoencoderKL.from_config(VAE))
        z = tensor("z", (1, 4, 24, 16), 1.7320508)
        put(gold, "decoded", timed("decoder", lambda: vae.decode(z).sample))
        picture = tensor("picture", (1, 3, 128, 192), 1.0)
        put(gold, "encoded", timed("encoder", lambda: vae.encode(picture).latent_dist.mean))
    save_file(gold, OUT / "golden.safetensors")


def write(folder, configs):
    for part, config in configs.items():
        file = folder / (part + ".json")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(config, indent=2) + "\n")


def timed(name, work):
    begin = time.time()
    result = work()
    print(f"{name}: {time.time() - begin:.1f} s", flush=True)
    return result


def put(gold, name, y, samples=SAMPLES):
    flat = y.double().flatten()
    gold[name + ".about"] = torch.stack([flat.mean(), flat.std(correction=0), flat.abs().max()]).float()
    gold[name + ".sampled"] = flat[:: max(1, len(flat) // samples)][:samples].float().clone()
    print(name, tuple(y.shape), gold[name + ".about"].tolist())


if __name__ == "__main__":
    main()
