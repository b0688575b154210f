"""Adapters that LyCORIS trains and loads, in the layout of kohya's trainer."""

import os

os.environ["LYCORIS_KERNEL_BACKEND"] = "torch"

import torch
from lycoris.config import PRESET
from lycoris.kohya import create_network, create_network_from_weights

from bases import TEXT, layers, noise, pipeline
from cases import OUT, halved, part, record

FACTORS = dict(oft_blocks=0.15, oft_diag=0.15, rescale=0.1, dora_scale=0.15, scalar=0.3, weight=0.05, bias=0.1)

# LyCORIS's own "full" lists the layers of time_embedding twice and refuses its list.
PRESET["tiny"] = {
    "enable_conv": True,
    "unet_target_module": ["Transformer2DModel", "ResnetBlock2D", "Downsample2D", "Upsample2D"],
    "unet_target_name": ["conv_in", "time_embedding.linear_1"],
    "text_encoder_target_module": ["CLIPAttention", "CLIPMLP"],
    "text_encoder_target_name": [],
}
PRESET["tiny denoiser"] = PRESET["tiny"] | {"text_encoder_target_module": []}


def models(pipe):
    both = getattr(pipe, "text_encoder_2", None)
    return [pipe.text_encoder, both] if both is not None else pipe.text_encoder


def trained(file, base, names, text, dim, alpha, **options):
    """As much of training as decides about a file: LyCORIS's network, with other numbers in it; and its pipeline."""
    pipe = pipeline(base)
    preset = "tiny" if text else "tiny denoiser"
    network = create_network(1.0, dim, alpha, pipe.vae, models(pipe), pipe.unet, preset=preset, **options)
    wanted = lambda lora, ends: any(lora.lora_name.endswith("_" + e.replace(".", "_")) for e in ends)
    network.unet_loras = [m for m in network.unet_loras if wanted(m, names)]
    network.text_encoder_loras = [m for m in network.text_encoder_loras if wanted(m, text)]
    assert network.unet_loras and (network.text_encoder_loras or not text), file
    network.apply_to(models(pipe), pipe.unet, bool(text), True)
    with torch.no_grad():
        for name, value in network.named_parameters():
            *_, owner, leaf = name.split(".")
            leaf = owner if leaf in ("weight", "bias") and not owner.startswith("lora_unet") else leaf
            drawn = noise(file + name, value.shape, FACTORS.get(leaf, value.shape[-1] ** -0.5 if value.dim() else 0.5))
            kept = leaf in ("rescale", "dora_scale", "scalar", "weight", "bias")
            value.copy_(value * (1 + drawn) if leaf == "dora_scale" else value + drawn if kept else drawn)
    network.save_weights(str(OUT / file), torch.float32, {"ss_network_module": "lycoris.kohya"})
    return pipe, network


def applied(name, base, weight, file):
    """A pipeline with a file applied by LyCORIS."""
    pipe = pipeline(base)
    network, _ = create_network_from_weights(weight, str(OUT / file), pipe.vae, models(pipe), pipe.unet)
    network.apply_to(models(pipe), pipe.unet, bool(network.text_encoder_loras), True)
    network.set_multiplier(weight)
    network.eval()
    record(name, base, [part(file, weight)], pipe)


def case(name, base, weight, names, text, dim, alpha, again=True, **options):
    """One file, used as LyCORIS reads it; or, where it cannot read what it wrote, as it trained it."""
    file = f"{base}-{name.replace(' ', '-')}.safetensors"
    pipe, network = trained(file, base, names, text, dim, alpha, **options)
    if again:
        halved(file)
        applied(f"{base} {name}", base, weight, file)
    else:
        network.set_multiplier(weight)
        network.eval()
        record(f"{base} {name}", base, [part(file, weight)], pipe)


def main():
    sd, xl = layers("sd"), layers("xl")
    few, words = sd[2:9], TEXT[1:4]
    four = [few[0], few[2], few[3], few[4]]
    case("locon", "sd", 0.8, few, words, 2, 3.0, algo="locon", conv_dim=3, conv_alpha=1.0)
    case("locon tucker", "sd", -0.6, few, words, 2, 3.0, algo="locon", use_tucker=True, rs_lora=True)
    case("loha", "sd", 0.9, four, words, 2, 4.0, algo="loha", use_scalar=True)
    case("loha tucker", "sd", 0.7, few, [], 2, 5.0, algo="loha", use_tucker=True)
    case("lokr", "sd", 0.9, few, words, 2, 1.0, algo="lokr", factor=4)
    case("lokr both", "sd", 0.9, few, words, 1, 1.0, again=False, algo="lokr", factor=2, decompose_both=True,
         use_tucker=True)
    case("lokr full", "sd", 0.5, few, words, 100, 1.0, algo="lokr", factor=4, full_matrix=True)
    case("dora", "sd", 1.0, few, words, 2, 2.0, algo="locon", dora_wd=True)
    case("dora by input", "sd", 1.0, few, words, 2, 2.0, again=False, algo="locon", dora_wd=True,
         wd_on_output=False)
    case("dora loha", "sd", 1.0, four, words, 2, 2.0, algo="loha", dora_wd=True)
    case("dora lokr", "sd", 1.0, few, words, 2, 2.0, algo="lokr", factor=4, dora_wd=True)
    case("diag oft", "sd", 1.0, few, words, 4, 1.0, algo="diag-oft", rescaled=True)
    case("boft", "sd", 1.0, four, [], 4, 1.0, algo="boft")
    case("glora", "sd", 0.7, [n for n in few if "conv" not in n], words, 2, 1.0, algo="glora")
    case("full", "sd", 0.7, few[1:2] + few[-1:], [], 2, 1.0, algo="full")
    case("norms", "sd", 0.7, few[1:2] + ["norm1", "norm2"], [], 2, 1.0, algo="locon", train_norm=True)
    case("ia3", "sd", 1.0, few, words, 2, 1.0, again=False, algo="ia3")
    case("loha", "xl", 0.9, xl[3:8], TEXT[1:3], 2, 5.0, algo="loha")
    case("lokr", "xl", 0.7, xl[8:], TEXT[1:3], 2, 1.5, algo="lokr", factor=4)
    case("dora", "xl", 1.0, xl[2:9], TEXT[1:3], 2, 1.5, algo="locon", dora_wd=True)
