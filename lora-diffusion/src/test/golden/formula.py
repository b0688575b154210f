"""Weights that are a formula of their name and the index of each number; FormulaModel is the same in Java."""

import numpy as np
import torch

MASK = (1 << 64) - 1
CHUNK = 1 << 15  # stays in the processor's cache


def seed(name):
    """FNV-1a of 64 bits."""
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


def numbers(name, count):
    """F32 in [-1, 1) with 24 bits: the mixing of SplitMix64."""
    parts = []
    with np.errstate(over="ignore"):
        for begin in range(0, count, CHUNK):
            index = np.arange(begin, min(count, begin + CHUNK), dtype=np.uint64)
            z = np.uint64(seed(name)) + index * np.uint64(0x9E3779B97F4A7C15)
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            z = z ^ (z >> np.uint64(31))
            parts.append((z >> np.uint64(40)).astype(np.float32) * np.float32(2**-23) - np.float32(1))
    return np.concatenate(parts)


def tensor(name, shape, scale):
    return torch.from_numpy(numbers(name, int(np.prod(shape))) * np.float32(scale)).reshape(shape)


def weight(name, shape):
    """Kernels that keep the scale of what goes through; norms around 1; small biases."""
    if len(shape) == 1:
        drawn = tensor(name, shape, 0.2 if name.endswith(".weight") else 0.1)
        return 1 + drawn if name.endswith(".weight") else drawn
    if "embedding.weight" in name:
        return tensor(name, shape, 0.5)
    return tensor(name, shape, (3.0 * shape[0] / int(np.prod(shape))) ** 0.5)


def fill(model, text=False):
    """Gives a model its weights, a text encoder's under the names that checkpoints have."""
    with torch.no_grad():
        for name, value in model.named_parameters():
            if text and not name.startswith("text_projection"):
                name = "text_model." + name.removeprefix("text_model.")
            value.copy_(weight(name, value.shape))
    return model.eval()


def stream(model):
    """Gives each layer of a model on the meta device its weights while it computes, and no longer."""
    for path, layer in model.named_modules():
        absent = dict(layer.named_parameters(recurse=False))
        if absent:
            layer.register_forward_pre_hook(lambda layer, _, path=path, absent=absent: layer._parameters.update(
                {n: torch.nn.Parameter(weight(f"{path}.{n}", p.shape), requires_grad=False) for n, p in absent.items()}))
            layer.register_forward_hook(lambda layer, _, y, absent=absent: layer._parameters.update(absent))
    return model.eval()
