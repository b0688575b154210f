"""Writes a whole FLUX.1 [dev] of made-up weights: python whole_flux.py FOLDER  (17 GB; versions of requirements.txt, and gguf 0.19)

FOLDER/base is a folder of diffusers without the transformer's weights: CLIP-L, T5-XXL and the autoencoder at their published sizes in BF16, the tokenisers of
../resources/flux/tiny-flux. FOLDER/flux-q4_k.gguf is the transformer, 11.9 billion weights in Q4_K under Black Forest Labs' names. Pictures are noise; what they
take in time and memory is what those of the published weights take.
"""

import json
import shutil
import struct
import sys
from pathlib import Path

import gguf
import numpy as np
import torch
from diffusers import AutoencoderKL
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, T5Config, T5EncoderModel

TINY = Path(__file__).resolve().parent.parent / "resources/flux/tiny-flux"
WIDTH, DOUBLE, SINGLE = 3072, 19, 38
BLOCK, BLOCK_BYTES = 256, 144
CLIP = dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12, vocab_size=49408)
T5 = dict(
    d_model=4096, d_ff=10240, d_kv=64, num_heads=64, num_layers=24, num_decoder_layers=24, vocab_size=32128,
    relative_attention_num_buckets=32, relative_attention_max_distance=128)
VAE = dict(
    block_out_channels=[128, 256, 512, 512], layers_per_block=2, norm_num_groups=32, sample_size=1024,
    down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4)
TRANSFORMER = dict(
    attention_head_dim=128, axes_dims_rope=[16, 56, 56], joint_attention_dim=4096, num_attention_heads=24, num_layers=DOUBLE,
    num_single_layers=SINGLE, pooled_projection_dim=768)


def numbers(pool, name, shape):
    """Numbers by chance that keep the sizes of what layers are given; ones for norms."""
    if name.endswith("bias"):
        return torch.zeros(shape)
    if len(shape) == 1:
        return torch.ones(shape)
    count = int(np.prod(shape))
    return pool.repeat(-(-count // len(pool)))[:count].reshape(shape) * (0.7 / int(np.prod(shape[1:])) ** 0.5)


def edit(folder, values):
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | values, indent=2))


def network(pool, folder, name, make, sizes):
    edit(folder, sizes)
    with torch.device("meta"):
        state = make().state_dict()
    state.pop("encoder.embed_tokens.weight", None)  # shared.weight
    tensors = {k: numbers(pool, k, list(v.shape)).to(torch.bfloat16) for k, v in state.items() if "position_ids" not in k}
    save_file(tensors, folder / name, metadata={"format": "pt"})


def autoencoder():
    return AutoencoderKL(latent_channels=16, use_quant_conv=False, use_post_quant_conv=False, **VAE)


def layers():
    yield from {"img_in": 64, "txt_in": 4096}.items()
    for name, width in (("time_in", 256), ("guidance_in", 256), ("vector_in", 768)):
        yield f"{name}.in_layer", width
        yield f"{name}.out_layer", WIDTH


def shapes():
    for name, width in layers():
        yield name, (WIDTH, width)
    yield "final_layer.linear", (64, WIDTH)
    yield "final_layer.adaLN_modulation.1", (2 * WIDTH, WIDTH)
    for i in range(DOUBLE):
        for stream in ("img", "txt"):
            at = f"double_blocks.{i}.{stream}_"
            yield at + "attn.qkv", (3 * WIDTH, WIDTH)
            yield at + "attn.proj", (WIDTH, WIDTH)
            yield at + "mlp.0", (4 * WIDTH, WIDTH)
            yield at + "mlp.2", (WIDTH, 4 * WIDTH)
            yield at + "mod.lin", (6 * WIDTH, WIDTH)
    for i in range(SINGLE):
        at = f"single_blocks.{i}."
        yield at + "linear1", (7 * WIDTH, WIDTH)
        yield at + "linear2", (WIDTH, 5 * WIDTH)
        yield at + "modulation.lin", (3 * WIDTH, WIDTH)


def norms():
    streams = [f"double_blocks.{i}.{s}_attn.norm" for i in range(DOUBLE) for s in ("img", "txt")]
    for norm in streams + [f"single_blocks.{i}.norm" for i in range(SINGLE)]:
        yield norm + ".query_norm.scale"
        yield norm + ".key_norm.scale"


def blocks(nibbles, rows, columns):
    """Blocks of Q4_K whose eight parts have the same scale and the mean 0."""
    count = rows * columns // BLOCK
    scale = 0.7 / columns**0.5 / (32 * 4.6)
    data = np.empty((count, BLOCK_BYTES), np.uint8)
    data[:, :4] = np.frombuffer(struct.pack("<ee", scale, 7.5 * scale), np.uint8)
    data[:, 4:12], data[:, 12:16] = 160, 0
    data[:, 16:] = np.resize(nibbles, count * 128).reshape(count, 128)
    return data.reshape(rows, columns // BLOCK * BLOCK_BYTES)


def transformer(pool, file):
    writer = gguf.GGUFWriter(file, "flux")
    nibbles = np.random.default_rng(0).integers(0, 256, 1 << 24, np.uint8)
    for name, (rows, columns) in shapes():
        writer.add_tensor(name + ".bias", np.zeros(rows, np.float32))
        if columns % BLOCK:
            writer.add_tensor(name + ".weight", numbers(pool, name, (rows, columns)).numpy().astype(np.float16))
        else:
            writer.add_tensor(name + ".weight", blocks(nibbles, rows, columns), raw_dtype=gguf.GGMLQuantizationType.Q4_K)
    for name in norms():
        writer.add_tensor(name, np.ones(128, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    out = Path(sys.argv[1])
    base = out / "base"
    shutil.copytree(TINY, base, ignore=shutil.ignore_patterns("*.safetensors"), dirs_exist_ok=True)
    pool = torch.randn(1 << 24, generator=torch.Generator().manual_seed(0))
    network(pool, base / "text_encoder", "model.safetensors", lambda: CLIPTextModel(CLIPTextConfig(**CLIP)), CLIP)
    t5 = T5Config(feed_forward_proj="gated-gelu", **T5)
    network(pool, base / "text_encoder_2", "model.safetensors", lambda: T5EncoderModel(t5), T5)
    network(pool, base / "vae", "diffusion_pytorch_model.safetensors", autoencoder, VAE)
    edit(base / "transformer", TRANSFORMER)
    transformer(pool, out / "flux-q4_k.gguf")


if __name__ == "__main__":
    main()
