"""Makes src/test/resources/original-layout: which key of a single-file checkpoint holds which weight of a folder.

Run offline with the versions of requirements.txt, after tiny_sd.py and tiny_xl.py:  python original_layout.py
One line for each key of the file: the key, how its tensor is made (`same`, `conv`: a linear layer as a 1x1 convolution,
`rows`: several, one below the other, `turned`: transposed), and what of, as MODEL:NAME. diffusers' own converters turn
the tensors that are laid out so back into the folder's, name by name and bit by bit; the script fails where not.
`sd1` and `sd2` lay out tiny-sd (its text encoder as transformers has it, and as OpenCLIP), `xl` lays out tiny-xl.
"""

import re
from pathlib import Path
from types import SimpleNamespace

import torch
from diffusers.loaders import single_file_utils as theirs
from safetensors.torch import load_file

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
OUT = RESOURCES / "original-layout"
RESNET = {"norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "norm2": "out_layers.0",
          "conv2": "out_layers.3", "conv_shortcut": "skip_connection"}
ENDS = {"conv_in": "input_blocks.0.0", "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2",
        "add_embedding.linear_1": "label_emb.0.0", "add_embedding.linear_2": "label_emb.0.2", "conv_norm_out": "out.0",
        "conv_out": "out.2"}
MIDDLE = {"mid_block.resnets.0": "middle_block.0", "mid_block.attentions.0": "middle_block.1",
          "mid_block.resnets.1": "middle_block.2"}
ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}
OPEN_CLIP = {"layer_norm1": "ln_1", "layer_norm2": "ln_2", "mlp.fc1": "mlp.c_fc", "mlp.fc2": "mlp.c_proj",
             "self_attn.out_proj": "attn.out_proj"}


def unet_blocks(names):
    """Prefixes of diffusers to prefixes of the original, by walking the blocks in the order they are computed in."""
    moved, number = dict(MIDDLE), 1
    there = lambda p: any(n.startswith(p + ".") for n in names)
    for direction, to in (("down", "input_blocks"), ("up", "output_blocks")):
        level, number = 0, 1 if direction == "down" else 0
        while there(f"{direction}_blocks.{level}"):
            at, layer = f"{direction}_blocks.{level}", 0
            while there(f"{at}.resnets.{layer}"):
                moved[f"{at}.resnets.{layer}"] = f"{to}.{number}.0"
                moved[f"{at}.attentions.{layer}"] = f"{to}.{number}.1"
                layer, number = layer + 1, number + 1
            if there(f"{at}.downsamplers.0"):
                moved[f"{at}.downsamplers.0.conv"] = f"{to}.{number}.0.op"
                number += 1
            if there(f"{at}.upsamplers.0"):
                moved[f"{at}.upsamplers.0.conv"] = f"{to}.{number - 1}.{2 if there(at + '.attentions.0') else 1}.conv"
            level += 1
    return moved


def unet_key(name, moved):
    layer, parameter = name.rsplit(".", 1)
    if layer in ENDS:
        return f"{ENDS[layer]}.{parameter}"
    before = max((p for p in moved if name.startswith(p + ".")), key=len)
    rest = layer[len(before) + 1:]
    rest = RESNET.get(rest, rest) if "resnets" in before else rest
    return ".".join(x for x in (moved[before], rest, parameter) if x)


def vae_key(name, levels):
    name = re.sub(r"mid_block\.resnets\.(\d)", lambda m: f"mid.block_{int(m[1]) + 1}", name)
    for now, then in ATTENTION.items():
        name = name.replace(f"mid_block.attentions.0.{now}.", f"mid.attn_1.{then}.")
    name = re.sub(r"encoder\.down_blocks\.(\d)\.", r"encoder.down.\1.", name)
    name = re.sub(r"decoder\.up_blocks\.(\d)\.", lambda m: f"decoder.up.{levels - 1 - int(m[1])}.", name)
    name = name.replace("downsamplers.0.", "downsample.").replace("upsamplers.0.", "upsample.")
    return name.replace("resnets.", "block.").replace("conv_shortcut", "nin_shortcut").replace("conv_norm_out", "norm_out")


