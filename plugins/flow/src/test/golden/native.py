"""Makes tiny-sd3-native.tsv, tiny-flux-native.tsv, tiny-zimage-native.tsv and tiny-klein-native.tsv: where weights lie in the layout of first publication.

Run with the versions of requirements.txt:  python native.py
A line has the tensor's name there, then the names of diffusers whose rows it has one below the other; `swapped` is before those whose halves
change places. The names are written out here as Stability AI's, Black Forest Labs' and Tongyi Lab's code has them; diffusers' own converters of single
files have to make the folders' weights of them, bit by bit.
"""

import inspect
from pathlib import Path

import torch
from diffusers.loaders import single_file_utils as converters
from safetensors.torch import load_file

OUT = Path(__file__).resolve().parent.parent / "resources"
SD3, FLUX, ZIMAGE, KLEIN = OUT / "tiny-sd3", OUT / "flux/tiny-flux", OUT / "zimage/tiny-zimage", OUT / "flux2/tiny-klein"
BLOCKS, DUAL = 3, 2
DOUBLE, SINGLE, WIDTH = 2, 2, 16
REFINERS, LAYERS = 1, 2


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


def sd3():
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


def flux():
    yield from both("img_in", "x_embedder")
    yield from both("txt_in", "context_embedder")
    for native, name in (("time", "timestep"), ("guidance", "guidance"), ("vector", "text")):
        for part, number in (("in", 1), ("out", 2)):
            yield from both(f"{native}_in.{part}_layer", f"time_text_embed.{name}_embedder.linear_{number}")
    yield from both("final_layer.adaLN_modulation.1", "swapped norm_out.linear")
    yield from both("final_layer.linear", "proj_out")
    for i in range(DOUBLE):
        block = f"transformer_blocks.{i}"
        at = f"{block}.attn"
        streams = (
            ("img", "norm1", [f"{at}.to_{p}" for p in "qkv"], "to_out.0", "norm_", "ff"),
            ("txt", "norm1_context", [f"{at}.add_{p}_proj" for p in "qkv"], "to_add_out", "norm_added_", "ff_context"))
        for stream, norm, projections, out, scale, forward in streams:
            native = f"double_blocks.{i}.{stream}"
            yield from both(f"{native}_mod.lin", f"{block}.{norm}.linear")
            yield from both(f"{native}_attn.qkv", *projections)
            yield from both(f"{native}_attn.proj", f"{at}.{out}")
            for kind in ("query", "key"):
                yield f"{native}_attn.norm.{kind}_norm.scale", [f"{at}.{scale}{kind[0]}.weight"]
            yield from both(f"{native}_mlp.0", f"{block}.{forward}.net.0.proj")
            yield from both(f"{native}_mlp.2", f"{block}.{forward}.net.2")
    for i in range(SINGLE):
        native, block = f"single_blocks.{i}", f"single_transformer_blocks.{i}"
        yield from both(f"{native}.modulation.lin", f"{block}.norm.linear")
        yield from both(f"{native}.linear1", *[f"{block}.attn.to_{p}" for p in "qkv"], f"{block}.proj_mlp")
        yield from both(f"{native}.linear2", f"{block}.proj_out")
        for kind in ("query", "key"):
            yield f"{native}.norm.{kind}_norm.scale", [f"{block}.attn.norm_{kind[0]}.weight"]


def zimage():
    for name in ("x_pad_token", "cap_pad_token", "cap_embedder.0.weight"):
        yield name, [name]
    for name in ("t_embedder.mlp.0", "t_embedder.mlp.2", "cap_embedder.1"):
        yield from both(name, name)
    yield from both("x_embedder", "all_x_embedder.2-1")
    for name in ("adaLN_modulation.1", "linear"):
        yield from both(f"final_layer.{name}", f"all_final_layer.2-1.{name}")
    for blocks, count in (("noise_refiner", REFINERS), ("context_refiner", REFINERS), ("layers", LAYERS)):
        for block in (f"{blocks}.{i}" for i in range(count)):
            at = f"{block}.attention"
            yield f"{at}.qkv.weight", [f"{at}.to_{p}.weight" for p in "qkv"]
            yield f"{at}.out.weight", [f"{at}.to_out.0.weight"]
            for part in "qk":
                yield f"{at}.{part}_norm.weight", [f"{at}.norm_{part}.weight"]
            for name in ("attention_norm1", "attention_norm2", "ffn_norm1", "ffn_norm2", *(f"feed_forward.w{n}" for n in "123")):
                yield f"{block}.{name}.weight", [f"{block}.{name}.weight"]
            if blocks != "context_refiner":
                yield from both(f"{block}.adaLN_modulation.0", f"{block}.adaLN_modulation.0")


