"""Blocks of FLUX.1 by diffusers: a prediction with weights in few bits, a step of training, or the first change by an adapter.

--inputs is the text of the Java class FluxSetting: folder|type|side|words|bits|file; what is behind is for the other side. --mode is
prediction, training (factors by peft, whose file is that of OurFlowTraining) or change (an adapter's file, loaded as an unmerged one).
NF4 is bitsandbytes' Linear4bit in all linear layers, since diffusers refuses it without a card; FP8 is diffusers' layerwise casting;
GGUF is diffusers' own.
"""

import contextlib
import importlib.metadata
import pathlib

import peer

TYPES = {"F32": "float32", "BF16": "bfloat16"}
TIMESTEP, GUIDANCE = 500, 3.5
RANK, RATE, CLIP, COMPARED = 16, 1e-4, 1.0, 2
PARTS = {"lora_A": "down", "lora_B": "up"}


def nf4(model, kind):
    """Replaces the linear layers."""
    import bitsandbytes as bnb
    import torch

    for name, module in list(model.named_modules()):
        if isinstance(module, torch.nn.Linear):
            layer = bnb.nn.Linear4bit(
                module.in_features, module.out_features, bias=module.bias is not None, compute_dtype=kind, quant_type="nf4")
            layer.weight = bnb.nn.Params4bit(module.weight.data, requires_grad=False, compress_statistics=True, quant_type="nf4")
            layer.bias = module.bias
            parent, _, own = name.rpartition(".")
            setattr(model.get_submodule(parent), own, layer.to("cpu"))
            module.weight = None
    return model


def loaded(folder, kind, bits, file):
    import torch
    from diffusers import FluxTransformer2DModel, GGUFQuantizationConfig

    folder = pathlib.Path(folder) / "transformer"
    if bits == "gguf":
        model = FluxTransformer2DModel.from_single_file(
            file, config=str(folder), torch_dtype=kind, quantization_config=GGUFQuantizationConfig(compute_dtype=kind))
    else:
        model = FluxTransformer2DModel.from_pretrained(folder, torch_dtype=kind)
    model = model.eval().requires_grad_(False)
    if bits == "fp8":
        model.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=kind)
    return nf4(model, kind) if bits == "nf4" else model


def with_peft(model, given):
    """The factors by the names that the inputs have for them."""
    import torch
    from diffusers.training_utils import cast_training_params
    from peft import LoraConfig

    wanted = {name.removeprefix("transformer.") for name in given if name.startswith("transformer.")}
    model.add_adapter(LoraConfig(r=RANK, lora_alpha=RANK, target_modules=sorted({name.rpartition(".")[0] for name in wanted})))
    cast_training_params(model, dtype=torch.float32)
    factors = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            site, part = name.split(".lora_")
            factors[f"{site}.{PARTS['lora_' + part[0]]}"] = parameter
    if wanted != set(factors):
        raise ValueError(f"other layers are trained: {sorted(wanted ^ set(factors))[:4]}")
    with torch.no_grad():
        for name, factor in factors.items():
            factor.copy_(given["transformer." + name])
    return list(factors.values())


def prepare(arguments):
    import torch
    import torch.nn.functional as F
    from diffusers import FlowMatchEulerDiscreteScheduler, FluxPipeline

    folder, kind, side, words, bits, file, *_ = arguments.inputs.split("|")
    side, words, kind = int(side), int(words), getattr(torch, TYPES[kind])
    model = loaded(folder, kind, bits, file)
    channels = model.config.in_channels // 4

    def waves(shape, frequency):
        count = torch.arange(torch.Size(shape).numel(), dtype=torch.float64)
        return torch.cos(count * frequency).reshape(shape).float()

    x = waves((1, channels, side, side), 0.37)
    told = dict(
        encoder_hidden_states=waves((1, words, model.config.joint_attention_dim), 0.73).to(kind),
        pooled_projections=waves((1, model.config.pooled_projection_dim), 0.51).to(kind),
        guidance=torch.tensor([GUIDANCE]), txt_ids=torch.zeros(words, 3, dtype=kind),
        img_ids=FluxPipeline._prepare_latent_image_ids(1, side // 2, side // 2, "cpu", kind), return_dict=False)

    def predicted(latents, timestep):
        packed = FluxPipeline._pack_latents(latents.to(kind), 1, channels, side, side)
        out = model(hidden_states=packed, timestep=torch.tensor([timestep / 1000], dtype=kind), **told)[0]
        return FluxPipeline._unpack_latents(out, 8 * side, 8 * side, 8)

    if arguments.mode == "training":
        given = peer.read_safetensors(file)
        trained = with_peft(model.train(), given)
        optimizer = torch.optim.AdamW(trained, lr=RATE, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01, fused=True)

        def step(timestep, signal, level, noise):
            with torch.autocast("cpu", kind) if kind == torch.bfloat16 else contextlib.nullcontext():
                out = predicted(signal * x + level * noise, timestep)
            loss = F.mse_loss(out.float(), noise - x)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            norm = torch.nn.utils.clip_grad_norm_(trained, CLIP, foreach=True)
            optimizer.step()
            return [loss.item(), norm.item()]

        def drawn():
            level = torch.sigmoid(torch.randn(())).item()
            return step(1000 * level, 1 - level, level, torch.randn_like(x))

        def losses():
            values = []
            for i in range(COMPARED):
                values += step(*given[f"level{i}"].tolist(), given[f"noise{i}"])
            return values

        return losses, drawn

    change = arguments.mode == "change"
    pipe = FluxPipeline(
        transformer=model, scheduler=FlowMatchEulerDiscreteScheduler(), vae=None, text_encoder=None, tokenizer=None, text_encoder_2=None,
        tokenizer_2=None)
    last = []

    def unit():
        if change:
            pipe.load_lora_weights(file, adapter_name="one")
        with torch.no_grad():
            last[:] = [predicted(x, TIMESTEP)]

    def undo():
        if change:
            pipe.unload_lora_weights()

    def check():
        unit()
        y = last[0].double().flatten()
        undo()
        return [y[i * len(y) // 64].item() for i in range(64)]

    return check, unit, undo


def describe(arguments):
    bits = arguments.inputs.split("|")[4]
    if arguments.mode == "prediction":
        with_what = {"nf4": "bitsandbytes", "gguf": "gguf"}.get(bits)
        return f" with {with_what} {importlib.metadata.version(with_what)}" if with_what else " with layerwise casting"
    return f" with peft {importlib.metadata.version('peft')}"


try:
    import diffusers  # noqa: F401
    import peft  # noqa: F401
except ImportError as error:
    peer.refuse(f"it lacks {error.name}; pip install diffusers peft accelerate bitsandbytes gguf, or name another by --peer")
else:
    peer.serve(prepare, package="diffusers", describe=describe, mode=str)
