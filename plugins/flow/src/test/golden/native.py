"""Makes src/test/resources/sd3-native.tsv: where the weights of tiny-sd3's transformer lie in the layout of first publication.

Run with the versions of requirements.txt:  python native_sd3.py
A line has the tensor's name there, then the names of diffusers whose rows it has one below the other; `swapped` is before those whose halves
change places. The names are written out here as Stability AI's code has them; diffusers' own converter of single files has to make the
folder's weights of them, bit by bit.
"""

from pathlib import Path

import torch
from diffusers.loaders.single_file_utils import convert_sd3_transformer_checkpoint_to_diffusers
from safetensors.torch import load_file

OUT = Path(__file__).resolve().parent.parent / "resources"
BLOCKS, DUAL = 3, 2


def both(native, *names):
    """A layer and its bias."""
    for parameter in ("weight", "bias"):
        yield f"{native}.{parameter}", [f"{name}.{parameter}" for name in names]


def attention(native, names, out, norms):
    yield from both(f"{native}.qkv", *names)
    if out:
        yield from both(f"{native}.proj", out)
    for part, norm in zip("qk", norms):
        yield f"{native}.ln_{part}.weight", [f"{norm}{part}.weight"]


def table():
    yield "pos_embed", ["pos_embed.pos_embed"]
    yield from both("x_embedder.proj", "pos_embed.proj")
    yield from both("context_embedder", "context_embedder")
    for native, name in (("t", "timestep"), ("y", "text")):
        for number, layer in ((0, 1), (2, 2)):
            yield from both(f"{native}_embedder.mlp.{number}", f"time_text_embed.{name}_embedder.linear_{layer}")
    yield from both("final_layer.adaLN_modulation.1", "swapped norm_out.linear")
    yield from both("final_layer.linear", "proj_out")
    for i in range(BLOCKS):
        block, last = f"transformer_blocks.{i}", i == BLOCKS - 1
        picture, words = f"joint_blocks.{i}.x_block", f"joint_blocks.{i}.context_block"
        yield from both(f"{picture}.adaLN_modulation.1", f"{block}.norm1.linear")
        yield from both(f"{words}.adaLN_modulation.1", ("swapped " if last else "") + f"{block}.norm1_context.linear")
        at = f"{block}.attn"
        yield from attention(f"{picture}.attn", [f"{at}.to_{p}" for p in "qkv"], f"{at}.to_out.0", 2 * [f"{at}.norm_"])
        added = [f"{at}.add_{p}_proj" for p in "qkv"]
        yield from attention(f"{words}.attn", added, None if last else f"{at}.to_add_out", 2 * [f"{at}.norm_added_"])
        if i < DUAL:
            again = f"{block}.attn2"
            yield from attention(f"{picture}.attn2", [f"{again}.to_{p}" for p in "qkv"], f"{again}.to_out.0", 2 * [f"{again}.norm_"])
        for number, name in ((1, "net.0.proj"), (2, "net.2")):
            yield from both(f"{picture}.mlp.fc{number}", f"{block}.ff.{name}")
            if not last:
                yield from both(f"{words}.mlp.fc{number}", f"{block}.ff_context.{name}")


def joined(weights, names):
    parts = []
    for name in names:
        swapped, name = name.startswith("swapped "), name.removeprefix("swapped ")
        weight = weights[name]
        parts.append(torch.cat(weight.chunk(2)[::-1]) if swapped else weight)
    return torch.cat(parts) if len(parts) > 1 else parts[0]


def main():
    weights = load_file(OUT / "tiny-sd3/transformer/diffusion_pytorch_model.safetensors")
    rows = list(table())
    converted = convert_sd3_transformer_checkpoint_to_diffusers({native: joined(weights, names) for native, names in rows})
    assert converted.keys() == weights.keys(), converted.keys() ^ weights.keys()
    assert all(torch.equal(converted[name], weights[name]) for name in weights)
    (OUT / "sd3-native.tsv").write_text("".join("\t".join([native, *names]) + "\n" for native, names in rows))


main()
