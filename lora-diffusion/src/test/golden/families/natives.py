"""Where each weight of diffusers' layout lies in the layout of first publication, by diffusers' own
converters of single files.

Every weight of the original has the number of its row in it, so that the result of a conversion
says which rows it is made of. The names of the original are written out here as its code has them.
Writes ../../resources/dev/lora4j/diffusion/family/FAMILY-natives.tsv.gz:
name, original name, first row, rows, and swapped or transposed where it is.
"""

import gzip
import itertools
import pathlib
from types import SimpleNamespace

import torch
from diffusers.loaders import single_file_utils as converters

HERE = pathlib.Path(__file__).parent
OUT = HERE / "../../resources/dev/lora4j/diffusion/family"
UNET = "model.diffusion_model."

ids = itertools.count()


def coded(rows, columns=1):
    """Row r of the n-th weight holds n million and r."""
    number = next(ids) * 1_000_000 + torch.arange(rows, dtype=torch.float64)
    return number[:, None].repeat(1, columns)


def layers(names_and_rows):
    """A checkpoint of linear layers, and the name of each by its number."""
    checkpoint, names = {}, {}
    for name, rows in names_and_rows:
        weight = coded(rows)
        checkpoint[name + ".weight"] = weight
        checkpoint[name + ".bias"] = torch.zeros(rows)
        names[int(weight[0, 0]) // 1_000_000] = name
    return checkpoint, names


def lines(model, converted, names, prefix):
    for name, weight in converted.items():
        if not name.endswith((".weight", ".scale")) or weight.dim() != 2:
            continue
        first, last = int(weight[0, 0]), int(weight[-1, 0])
        if first // 1_000_000 not in names:
            continue
        native = names[first // 1_000_000]
        first, last = first % 1_000_000, last % 1_000_000
        rows = weight.shape[0]
        note = ""
        if rows > 1 and first > last:
            note, first = "swapped", 0
        elif weight.shape[1] > 1 and weight[0, 0] != weight[0, 1]:
            note = "transposed"
        path = name.rpartition(".")[0]
        yield f"{model}.{path}\t{prefix}{native}\t{first}\t{rows}\t{note}\n"


def ldm_resnet(at, skip):
    parts = ["in_layers.0", "in_layers.2", "emb_layers.1", "out_layers.0", "out_layers.3"]
    return [f"{at}.{p}" for p in parts + ["skip_connection"] * skip]


def ldm_transformer(at, depth):
    yield from (f"{at}.norm", f"{at}.proj_in", f"{at}.proj_out")
    for i in range(depth):
        block = f"{at}.transformer_blocks.{i}"
        for attention, part in itertools.product((1, 2), ("to_q", "to_k", "to_v", "to_out.0")):
            yield f"{block}.attn{attention}.{part}"
        yield from (f"{block}.{n}" for n in ("norm1", "norm2", "norm3", "ff.net.0.proj", "ff.net.2"))


def ldm_unet(channels, depths, middle, label):
    """As openaimodel.py builds it: a list of blocks down, one middle, a list of blocks up."""
    yield from ("time_embed.0", "time_embed.2", "input_blocks.0.0", "out.0", "out.2")
    if label:
        yield from ("label_emb.0.0", "label_emb.0.2")
    down = 1
    width = channels[0]
    for level, (out, depth) in enumerate(zip(channels, depths)):
        for _ in range(2):
            yield from ldm_resnet(f"input_blocks.{down}.0", width != out)
            if depth:
                yield from ldm_transformer(f"input_blocks.{down}.1", depth)
            width = out
            down += 1
        if level != len(channels) - 1:
            yield f"input_blocks.{down}.0.op"
            down += 1
    yield from ldm_resnet("middle_block.0", False)
    yield from ldm_transformer("middle_block.1", middle)
    yield from ldm_resnet("middle_block.2", False)
    up = 0
    for level, depth in reversed(list(enumerate(depths))):
        for i in range(3):
            yield from ldm_resnet(f"output_blocks.{up}.0", True)
            if depth:
                yield from ldm_transformer(f"output_blocks.{up}.1", depth)
            if level and i == 2:
                yield f"output_blocks.{up}.{2 if depth else 1}.conv"
            up += 1


def unet(channels, depths, middle, label):
    names = ldm_unet(channels, depths, middle, label)
    checkpoint, numbers = layers((UNET + name, 1) for name in names)
    config = {
        "layers_per_block": 2,
        "addition_embed_type": "text_time" if label else None,
        "class_embed_type": None,
    }
    converted = converters.convert_ldm_unet_checkpoint(checkpoint, config)
    return lines("unet", converted, numbers, "")


def open_clip(model, prefix, depth, width):
    """Queries, keys and values are one parameter, not a layer; the projection has no layer."""
    checkpoint, names = {}, {}

    def add(name, weight):
        checkpoint[prefix + name] = weight
        names[int(weight[0, 0]) // 1_000_000] = prefix + name

    add("token_embedding.weight", coded(1))
    add("positional_embedding", coded(1))
    add("ln_final.weight", coded(1))
    projection = coded(width, width)
    add("text_projection", projection)
    for i in range(depth):
        at = f"transformer.resblocks.{i}."
        for part in ("ln_1", "ln_2", "mlp.c_fc", "mlp.c_proj", "attn.out_proj"):
            add(f"{at}{part}.weight", coded(1))
        add(f"{at}attn.in_proj_weight", coded(3 * width))
    encoder = SimpleNamespace(config=SimpleNamespace(hidden_size=width))
    converted = converters.convert_open_clip_checkpoint(encoder, checkpoint, prefix=prefix)
    return lines(model, converted, names, "")


def sd3(depth, normed, dual):
    width = 64 * depth

    def stream(at, last):
        yield f"{at}.adaLN_modulation.1", (2 if last else 6) * width
        yield f"{at}.attn.qkv", 3 * width
        if normed:
            yield from ((f"{at}.attn.ln_q", 64), (f"{at}.attn.ln_k", 64))
        if not last:
            yield f"{at}.attn.proj", width
            yield from ((f"{at}.mlp.fc1", 4 * width), (f"{at}.mlp.fc2", width))

    def all_layers():
        yield from (("x_embedder.proj", width), ("context_embedder", width))
        yield from ((f"{e}_embedder.mlp.{n}", width) for e in "ty" for n in (0, 2))
        yield from (("final_layer.adaLN_modulation.1", 2 * width), ("final_layer.linear", 64))
        for i in range(depth):
            block = f"joint_blocks.{i}"
            yield from stream(f"{block}.x_block", False)
            yield from stream(f"{block}.context_block", i == depth - 1)
            if i < dual:
                at = f"{block}.x_block.attn2"
                yield from ((f"{at}.qkv", 3 * width), (f"{at}.proj", width))
                yield from ((f"{at}.ln_q", 64), (f"{at}.ln_k", 64))

    checkpoint, names = layers(all_layers())
    checkpoint["pos_embed"] = torch.zeros(1)
    converted = converters.convert_sd3_transformer_checkpoint_to_diffusers(checkpoint)
    return lines("transformer", converted, names, "")


def flux():
    width = 3072

    def all_layers():
        yield from (("img_in", width), ("txt_in", width))
        for embedder in ("time_in", "vector_in", "guidance_in"):
            yield from ((f"{embedder}.in_layer", width), (f"{embedder}.out_layer", width))
        yield from (("final_layer.adaLN_modulation.1", 2 * width), ("final_layer.linear", 64))
        for i in range(19):
            for stream in ("img", "txt"):
                at = f"double_blocks.{i}.{stream}"
                yield from ((f"{at}_mod.lin", 6 * width), (f"{at}_attn.qkv", 3 * width))
                yield from ((f"{at}_attn.proj", width),)
                yield from ((f"{at}_mlp.0", 4 * width), (f"{at}_mlp.2", width))
        for i in range(38):
            at = f"single_blocks.{i}"
            yield from ((f"{at}.modulation.lin", 3 * width), (f"{at}.linear1", 7 * width))
            yield f"{at}.linear2", width

    checkpoint, names = layers(all_layers())

    def norm(name):
        weight = coded(128)
        checkpoint[name + ".scale"] = weight
        names[int(weight[0, 0]) // 1_000_000] = name

    for i in range(19):
        for stream, kind in itertools.product(("img", "txt"), ("query", "key")):
            norm(f"double_blocks.{i}.{stream}_attn.norm.{kind}_norm")
    for i in range(38):
        for kind in ("query", "key"):
            norm(f"single_blocks.{i}.norm.{kind}_norm")
    converted = converters.convert_flux_transformer_checkpoint_to_diffusers(checkpoint)
    return lines("transformer", converted, names, "")


def families():
    yield "sd15", unet((320, 640, 1280, 1280), (1, 1, 1, 0), 1, False)
    yield (
        "sd21",
        itertools.chain(
            unet((320, 640, 1280, 1280), (1, 1, 1, 0), 1, False),
            open_clip("text_encoder", "cond_stage_model.model.", 23, 1024),
        ),
    )
    yield (
        "sdxl",
        itertools.chain(
            unet((320, 640, 1280), (0, 2, 10), 10, True),
            open_clip("text_encoder_2", "conditioner.embedders.1.model.", 32, 1280),
        ),
    )
    yield (
        "sdxl-refiner",
        itertools.chain(
            unet((384, 768, 1536, 1536), (0, 4, 4, 0), 4, True),
            open_clip("text_encoder_2", "conditioner.embedders.0.model.", 32, 1280),
        ),
    )
    yield "sd3", sd3(24, False, 0)
    yield "sd35m", sd3(24, True, 13)
    yield "sd35l", sd3(38, True, 0)
    yield "flux", flux()


if __name__ == "__main__":
    for family, found in families():
        text = "".join(sorted(found))
        (OUT / f"{family}-natives.tsv.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
