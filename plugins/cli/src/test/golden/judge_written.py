"""Lets diffusers, PEFT and kohya's own code load the files that `lora4j convert` writes.

    python judge_written.py LORA4J SD_SCRIPTS

LORA4J is the launcher at the root of a clone, SD_SCRIPTS a clone of kohya-ss/sd-scripts (48d368fa). Versions of packages are
in requirements-judge.txt. Needs no network. Prints one line per judgement and fails at the first that is not met.

Small: an adapter for every linear layer and convolution of the tests' tiny model, with ranks and alphas that differ from
layer to layer, in each layout. Every key has to be known, and the merged weights have to be W + alpha / r * up * down,
computed in F64, to a relative Frobenius norm of 1e-6 over all layers.

The other way round: adapters of every type that PEFT itself saves, and LoRA that diffusers saves, go through `convert` to
PEFT's layout; PEFT has to find every key and to merge the same weights.

Full size, on PyTorch's meta device: adapters that kohya's code itself makes for all 264 layers of Stable Diffusion 1 and
986 of XL, rank 1. kohya's code has to find every key of what we write, and diffusers' converter has to make of our kohya
file exactly the tensors that our diffusers file has.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import types

import torch
from safetensors.torch import load_file, save_file

LAUNCHER, SCRIPTS = sys.argv[1], sys.argv[2]
ROOT = pathlib.Path(LAUNCHER).resolve().parent
TINY = ROOT / "lora-diffusion/src/test/resources/tiny-sd"
WORK = pathlib.Path(tempfile.mkdtemp(prefix="judge"))
TOLERANCE = 1e-6


def say(text):
    print("ok  " + text, flush=True)


def convert(source, name, *options):
    target = WORK / name
    done = subprocess.run(
        [LAUNCHER, "convert", str(source), str(target), "--json", *options], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return target, json.loads(done.stdout)


def flat(prefix, module):
    return prefix + "_" + module.replace(".", "_")


def layers(model):
    kinds = (torch.nn.Linear, torch.nn.Conv2d)
    return {n: m for n, m in model.named_modules() if isinstance(m, kinds)}


def pair(module, rank, generator):
    weight = module.weight
    down = torch.randn(rank, *weight.shape[1:], generator=generator) / 4
    up = torch.randn(weight.shape[0], rank, *[1] * (weight.dim() - 2), generator=generator) / 4
    return down, up


# --- small -----------------------------------------------------------------------------------------------------------

def pipeline():
    from diffusers import StableDiffusionPipeline

    return StableDiffusionPipeline.from_pretrained(TINY, safety_checker=None, feature_extractor=None)


def text_name(name):
    """The tiny model's files have the prefix that newer transformers leave out of modules."""
    return name if name.startswith("text_model.") or name == "text_projection" else "text_model." + name


def make(pipe, scale):
    """A kohya file for all layers; scale gives alpha by rank and index."""
    generator = torch.Generator().manual_seed(5)
    tensors, expected = {}, {"unet": {}, "text_encoder": {}}
    for component, prefix in (("unet", "lora_unet"), ("text_encoder", "lora_te")):
        model = getattr(pipe, component)
        for i, (name, module) in enumerate(layers(model).items()):
            rank = 1 + i % 4
            alpha = scale(rank, i)
            down, up = pair(module, rank, generator)
            path = text_name(name) if component == "text_encoder" else name
            key = flat(prefix, path)
            tensors |= {f"{key}.lora_down.weight": down, f"{key}.lora_up.weight": up,
                        f"{key}.alpha": torch.tensor(float(alpha))}
            delta = up.flatten(1).double() @ down.flatten(1).double() * (float(alpha) / rank)
            expected[component][name] = (module.weight.double() + delta.reshape(module.weight.shape)).detach()
    file = WORK / f"tiny-{scale(3, 2)}.safetensors"
    save_file(tensors, file, {"ss_output_name": "tiny"})
    return file, expected