def klein():
    def layer(native, *names):
        return f"{native}.weight", [f"{name}.weight" for name in names]

    def norms(native, names):
        for kind in ("query", "key"):
            yield f"{native}.{kind}_norm.scale", [f"{names}{kind[0]}.weight"]

    yield layer("img_in", "x_embedder")
    yield layer("txt_in", "context_embedder")
    for part, number in (("in", 1), ("out", 2)):
        yield layer(f"time_in.{part}_layer", f"time_guidance_embed.timestep_embedder.linear_{number}")
    for name in ("double_stream_modulation_img", "double_stream_modulation_txt", "single_stream_modulation"):
        yield layer(f"{name}.lin", f"{name}.linear")
    yield layer("final_layer.adaLN_modulation.1", "swapped norm_out.linear")
    yield layer("final_layer.linear", "proj_out")
    for i in range(DOUBLE):
        at, forward = f"transformer_blocks.{i}.attn", f"transformer_blocks.{i}.ff"
        for stream, projections, out, scale, more in (
            ("img", [f"{at}.to_{p}" for p in "qkv"], "to_out.0", "norm_", ""),
            ("txt", [f"{at}.add_{p}_proj" for p in "qkv"], "to_add_out", "norm_added_", "_context")):
            native = f"double_blocks.{i}.{stream}"
            yield layer(f"{native}_attn.qkv", *projections)
            yield layer(f"{native}_attn.proj", f"{at}.{out}")
            yield from norms(f"{native}_attn.norm", f"{at}.{scale}")
            yield layer(f"{native}_mlp.0", f"{forward}{more}.linear_in")
            yield layer(f"{native}_mlp.2", f"{forward}{more}.linear_out")
    for i in range(SINGLE):
        native, at = f"single_blocks.{i}", f"single_transformer_blocks.{i}.attn"
        yield layer(f"{native}.linear1", f"{at}.to_qkv_mlp_proj")
        yield layer(f"{native}.linear2", f"{at}.to_out")
        yield from norms(f"{native}.norm", f"{at}.norm_")


def narrow(converter):
    """The converter of FLUX.1, which has the published width written in it, for the tiny one."""
    source = inspect.getsource(converter)
    changed = source.replace("inner_dim = 3072", f"inner_dim = {WIDTH}")
    assert changed != source
    names = dict(vars(converters))
    exec(changed, names)
    return names[converter.__name__]


def joined(weights, names):
    parts = []
    for name in names:
        swapped, name = name.startswith("swapped "), name.removeprefix("swapped ")
        weight = weights[name]
        parts.append(torch.cat(weight.chunk(2)[::-1]) if swapped else weight)
    return torch.cat(parts) if len(parts) > 1 else parts[0]


def write(folder, rows, convert):
    weights = load_file(folder / "transformer/diffusion_pytorch_model.safetensors")
    converted = convert({native: joined(weights, names) for native, names in rows})
    assert converted.keys() == weights.keys(), converted.keys() ^ weights.keys()
    assert all(torch.equal(converted[name], weights[name]) for name in weights)
    (folder.parent / f"{folder.name}-native.tsv").write_text("".join("\t".join([native, *names]) + "\n" for native, names in rows))


write(SD3, list(sd3()), converters.convert_sd3_transformer_checkpoint_to_diffusers)
write(FLUX, list(flux()), narrow(converters.convert_flux_transformer_checkpoint_to_diffusers))
write(ZIMAGE, list(zimage()), converters.convert_z_image_transformer_checkpoint_to_diffusers)
write(KLEIN, list(klein()), converters.convert_flux2_transformer_checkpoint_to_diffusers)
