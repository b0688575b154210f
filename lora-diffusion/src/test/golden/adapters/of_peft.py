"""Adapters that PEFT makes, as the folders that its save_pretrained writes, and as one file with PEFT's keys."""

import json
import shutil

import torch
from peft import BOFTConfig, IA3Config, LoHaConfig, LoKrConfig, LoraConfig, OFTConfig, get_peft_model
from peft.tuners.tuners_utils import BaseTunerLayer
from safetensors.torch import load_file, save_file

from bases import TEXT, attention, layers, linear, noise, pipeline
from cases import OUT, keep, part, record

SCALES = {"lora_magnitude_vector": 0.2, "oft_": 0.2, "boft_R": 0.2, "boft_s": 0.1, "ia3_": 0.3, "lora_A": 0.3}


def applied(name, model, config):
    """The model with a new adapter in it."""
    inside = get_peft_model(model, config)
    with torch.no_grad():
        for key, value in inside.named_parameters():
            if any(p in key for p in ("lora_", "hada_", "lokr_", "ia3_", "oft_", "boft_")):
                scale = next((s for k, s in SCALES.items() if k in key), 0.6)
                drawn = noise(name + key, value.shape, scale)
                one = "ia3_" in key or "boft_s" in key or "magnitude" in key
                value.copy_((value * (1 + drawn) if one else drawn).half())
    return inside


def case(name, base, weight, **configs):
    """A folder with one of PEFT's folders for each model."""
    pipe = pipeline(base)
    folder = OUT / f"{base}-{name.replace(' ', '-')}"
    for model, config in configs.items():
        inside = applied(name + model, getattr(pipe, model), config)
        inside.save_pretrained(folder / model)
        (folder / model / "README.md").unlink(missing_ok=True)
        half = {k: v.half() for k, v in load_file(folder / model / "adapter_model.safetensors").items()}
        save_file(half, folder / model / "adapter_model.safetensors")
        settings = folder / model / "adapter_config.json"
        told = {k: v for k, v in json.loads(settings.read_text()).items() if v is not None}
        settings.write_text(json.dumps(told, sort_keys=True) + "\n")
        for layer in (m for m in inside.modules() if isinstance(m, BaseTunerLayer) and weight != 1):
            layer.scale_layer(weight)
        inside.eval()
        if isinstance(config, OFTConfig):
            inside.merge_adapter()  # unmerged, it adds up the overlapping places that a convolution sees
    record(f"{base} {name}", base, [part(folder.name, weight)], pipe)


def one_file(name, base, weight, config):
    """The tensors of such a folder alone, so that nothing says what alpha is: it is the rank."""
    pipe = pipeline(base)
    inside = applied(name, pipe.unet, config)
    inside.save_pretrained(OUT / "once")
    keep(f"{base}-{name.replace(' ', '-')}.safetensors", load_file(OUT / "once/adapter_model.safetensors"))
    shutil.rmtree(OUT / "once")
    for layer in (m for m in inside.modules() if isinstance(m, BaseTunerLayer)):
        layer.scale_layer(weight)
    record(f"{base} {name}", base, [part(f"{base}-{name.replace(' ', '-')}.safetensors", weight)], pipe)


def lora(targets, **more):
    return LoraConfig(target_modules=targets, **more)


def main():
    sd, words = layers("sd")[2:9], TEXT[1:4]
    straight = [n for n in linear("sd") if n in sd]
    case("peft lora", "sd", 0.7,
         unet=lora(sd, r=2, lora_alpha=3, use_rslora=True, rank_pattern={"conv1": 1}),
         text_encoder=lora(words, r=3, lora_alpha=2))
    one_file("peft keys", "sd", -0.8, lora(sd, r=2, lora_alpha=2))
    case("peft dora", "sd", 1.0,
         unet=lora(sd, r=2, lora_alpha=3, use_dora=True), text_encoder=lora(words, r=2, lora_alpha=2, use_dora=True))
    case("peft loha", "sd", 0.7,
         unet=LoHaConfig(target_modules=sd[1:5], r=2, alpha=4, rank_pattern={"attn1.to_q": 3}),
         text_encoder=LoHaConfig(target_modules=words, r=2, alpha=1))
    case("peft loha tucker", "sd", 0.7, unet=LoHaConfig(target_modules=sd, r=2, alpha=4, use_effective_conv2d=True))
    case("peft lokr", "sd", 0.7,
         unet=LoKrConfig(target_modules=sd, r=2, alpha=4, decompose_factor=4, use_effective_conv2d=True),
         text_encoder=LoKrConfig(target_modules=words, r=2, alpha=1, decompose_both=True))
    case("peft oft", "sd", 1.0, unet=OFTConfig(target_modules=sd, oft_block_size=4, r=0),
         text_encoder=OFTConfig(target_modules=words, oft_block_size=4, r=0))
    case("peft oft exact", "sd", 1.0,
         unet=OFTConfig(target_modules=straight, oft_block_size=4, r=0, use_cayley_neumann=False))
    case("peft boft", "sd", 1.0,
         unet=BOFTConfig(target_modules=straight, boft_block_size=4, boft_n_butterfly_factor=1))
    case("peft ia3", "sd", 1.0,
         unet=IA3Config(target_modules=straight, feedforward_modules=[n for n in straight if ".ff." in n]),
         text_encoder=IA3Config(target_modules=words, feedforward_modules=[n for n in words if "fc1" in n]))
    case("peft lora", "xl", 0.7,
         unet=lora(attention("xl"), r=2, lora_alpha=3, alpha_pattern={"to_q": 1}),
         text_encoder=lora(TEXT[1:3], r=2, lora_alpha=2),
         text_encoder_2=lora(TEXT[1:4], r=1, lora_alpha=1))