def error(model, expected):
    got = layers(model)
    off = sum(((got[n].weight.double() - w) ** 2).sum() for n, w in expected.items())
    return (off / sum((w ** 2).sum() for w in expected.values())).sqrt().item()


def judge_pipeline(what, source, expected, folder_of=None):
    import warnings

    pipe = pipeline()
    lines = []
    import logging
    handler = logging.Handler()
    handler.emit = lambda r: lines.append(r.getMessage())
    for name in ("diffusers", "peft", "transformers"):
        logging.getLogger(name).addHandler(handler)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        pipe.load_lora_weights(source)
    heard = [str(w.message) for w in caught] + lines
    bad = [t for t in heard if "unexpected" in t.lower() or "missing" in t.lower() or "No LoRA keys" in t]
    assert not bad, bad
    pipe.fuse_lora()
    pipe.unload_lora_weights()
    for component, weights in expected.items():
        off = error(getattr(pipe, component), weights)
        assert off <= TOLERANCE, (what, component, off)
        say(f"{what}: {len(weights)} layers of {component} in diffusers, merged weights differ by {off:.1e}")


def judge_peft(what, folder, expected):
    import peft

    pipe = pipeline()
    for component, weights in expected.items():
        model = getattr(pipe, component)
        here = folder / component if (folder / component).is_dir() else folder
        config = peft.PeftConfig.from_pretrained(here)
        wrapped = peft.get_peft_model(model, config)
        tensors = load_file(here / "adapter_model.safetensors")
        if component == "text_encoder" and not hasattr(model, "text_model"):
            tensors = {k.replace(".text_model.", "."): v for k, v in tensors.items()}
        outcome = peft.set_peft_model_state_dict(wrapped, tensors)
        missing = [k for k in outcome.missing_keys if "lora_" in k]
        assert not missing and not outcome.unexpected_keys, (missing[:3], outcome.unexpected_keys[:3])
        merged = wrapped.merge_and_unload()
        off = error(merged, weights)
        assert off <= TOLERANCE, (what, component, off)
        say(f"{what}: {len(weights)} layers of {component} in PEFT, merged weights differ by {off:.1e}")


def small():
    base = ("--base", str(TINY))
    file, expected = make(pipeline(), lambda rank, i: rank * (1, 0.5, 0.7, 2)[i % 4])
    # Of kohya's files diffusers gives attention the commonest alpha of all, so here there is one.
    same, of_same = make(pipeline(), lambda rank, i: 1.5)
    kohya, _ = convert(same, "k.safetensors", "--to", "kohya", *base)
    judge_pipeline("kohya", kohya, of_same)
    diffusers, told = convert(file, "d.safetensors", "--to", "diffusers", *base)
    assert told["identity_before"] == told["identity_after"]
    judge_pipeline("diffusers, scales in its metadata", diffusers, expected)
    folded, _ = convert(file, "f.safetensors", "--to", "diffusers", "--fold-alpha", *base)
    judge_pipeline("diffusers, scales folded", folded, expected)
    folder, told = convert(file, "peft", "--to", "peft", *base)
    assert told["identity_before"] == told["identity_after"]
    judge_peft("peft", folder, expected)


# --- what PEFT and diffusers save ------------------------------------------------------------------------------------

LINEAR = r"mid_block.*\.(to_q|to_k|ff\.net\.2|proj_in)"
NO_KERNEL = r"mid_block.*\.(to_q|to_k|ff\.net\.2)"
KERNEL = r"mid_block.*\.(to_q|conv1|ff\.net\.2)"


