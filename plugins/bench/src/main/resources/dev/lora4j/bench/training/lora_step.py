"""A LoRA training step on a denoiser of diffusers, with the factors by peft or by kohya's network.

--inputs is the text of the Java class TrainingSetting: folder|type|batch|side|checkpointing|file,
whose file is that of TrainingInputs. --network is peft, autocast (peft under autocast, as diffusers'
training scripts have it with mixed precision) or kohya; --scripts is a copy of sd-scripts, whose
networks/lora.py is run as it is, with functions of no effect for what it imports of its library.
Factors are F32. AdamW is the fused one and clip_grad_norm_ uses foreach, the fastest of what PyTorch
has for a CPU.
"""

import contextlib
import importlib.metadata
import importlib.util
import pathlib
import sys
import types

import peer

TYPES = {"F32": "float32", "BF16": "bfloat16"}
RANK = 16
RATE = 1e-4
CLIP = 1.0
COMPARED = 2
TARGETS = ["to_q", "to_k", "to_v", "to_out.0"]


def with_peft(unet):
    """The factors by the names that the inputs have for them."""
    import torch
    from diffusers.training_utils import cast_training_params
    from peft import LoraConfig

    unet.add_adapter(LoraConfig(r=RANK, lora_alpha=RANK, target_modules=TARGETS))
    cast_training_params(unet, dtype=torch.float32)
    parts = {"lora_A.default.weight": "down", "lora_B.default.weight": "up"}
    factors = {}
    for name, parameter in unet.named_parameters():
        if parameter.requires_grad:
            site, part = name.split(".lora_")
            factors[f"unet.{site}.{parts['lora_' + part]}"] = parameter
    return factors


def kohya_module(scripts):
    def stand_in(name, **content):
        module = types.ModuleType(name)
        module.__dict__.update(content)
        sys.modules[name] = module
        return module

    utils = stand_in("library.utils", setup_logging=lambda *a, **k: None)
    original = stand_in("library.sdxl_original_unet", SdxlUNet2DConditionModel=type("Sdxl", (), {}))
    stand_in("library", utils=utils, sdxl_original_unet=original).__path__ = []
    path = pathlib.Path(scripts) / "networks" / "lora.py"
    found = importlib.util.spec_from_file_location("kohya_lora", path)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def with_kohya(unet, scripts):
    import torch

    module = kohya_module(scripts)
    # It trains whole transformers by default; this is what all sides train here.
    module.LoRANetwork.UNET_TARGET_REPLACE_MODULE = ["Attention"]
    sites = {"lora_unet_" + n.replace(".", "_"): n for n, _ in unet.named_modules()}
    no_text = torch.nn.Identity()
    network = module.LoRANetwork(no_text, unet, lora_dim=RANK, alpha=RANK)
    network.apply_to(no_text, unet, apply_text_encoder=False, apply_unet=True)
    network.train()
    factors = {}
    for lora in network.unet_loras:
        site = f"unet.{sites[lora.lora_name]}"
        factors[site + ".down"] = lora.lora_down.weight
        factors[site + ".up"] = lora.lora_up.weight
    return factors


def prepare(arguments):
    import torch
    import torch.nn.functional as F
    from diffusers import UNet2DConditionModel

    folder, kind, batch, _, checkpointing, file = arguments.inputs.split("|")
    batch = int(batch)
    kind = getattr(torch, TYPES[kind])
    inputs = peer.read_safetensors(file)
    unet = UNet2DConditionModel.from_pretrained(pathlib.Path(folder) / "unet", torch_dtype=kind)
    unet.requires_grad_(False)
    unet.train()
    if checkpointing == "true":
        unet.enable_gradient_checkpointing()
    kohya = arguments.network == "kohya"
    factors = with_kohya(unet, arguments.scripts) if kohya else with_peft(unet)
    wanted = {name for name in inputs if name.startswith("unet.")}
    if wanted != set(factors):
        raise ValueError(f"other layers are trained: {sorted(wanted ^ set(factors))[:4]}")
    with torch.no_grad():
        for name, factor in factors.items():
            factor.copy_(inputs[name])
    trained = list(factors.values())
    optimizer = torch.optim.AdamW(trained, lr=RATE, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01, fused=True)
    latents, alphas = inputs["latents"], inputs["alphas_cumprod"]
    context = inputs["context"].to(kind)
    velocity = inputs["velocity"].item() == 1
    mixed = kind == torch.bfloat16 and arguments.network != "peft"

    def step(noise, timesteps):
        alpha = alphas[timesteps].reshape(-1, 1, 1, 1)
        noisy = alpha.sqrt() * latents + (1 - alpha).sqrt() * noise
        target = alpha.sqrt() * noise - (1 - alpha).sqrt() * latents if velocity else noise
        with torch.autocast("cpu", kind) if mixed else contextlib.nullcontext():
            predicted = unet(noisy.to(kind), timesteps, context).sample
        loss = F.mse_loss(predicted.float(), target)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(trained, CLIP, foreach=True)
        optimizer.step()
        return [loss.item(), norm.item()]

    def unit():
        return step(torch.randn_like(latents), torch.randint(0, len(alphas), (batch,)))

    def check():
        values = []
        for i in range(COMPARED):
            values += step(inputs[f"noise{i}"], inputs[f"timesteps{i}"].long())
        return values

    return check, unit


def describe(arguments):
    if arguments.network == "kohya":
        return " with kohya's network"
    more = " under autocast" if arguments.network == "autocast" else ""
    return f" with peft {importlib.metadata.version('peft')}{more}"


try:
    import diffusers  # noqa: F401
    import peft  # noqa: F401
    import transformers  # noqa: F401
except ImportError as error:
    peer.refuse(f"it lacks {error.name}; pip install diffusers peft transformers accelerate, or name another by --peer")
else:
    peer.serve(prepare, package="diffusers", describe=describe, network=str, scripts=str)
