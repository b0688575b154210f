"""A denoiser's step by diffusers, with adapters fused or beside the weights by peft.

--inputs is the text of the Java class StepSetting: folder|type|batch|side|route|files. With --load 1
each unit loads the adapters from their files first, and they are unloaded after it, untimed.
"""

import os
import pathlib

import peer

TYPES = {"F32": "float32", "BF16": "bfloat16"}
WEIGHT = 2.0


def prepare(arguments):
    import torch
    from diffusers import StableDiffusionPipeline, UNet2DConditionModel

    folder, kind, batch, side, route, files = arguments.inputs.split("|")
    batch, side = int(batch), int(side)
    kind = getattr(torch, TYPES[kind])
    unet = UNet2DConditionModel.from_pretrained(pathlib.Path(folder) / "unet", torch_dtype=kind)
    files = [file for file in files.split(os.pathsep) if file]
    names = [f"adapter{i}" for i in range(len(files))]
    pipe = StableDiffusionPipeline(
        vae=None, text_encoder=None, tokenizer=None, unet=unet, scheduler=None, safety_checker=None,
        feature_extractor=None, requires_safety_checker=False)

    def load():
        for name, file in zip(names, files):
            pipe.load_lora_weights(file, adapter_name=name)
        pipe.set_adapters(names, [WEIGHT] * len(names))

    if files and not arguments.load:
        load()
        if route == "MERGED":
            pipe.fuse_lora(components=["unet"], adapter_names=names)
            pipe.unload_lora_weights()
    unet.eval().requires_grad_(False)

    def waves(shape, frequency):
        count = torch.arange(torch.Size(shape).numel(), dtype=torch.float64)
        return torch.cos(count * frequency).reshape(shape).to(kind)

    x = waves((batch, unet.config.in_channels, side, side), 0.37)
    context = waves((batch, 77, unet.config.cross_attention_dim), 0.73)
    timesteps = torch.full((batch,), 500)
    last = []

    def unit():
        if arguments.load:
            load()
        with torch.no_grad():
            last[:] = [unet(x, timesteps, context).sample]

    def check():
        unit()
        y = last[0].double().flatten()
        undo()
        return [y[i * len(y) // 64].item() for i in range(64)]

    def undo():
        if arguments.load:
            pipe.unload_lora_weights()

    return check, unit, undo


try:
    import diffusers  # noqa: F401
    import peft  # noqa: F401
    import transformers  # noqa: F401
except ImportError as error:
    peer.refuse(f"it lacks {error.name}; pip install diffusers peft transformers accelerate, or name another by --peer")
else:
    peer.serve(prepare, package="diffusers", load=int)
