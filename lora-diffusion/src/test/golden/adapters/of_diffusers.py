"""Adapters that diffusers itself loads with load_lora_weights, alone and three at once."""

import torch
from diffusers.utils import convert_state_dict_to_diffusers
from peft import LoraConfig, get_peft_model_state_dict, inject_adapter_in_model

from bases import DOWN, MID, TEXT, UP, attention, chosen, layers, noise, pipeline
from cases import OUT, halved, keep, part, record

def encoders(pipe):
    found = {"text_encoder": pipe.text_encoder}
    if getattr(pipe, "text_encoder_2", None) is not None:
        found["text_encoder_2"] = pipe.text_encoder_2
    return found


def pair(key, weight, rank):
    kernel = weight.shape[2:]
    down = noise(key + "down", (rank, *weight.shape[1:]), 1 / weight[0].numel() ** 0.5)
    return down, noise(key + "up", (weight.shape[0], rank, *[1 for _ in kernel]), 0.6)


# Where tiny-xl's blocks are in the layout that XL was first published in, by which kohya calls its layers.
FIRST_NAMES = {
    "conv_in": "input_blocks.0.0",
    "time_embedding.linear_1": "time_embed.0",
    "down_blocks.0.resnets.0": "input_blocks.1.0",
    "down_blocks.0.downsamplers.0.conv": "input_blocks.2.0.op",
    "down_blocks.1.resnets.0": "input_blocks.3.0",
    "down_blocks.1.attentions.0": "input_blocks.3.1",
    "mid_block.attentions.0": "middle_block.1",
    "up_blocks.0.attentions.0": "output_blocks.0.1",
    "up_blocks.0.attentions.1": "output_blocks.1.1",
    "up_blocks.0.upsamplers.0": "output_blocks.1.2",
}


def first_name(name):
    for ours, theirs in FIRST_NAMES.items():
        if name.startswith(ours):
            rest = name.removeprefix(ours)
            inner = {".conv1": ".in_layers.2", ".time_emb_proj": ".emb_layers.1"}
            return theirs + inner.get(rest, rest)
    return name


def kohya(file, base, names, text, alpha, ranks, first=False):
    """kohya's layout, as sd-scripts writes it: flat names of the modules, one alpha for each layer."""
    pipe = pipeline(base)
    tensors = {}
    models = {"lora_unet": (pipe.unet, names)}
    for i, model in enumerate(encoders(pipe).values()):
        prefix = "lora_te" if base == "sd" else f"lora_te{i + 1}"
        models[prefix + "_text_model_encoder"] = (model, text)
    for prefix, (model, ends) in models.items():
        for at, (name, module) in enumerate(chosen(model, ends)):
            name = name.removeprefix("text_model.").removeprefix("encoder.")
            name = first_name(name) if first else name
            key = prefix + "_" + name.replace(".", "_")
            rank = ranks[at % len(ranks)]
            down, up = pair(file + key, module.weight, rank)
            tensors[key + ".lora_down.weight"], tensors[key + ".lora_up.weight"] = down.half(), up.half()
            tensors[key + ".alpha"] = torch.tensor(alpha).half()
    keep(file, tensors, {"ss_network_module": "networks.lora"})


def own(file, base, unet, text):
    """diffusers' layout: adapters that PEFT made, written by save_lora_weights with their settings."""
    pipe = pipeline(base)
    states, told = {}, {}
    for name, model, config in [("unet", pipe.unet, unet)] + [(n, m, text) for n, m in encoders(pipe).items()]:
        if config is None:
            continue
        inject_adapter_in_model(config, model)
        with torch.no_grad():
            for key, value in model.named_parameters():
                if "lora_magnitude" in key:
                    value.mul_(1 + noise(file + name + key, value.shape, 0.2))
                elif "lora_" in key:
                    width = value[0].numel() ** 0.5 if "lora_A" in key else 1 / 0.6
                    value.copy_(noise(file + name + key, value.shape, 1 / width))
        state = get_peft_model_state_dict(model)
        states[name + "_lora_layers"] = state if name == "unet" else convert_state_dict_to_diffusers(state)
        told[name + "_lora_adapter_metadata"] = {
            k: list(v) if isinstance(v, set) else v for k, v in config.to_dict().items()
            if v is not None and k not in ("runtime_config", "loftq_config", "eva_config", "corda_config")}
    pipe.save_lora_weights(OUT, weight_name=file, **states, **told)
    halved(file)


def loaded(name, base, *parts):
    """A pipeline with adapters loaded and weighed as users of diffusers do."""
    pipe = pipeline(base)
    weights = {}
    for i, p in enumerate(parts):
        pipe.load_lora_weights(OUT, weight_name=p["file"], adapter_name=f"a{i}")
        weights[f"a{i}"] = p.get("blocks", p["weight"])
    pipe.set_adapters(list(weights), list(weights.values()))
    record(name, base, [{k: v for k, v in p.items() if k != "blocks"} for p in parts], pipe)


def lora(targets, rank, alpha, **more):
    return LoraConfig(r=rank, lora_alpha=alpha, target_modules=targets, **more)


def main():
    for base in ("sd", "xl"):
        file = f"{base}-kohya.safetensors"
        kohya(file, base, layers(base), TEXT, 1.5, (3, 1, 2), first=base == "xl")
        loaded(f"{base} kohya", base, part(file, 0.7))
        file = f"{base}-diffusers.safetensors"
        own(file, base,
            lora(layers(base), 2, 3, rank_pattern={"attn1.to_q": 4, "conv1": 3}, alpha_pattern={"attn2.to_k": 5}),
            lora(TEXT, 3, 2))
        loaded(f"{base} diffusers", base, part(file, -0.4))
        file = f"{base}-diffusers-dora.safetensors"
        # Without text encoders: diffusers 0.42.1 leaves out what DoRA has there, and all of kohya's DoRA.
        own(file, base, lora(layers(base), 2, 3, use_dora=True), None)
        loaded(f"{base} diffusers dora", base, part(file))
    three("sd")
    three("xl")


def three(base):
    """Three at once: one everywhere, one in text encoders alone, one with a weight for each block."""
    wide, words, blocks = (f"{base}-three-{n}.safetensors" for n in ("wide", "words", "blocks"))
    # diffusers' weights for blocks fail on names as short as conv_in, in whichever adapter.
    own(wide, base, lora(layers(base)[2:], 2, 3), lora(TEXT, 3, 4))
    kohya(words, base, [], TEXT, 3.0, (2,))
    own(blocks, base, lora(attention(base), 1, 1), None)
    up = int(UP[base].split(".")[1])
    down = int(DOWN[base].split(".")[1])
    scales = {"unet": {"down": {f"block_{down}": 0.0}, "mid": 0.5,
                       "up": {f"block_{up}": [1.1, 0.3]}}}
    shares = {f"unet.{DOWN[base]}": 0.0, "unet." + MID: 0.5 / 1.1, f"unet.{UP[base]}attentions.1.": 0.3 / 1.1}
    third = part(blocks, 1.1, shares) | {"blocks": scales}
    loaded(f"{base} three", base, part(wide, 0.7), part(words, -0.4), third)