def peft_types():
    import peft

    pattern = {"mid_block.attentions.0.transformer_blocks.0.attn1.to_q": 3}
    lora = dict(r=2, lora_alpha=3, rank_pattern=pattern, init_lora_weights=False)
    ranked = dict(r=2, alpha=3, rank_pattern=pattern, init_weights=False)
    return {
        "LoRA": peft.LoraConfig(target_modules=KERNEL, **lora),
        "rsLoRA": peft.LoraConfig(target_modules=KERNEL, use_rslora=True, **lora),
        "LoRA with biases": peft.LoraConfig(target_modules=r"mid_block.*\.(to_out\.0|ff\.net\.2)", lora_bias=True, **lora),
        "DoRA": peft.LoraConfig(target_modules=KERNEL, use_dora=True, **lora),
        "LoHa": peft.LoHaConfig(target_modules=KERNEL, **ranked),
        "LoHa, Tucker": peft.LoHaConfig(target_modules=KERNEL, use_effective_conv2d=True, **ranked),
        "LoKr": peft.LoKrConfig(target_modules=KERNEL, **ranked),
        "LoKr, both factored": peft.LoKrConfig(
            target_modules=r"mid_block.*\.to_q", decompose_both=True, decompose_factor=8, r=1, alpha=2, init_weights=False),
        "LoKr, Tucker": peft.LoKrConfig(target_modules=KERNEL, use_effective_conv2d=True, **ranked),
        "(IA)3": peft.IA3Config(
            target_modules=LINEAR, feedforward_modules=r"mid_block.*\.ff\.net\.2", init_ia3_weights=False),
        "OFT": peft.OFTConfig(target_modules=LINEAR, oft_block_size=4, init_weights=False),
        "OFT, exact": peft.OFTConfig(
            target_modules=LINEAR, oft_block_size=4, use_cayley_neumann=False, init_weights=False),
        "BOFT": peft.BOFTConfig(
            target_modules=LINEAR, boft_block_size=4, boft_n_butterfly_factor=2, init_weights=False),
        "OFT, blocks that PEFT adjusts": peft.OFTConfig(target_modules=LINEAR, oft_block_size=24, init_weights=False),
        "MiSS": peft.MissConfig(target_modules=NO_KERNEL, r=3, init_weights=False),
        "MiSS, mini": peft.MissConfig(target_modules=NO_KERNEL, r=3, init_weights="mini", mini_r=4),
        "MiSS, bat": peft.MissConfig(target_modules=NO_KERNEL, r=4, init_weights="bat"),
        "GraLoRA": peft.GraloraConfig(target_modules=NO_KERNEL, r=4, alpha=3, init_weights=False),
        "GraLoRA, hybrid": peft.GraloraConfig(
            target_modules=NO_KERNEL, r=4, alpha=3, gralora_k=4, hybrid_r=2, init_weights=False),
        "HiRA": peft.HiraConfig(target_modules=KERNEL, r=3, init_weights=False),
        "AdaLoRA": peft.AdaLoraConfig(
            target_modules=KERNEL, init_r=3, lora_alpha=2, total_step=9, init_lora_weights=False),
        "AdaLoRA, directions taken away": peft.AdaLoraConfig(
            target_modules=KERNEL, init_r=3, lora_alpha=2, total_step=9, init_lora_weights=False),
        "AdaLoRA without alpha, directions taken away": peft.AdaLoraConfig(
            target_modules=KERNEL, init_r=3, lora_alpha=0, total_step=9, init_lora_weights=False),
        "SHiRA": peft.ShiraConfig(target_modules=r"mid_block.*\.(to_q|ff\.net\.2)", r=1, init_weights=False),
    }


def take_directions_away(wrapped):
    """Leaves one direction of the first layer, two of the second, all of the third, and so on, as PEFT's allocator does."""
    sizes = [n for n, _ in wrapped.base_model.model.named_parameters() if "lora_E." in n]
    pattern = {n: [j >= 2 - i % 3 for j in range(3)] for i, n in enumerate(sizes)}
    wrapped.base_model.resize_modules_by_rank_pattern(pattern, "default")
    wrapped.peft_config["default"].rank_pattern = pattern


