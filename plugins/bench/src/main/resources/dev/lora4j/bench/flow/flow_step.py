"""A prediction of a flow transformer by diffusers.

--inputs is the text of the Java class FlowSetting: folder|type|side|words.
"""

import json
import pathlib

import peer

TYPES = {"F32": "float32", "BF16": "bfloat16"}
TIMESTEP, GUIDANCE = 500, 3.5


def prepare(arguments):
    import diffusers
    import torch

    folder, kind, side, words = arguments.inputs.split("|")
    side, words = int(side), int(words)
    kind = getattr(torch, TYPES[kind])
    name = json.loads((pathlib.Path(folder) / "config.json").read_text())["_class_name"]
    model = getattr(diffusers, name).from_pretrained(folder, torch_dtype=kind).eval().requires_grad_(False)
    flux = name.startswith("Flux")

    def waves(shape, frequency):
        count = torch.arange(torch.Size(shape).numel(), dtype=torch.float64)
        return torch.cos(count * frequency).reshape(shape).to(kind)

    channels = model.config.in_channels // (4 if flux else 1)
    x = waves((1, channels, side, side), 0.37)
    inputs = dict(
        encoder_hidden_states=waves((1, words, model.config.joint_attention_dim), 0.73),
        pooled_projections=waves((1, model.config.pooled_projection_dim), 0.51),
        return_dict=False,
    )
    if flux:
        from diffusers import FluxPipeline

        inputs |= dict(
            hidden_states=FluxPipeline._pack_latents(x, 1, channels, side, side),
            timestep=torch.tensor([TIMESTEP / 1000], dtype=kind),
            guidance=torch.tensor([GUIDANCE]),
            img_ids=FluxPipeline._prepare_latent_image_ids(1, side // 2, side // 2, "cpu", kind),
            txt_ids=torch.zeros(words, 3, dtype=kind),
        )
    else:
        inputs |= dict(hidden_states=x, timestep=torch.tensor([float(TIMESTEP)]))
    last = []

    def unit():
        with torch.no_grad():
            last[:] = model(**inputs)

    def check():
        unit()
        y = last[0]
        if flux:
            y = FluxPipeline._unpack_latents(y, 8 * side, 8 * side, 8)
        y = y.double().flatten()
        return [y[i * len(y) // 64].item() for i in range(64)]

    return check, unit


try:
    import diffusers  # noqa: F401
except ImportError as error:
    peer.refuse(f"it lacks {error.name}; pip install diffusers transformers accelerate, or name another by --peer")
else:
    peer.serve(prepare, package="diffusers")
