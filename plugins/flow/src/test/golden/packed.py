"""Makes tiny-vae-native.tsv and flux2/tiny-klein-vae-native.tsv in src/test/resources: where an autoencoder's weights lie in files with all networks.

Run with the versions of requirements.txt:  python packed.py
A line has the tensor's name there and that of diffusers. The names are written out here as CompVis' code has them; diffusers' own converter of single
files has to make the autoencoders of the tiny pipelines of them, bit by bit. All but that of FLUX.2 have the
same layers. That has more, which lie where Black Forest Labs' code has them (https://github.com/black-forest-labs/flux2, autoencoder.py); the converter
takes two of them out of the encoder and the decoder, as ComfyUI does, and no statistics.
"""

import json
from pathlib import Path

import torch
from diffusers.loaders import single_file_utils as converters
from safetensors.torch import load_file

OUT = Path(__file__).resolve().parent.parent / "resources"
PIPELINES = [OUT / "tiny-sd3", OUT / "flux/tiny-flux", OUT / "zimage/tiny-zimage"]
KLEIN = OUT / "flux2/tiny-klein"
LEVELS = 2
PREFIX = "first_stage_model."


def both(native, name):
    for parameter in ("weight", "bias"):
        yield f"{native}.{parameter}", f"{name}.{parameter}"


def resnet(native, name, narrowed):
    for layer in ("norm1", "conv1", "norm2", "conv2"):
        yield from both(f"{native}.{layer}", f"{name}.{layer}")
    if narrowed:
        yield from both(f"{native}.nin_shortcut", f"{name}.conv_shortcut")


def vae(weights):
    for part, blocks, move, sampler in (("encoder", "down_blocks", "down", "downsample"), ("decoder", "up_blocks", "up", "upsample")):
        for layer in ("conv_in", "conv_out"):
            yield from both(f"{part}.{layer}", f"{part}.{layer}")
        yield from both(f"{part}.norm_out", f"{part}.conv_norm_out")
        for i in range(2):
            yield from resnet(f"{part}.mid.block_{i + 1}", f"{part}.mid_block.resnets.{i}", False)
        at = f"{part}.mid_block.attentions.0"
        for native, name in (("norm", "group_norm"), ("q", "to_q"), ("k", "to_k"), ("v", "to_v"), ("proj_out", "to_out.0")):
            yield from both(f"{part}.mid.attn_1.{native}", f"{at}.{name}")
        for level in range(LEVELS):
            block = f"{part}.{blocks}.{level}"
            number = level if part == "encoder" else LEVELS - 1 - level
            for i in range(1 if part == "encoder" else 2):
                name = f"{block}.resnets.{i}"
                yield from resnet(f"{part}.{move}.{number}.block.{i}", name, f"{name}.conv_shortcut.weight" in weights)
            if level < LEVELS - 1:
                yield from both(f"{part}.{move}.{number}.{sampler}.conv", f"{block}.{sampler}rs.0.conv")


def klein(weights):
    yield from vae(weights)
    for part, name in (("encoder", "quant_conv"), ("decoder", "post_quant_conv")):
        yield from both(f"{part}.{name}", name)
    for name in ("bn.running_mean", "bn.running_var"):
        yield name, name


def checked(folder, layers):
    """The table of a pipeline."""
    weights = load_file(folder / "vae/diffusion_pytorch_model.safetensors")
    config = json.loads((folder / "vae/config.json").read_text())
    rows = list(layers(weights))
    packed = {}
    for native, name in rows:
        weight = weights[name]
        place = native.replace("encoder.quant", "quant").replace("decoder.post_quant", "post_quant")
        packed[PREFIX + place] = weight[..., None, None] if "attn_1" in native and weight.ndim == 2 else weight
    converted = converters.convert_ldm_vae_checkpoint(packed, config)
    own = {name for name in weights if not name.startswith("bn.")}
    assert converted.keys() == own, converted.keys() ^ own
    assert all(torch.equal(converted[name], weights[name]) for name in own)
    assert {name for _, name in rows} == weights.keys() - {"bn.num_batches_tracked"}
    return rows


def write(path, rows):
    path.write_text("".join("\t".join(row) + "\n" for row in rows))


def main():
    tables = [checked(folder, vae) for folder in PIPELINES]
    assert all(rows == tables[0] for rows in tables)
    write(OUT / "tiny-vae-native.tsv", tables[0])
    write(KLEIN.parent / "tiny-klein-vae-native.tsv", checked(KLEIN, klein))


if __name__ == "__main__":
    main()