def judge_type(what, config):
    import peft

    torch.manual_seed(11)
    wrapped = peft.get_peft_model(pipeline().unet, config)
    with torch.no_grad():
        for name, value in wrapped.named_parameters():
            if value.requires_grad:
                value.add_(torch.randn_like(value) * 0.05)
    if "taken away" in what:
        take_directions_away(wrapped)
    source = WORK / f"peft-{what}"
    wrapped.save_pretrained(source)
    expected = {n: m.weight.double() for n, m in layers(wrapped.merge_and_unload()).items()}
    target, told = convert(source, f"ours-{what}", "--to", "peft", "--base", str(TINY))
    assert not told["ignored"], told["ignored"]
    theirs, ours = (load_file(f / "adapter_model.safetensors") for f in (source, target))
    assert theirs.keys() == ours.keys(), sorted(theirs.keys() ^ ours.keys())[:4]
    same = all(torch.equal(theirs[k], ours[k]) for k in theirs)
    merged = peft.PeftModel.from_pretrained(pipeline().unet, target).merge_and_unload()
    off = error(merged, expected)
    assert same and off <= TOLERANCE, (what, same, off)
    say(f"{what} saved by PEFT: {len(ours)} tensors the same after convert, merged weights differ by {off:.1e}")


def judge_saved_by_diffusers():
    import peft

    pipe = pipeline()
    configs = {
        "unet": peft.LoraConfig(r=2, lora_alpha=2, target_modules=["to_q", "to_v", "conv1"], init_lora_weights=False),
        "text_encoder": peft.LoraConfig(r=3, lora_alpha=3, target_modules=["q_proj", "fc1"], init_lora_weights=False),
    }
    states = []
    for component, config in configs.items():
        wrapped = peft.get_peft_model(getattr(pipe, component), config)
        state = peft.get_peft_model_state_dict(wrapped)
        states.append({k.removeprefix("base_model.model."): v for k, v in state.items()})
    folder = WORK / "saved-by-diffusers"
    type(pipe).save_lora_weights(folder, unet_lora_layers=states[0], text_encoder_lora_layers=states[1])
    source = folder / "pytorch_lora_weights.safetensors"
    target, told = convert(source, "again.safetensors", "--to", "diffusers", "--base", str(TINY))
    theirs, ours = load_file(source), load_file(target)
    theirs = {k.replace("text_encoder.encoder.", "text_encoder.text_model.encoder."): v for k, v in theirs.items()}
    assert theirs.keys() == ours.keys() and all(torch.equal(theirs[k], ours[k]) for k in theirs)
    assert not told["ignored"] and told["identity_before"] == told["identity_after"]
    say(f"LoRA saved by diffusers: {len(ours)} tensors the same after convert")


# --- full size -------------------------------------------------------------------------------------------------------

def kohya_code():
    stub = types.ModuleType("library.utils")
    stub.setup_logging = lambda *a, **k: None
    sys.path.insert(0, SCRIPTS)
    import library

    sys.modules["library.utils"] = stub
    library.utils = stub
    import networks.lora

    return networks.lora


def kohya_targets(lora):
    """The classes that kohya's walk looks for; it adds to its own list at each use."""
    network = lora.LoRANetwork
    network.UNET_TARGET_REPLACE_MODULE = ["Transformer2DModel"]
    network.TEXT_ENCODER_TARGET_REPLACE_MODULE = ["CLIPAttention", "CLIPMLP"]
    return network


