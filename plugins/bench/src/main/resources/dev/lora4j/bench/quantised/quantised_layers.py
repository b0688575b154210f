"""Gradients of LoRA through frozen layers in 4 bits by bitsandbytes, with the factors beside them as in PEFT."""

import peer


def prepare(arguments):
    import bitsandbytes as bnb
    import torch

    tensors = peer.read_safetensors(arguments.inputs)
    x = tensors["x"].requires_grad_()
    layers, factors = [], []
    while f"weight.{len(layers)}" in tensors:
        weight = tensors[f"weight.{len(layers)}"]
        layer = bnb.nn.Linear4bit(weight.shape[1], weight.shape[0], bias=False, compute_dtype=torch.float32,
                                  compress_statistics=True, quant_type="nf4")
        layer.weight = bnb.nn.Params4bit(weight, requires_grad=False, compress_statistics=True, quant_type="nf4")
        layers.append(layer.to("cpu").train())
        factors += [tensors[f"{part}.{len(layers) - 1}"].requires_grad_() for part in ("down", "up")]

    def step():
        h = x
        for i, layer in enumerate(layers):
            down, up = factors[2 * i], factors[2 * i + 1]
            h = layer(h) + torch.nn.functional.linear(torch.nn.functional.linear(h, down), up)
        loss = (h * h).mean()
        return loss, torch.autograd.grad(loss, factors + [x])

    def check():
        loss, gradients = step()
        return [loss.item()] + [(g * g).sum().item() for g in gradients]

    return check, step


peer.serve(prepare, package="bitsandbytes")