def lay_out(folder, encoders):
    """encoders: by model, the prefix in the file and whether OpenCLIP's layout. Returns lines and the file's tensors."""
    lines, file = [], {}

    def put(key, how, model, *names):
        parts = [folder[model][n] for n in names]
        tensor = {"same": lambda: parts[0], "conv": lambda: parts[0][:, :, None, None], "rows": lambda: torch.cat(parts),
                  "turned": lambda: parts[0].T.contiguous()}[how]()
        assert key not in file, key
        file[key] = tensor
        lines.append(f"{key}\t{how}\t{','.join(model + ':' + n for n in names)}")

    moved = unet_blocks(folder["unet"])
    for name in folder["unet"]:
        put("model.diffusion_model." + unet_key(name, moved), "same", "unet", name)
    levels = 1 + max(int(m[1]) for m in (re.match(r"encoder\.down_blocks\.(\d)", n) for n in folder["vae"]) if m)
    for name in folder["vae"]:
        linear = ".attentions." in name and folder["vae"][name].dim() == 2
        put("first_stage_model." + vae_key(name, levels), "conv" if linear else "same", "vae", name)
    for model, (prefix, open_clip) in encoders.items():
        for name in folder[model]:
            open_clip_key(put, prefix, model, name) if open_clip else put(prefix + name, "same", model, name)
    return lines, file


def open_clip_key(put, prefix, model, name):
    layer = re.match(r"text_model\.encoder\.layers\.(\d+)\.(.*)\.(weight|bias)", name)
    if layer:
        at = f"{prefix}transformer.resblocks.{layer[1]}."
        if layer[2] == "self_attn.q_proj":
            names = [name.replace("q_proj", p) for p in ("q_proj", "k_proj", "v_proj")]
            put(f"{at}attn.in_proj_{layer[3]}", "rows", model, *names)
        elif layer[2] in OPEN_CLIP:
            put(f"{at}{OPEN_CLIP[layer[2]]}.{layer[3]}", "same", model, name)
        return
    plain = {"text_model.embeddings.token_embedding.weight": "token_embedding.weight",
             "text_model.embeddings.position_embedding.weight": "positional_embedding",
             "text_model.final_layer_norm.weight": "ln_final.weight", "text_model.final_layer_norm.bias": "ln_final.bias"}
    if name == "text_projection.weight":
        put(prefix + "text_projection", "turned", model, name)
    else:
        put(prefix + plain[name], "same", model, name)


def judge(folder, file, encoders, unet_config):
    """diffusers' converters give the folder's tensors back."""
    same("unet", theirs.convert_ldm_unet_checkpoint(dict(file), unet_config), folder["unet"])
    levels = {n.split(".")[2] for n in folder["vae"] if n.startswith("encoder.down_blocks.")}
    vae_config = {"down_block_types": levels, "up_block_types": levels}
    same("vae", theirs.convert_ldm_vae_checkpoint(dict(file), vae_config), folder["vae"])
    for model, (prefix, open_clip) in encoders.items():
        if open_clip:
            width = folder[model]["text_model.final_layer_norm.weight"].shape[0]
            text_model = SimpleNamespace(config=SimpleNamespace(hidden_size=width))
            made = theirs.convert_open_clip_checkpoint(text_model, dict(file), prefix=prefix)
            made = {k: v for k, v in made.items() if not k.endswith("position_ids")}
        else:
            made = theirs.convert_ldm_clip_checkpoint(dict(file), remove_prefix=prefix)
        same(model, made, folder[model])


def same(model, made, wanted):
    short = lambda tensors: {k.removeprefix("text_model."): v for k, v in tensors.items()}
    made, wanted = short(made), short(wanted)
    assert made.keys() == wanted.keys(), (model, sorted(made.keys() ^ wanted.keys())[:10])
    for name, tensor in wanted.items():
        assert torch.equal(made[name].reshape(tensor.shape), tensor), (model, name)


def main():
    OUT.mkdir(exist_ok=True)
    clip, open_clip = "cond_stage_model.transformer.", "cond_stage_model.model."
    kinds = {
        "sd1": ("tiny-sd", {"text_encoder": (clip, False)}),
        "sd2": ("tiny-sd", {"text_encoder": (open_clip, True)}),
        "xl": ("tiny-xl", {"text_encoder": ("conditioner.embedders.0.transformer.", False),
                           "text_encoder_2": ("conditioner.embedders.1.model.", True)}),
    }
    for kind, (name, encoders) in kinds.items():
        folder = {}
        for part in (RESOURCES / name).iterdir():
            for weights in part.glob("*model.safetensors") if part.is_dir() else ():
                folder[part.name] = load_file(weights)
        lines, file = lay_out(folder, encoders)
        layers = 1
        config = {"layers_per_block": layers, "class_embed_type": None, "addition_embed_type": "text_time" if kind == "xl" else None}
        judge(folder, file, encoders, config)
        (OUT / f"{kind}.tsv").write_text("\n".join(sorted(lines)) + "\n")
        print(kind, len(lines), "keys")


if __name__ == "__main__":
    main()