def clip(layers_, width, projection=False):
    import transformers

    config = transformers.CLIPTextConfig(
        hidden_size=width, intermediate_size=4 * width, num_hidden_layers=layers_,
        num_attention_heads=width // 64, projection_dim=width)
    kind = transformers.CLIPTextModelWithProjection if projection else transformers.CLIPTextModel
    model = kind(config)
    if not hasattr(model, "text_model"):
        # As the models were when kohya's names were made.
        holder = torch.nn.Module()
        holder.text_model = model
        return holder
    return model


def full_sd1():
    from diffusers import UNet2DConditionModel

    unet = UNet2DConditionModel(cross_attention_dim=768)
    return unet, clip(12, 768)


def full_sdxl():
    from library.sdxl_original_unet import SdxlUNet2DConditionModel

    return SdxlUNet2DConditionModel(), [clip(12, 768), clip(32, 1280, True)]


def full(lora, title, count, build, base):
    network_class = kohya_targets(lora)
    with torch.device("meta"):
        unet, text = build()
        made = network_class(text, unet, lora_dim=1, alpha=1, is_sdxl=base == "sdxl")
    generator = torch.Generator().manual_seed(7)
    tensors = {}
    for module in made.text_encoder_loras + made.unet_loras:
        tensors[module.lora_name + ".lora_down.weight"] = torch.randn(
            module.lora_down.weight.shape, generator=generator)
        tensors[module.lora_name + ".lora_up.weight"] = torch.randn(
            module.lora_up.weight.shape, generator=generator)
        tensors[module.lora_name + ".alpha"] = torch.tensor(1.0)
    names = {k.split(".")[0] for k in tensors}
    assert len(names) == count, len(names)
    source = WORK / f"{base}.safetensors"
    save_file(tensors, source)
    diffusers, told = convert(source, f"{base}-d.safetensors", "--to", "diffusers", "--base", base)
    assert not told["ignored"] and told["layers"] == count
    kohya, told = convert(diffusers, f"{base}-k.safetensors", "--to", "kohya", "--base", base)
    assert told["identity_before"] == told["identity_after"]
    ours = load_file(kohya)
    assert ours.keys() == tensors.keys()
    assert all(torch.equal(ours[k], tensors[k]) for k in tensors)
    with torch.device("meta"):
        network, weights = lora.create_network_from_weights(1.0, None, None, text, unet, weights_sd=dict(ours))
        network.apply_to(text, unet)
    outcome = network.load_state_dict(weights, strict=False)
    assert not outcome.missing_keys and not outcome.unexpected_keys, outcome
    known = network.state_dict().keys()
    say(f"{title}: kohya's code knows all {len(known)} keys of {count} layers")
    judge_converter(title, ours, load_file(diffusers), base)


def judge_converter(title, kohya, diffusers, base):
    from diffusers.loaders import lora_conversion_utils as convert_utils

    state = dict(kohya)
    if base == "sdxl":
        from diffusers import UNet2DConditionModel

        with torch.device("meta"):
            unet = UNet2DConditionModel(
                block_out_channels=(320, 640, 1280), cross_attention_dim=2048,
                down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
                up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
                transformer_layers_per_block=(1, 2, 10), layers_per_block=2, use_linear_projection=True,
                attention_head_dim=(5, 10, 20), addition_embed_type="text_time",
                addition_time_embed_dim=256, projection_class_embeddings_input_dim=2816)
        state = convert_utils._maybe_map_sgm_blocks_to_diffusers(state, unet.config)
    converted, alphas = convert_utils._convert_non_diffusers_lora_to_diffusers(state)
    converted = modern(converted)
    assert converted.keys() == diffusers.keys(), sorted(converted.keys() ^ diffusers.keys())[:4]
    assert all(torch.equal(converted[k], diffusers[k]) for k in converted)
    assert len(alphas) == len(converted) // 2 and set(alphas.values()) == {1.0}
    say(f"{title}: diffusers' converter makes of it the {len(converted)} tensors of our diffusers file")


def modern(state):
    """diffusers' converter gives its older names; its loader renames them so."""
    from diffusers.utils import convert_state_dict_to_diffusers, convert_state_dict_to_peft
    from diffusers.utils import convert_unet_state_dict_to_peft

    result = {}
    for prefix in ("unet.", "text_encoder.", "text_encoder_2."):
        part = {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
        if prefix == "unet.":
            part = convert_unet_state_dict_to_peft(part)
        elif part:
            part = convert_state_dict_to_peft(convert_state_dict_to_diffusers(part))
        result |= {prefix + k: v for k, v in part.items()}
    return result


if __name__ == "__main__":
    kohya = kohya_code()
    full(kohya, "Stable Diffusion 1", 264, full_sd1, "sd15")
    full(kohya, "Stable Diffusion XL", 986, full_sdxl, "sdxl")
    small()
    for name, one in peft_types().items():
        judge_type(name, one)
    judge_saved_by_diffusers()
