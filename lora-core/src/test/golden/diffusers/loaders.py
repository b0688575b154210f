"""Adapters in the dialects that diffusers reads, and the weights that it makes of a small UNet: golden for
DiffusersLoadersTest.

Versions in requirements.txt; run
    python loaders.py ../../resources/dev/lora4j/core/format/diffusers
"""

import json
import shutil
import sys
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline, UNet2DConditionModel
from peft import LoraConfig, get_peft_model_state_dict
from safetensors.torch import save_file

LAYERS = {
    "down_blocks.0.attentions.0.proj_in": (1, 1),
    "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q": (),
    "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_out.0": (),
    "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k": (),
    "down_blocks.0.attentions.0.transformer_blocks.0.ff.net.0.proj": (),
    "down_blocks.0.resnets.0.conv1": (3, 3),
    "down_blocks.0.downsamplers.0.conv": (3, 3),
}


def unet():
    torch.manual_seed(1)
    return UNet2DConditionModel(
        sample_size=8,
        in_channels=4,
        out_channels=4,
        block_out_channels=(8, 8),
        layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=6,
        attention_head_dim=2,
        norm_num_groups=4,
    )


def factors(model, rank):
    pairs = {}
    for i, (name, kernel) in enumerate(LAYERS.items()):
        torch.manual_seed(100 + i)
        weight = model.get_submodule(name).weight
        down = torch.randn(rank + i % 2, weight.shape[1], *kernel) * 0.3
        up = torch.randn(weight.shape[0], rank + i % 2, *([1] * len(kernel))) * 0.3
        pairs[name] = (down, up)
    return pairs


def kohya(model):
    # One alpha for all: where they differ, diffusers 0.42.1 gives attention the first one.
    tensors = {}
    for name, (down, up) in factors(model, 2).items():
        flat = "lora_unet_" + name.replace(".", "_")
        tensors[flat + ".lora_down.weight"] = down
        tensors[flat + ".lora_up.weight"] = up
        tensors[flat + ".alpha"] = torch.tensor(3.0)
    return tensors, {}


def old(model):
    tensors = {}
    for name, (down, up) in factors(model, 2).items():
        if ".attn" in name:
            head, last = name.removesuffix(".0").rsplit(".", 1)
            key = f"unet.{head}.processor.{last}_lora"
            tensors[key + ".down.weight"] = down
            tensors[key + ".up.weight"] = up
    return tensors, {}


def peft(dora):
    def make(model):
        config = LoraConfig(
            r=2,
            lora_alpha=3,
            use_rslora=not dora,
            use_dora=dora,
            target_modules=[n for n in LAYERS if not (dora and "conv" in n)],
            rank_pattern={} if dora else {"attn1.to_q": 4},
            alpha_pattern={} if dora else {"attn2.to_k": 7},
        )
        model.add_adapter(config)
        with torch.no_grad():
            torch.manual_seed(3)
            for name, parameter in model.named_parameters():
                if "lora_" in name:
                    parameter += 0.2 * torch.randn_like(parameter)
        state = {"unet." + k: v for k, v in get_peft_model_state_dict(model).items()}
        fields = {
            "unet." + k: list(v) if isinstance(v, set) else v
            for k, v in config.to_dict().items()
            if k not in ("task_type", "peft_type", "runtime_config", "init_lora_weights")
        }
        return state, {"lora_adapter_metadata": json.dumps(fields, sort_keys=True)}

    return make


CASES = {"kohya": kohya, "old": old, "peft": peft(False), "dora": peft(True)}


def merged(file):
    model = unet()
    state, alphas, metadata = StableDiffusionPipeline.lora_state_dict(
        str(file), unet_config=model.config, return_lora_metadata=True
    )
    StableDiffusionPipeline.load_lora_into_unet(
        state, network_alphas=alphas, unet=model, metadata=metadata
    )
    result = {}
    for name, module in model.named_modules():
        if hasattr(module, "lora_A") and hasattr(module, "merge"):
            module.merge()
            result[name + ".weight"] = module.base_layer.weight.detach().contiguous()
    return result


def main(folder: Path):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    base = unet().state_dict()
    save_file({n + ".weight": base[n + ".weight"].contiguous() for n in LAYERS}, folder / "base.safetensors")
    for name, make in CASES.items():
        tensors, metadata = make(unet())
        tensors = {k: v.detach().contiguous() for k, v in tensors.items()}
        save_file(tensors, folder / f"{name}.safetensors", metadata)
        weights = merged(folder / f"{name}.safetensors")
        assert len(weights) >= 3, name
        for key, value in weights.items():
            assert not torch.equal(value, base[key]), key
        save_file(weights, folder / f"{name}-merged.safetensors")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
