"""Weights that are a formula of their name and the index of each number; FormulaModel is the same in Java."""

import numpy as np
import torch

MASK = (1 << 64) - 1


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
        for begin in range(0, count, 1 << 22):
            index = np.arange(begin, min(count, begin + (1 << 22)), dtype=np.uint64)
            z = np.uint64(seed(name)) + index * np.uint64(0x9E3779B97F4A7C15)
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            z = z ^ (z >> np.uint64(31))
            parts.append((z >> np.uint64(40)).astype(np.float32) * np.float32(2**-23) - np.float32(1))
    return np.concatenate(parts)


def tensor(name, shape, scale):
    return torch.from_numpy(numbers(name, int(np.prod(shape))) * np.float32(scale)).reshape(shape)


def fill(model, text=False):
    """Kernels that keep the scale of what goes through; norms around 1; small biases."""
    with torch.no_grad():
        for name, value in model.named_parameters():
            name = "text_model." + name.removeprefix("text_model.") if text else name
            if value.dim() == 1:
                weight = name.endswith(".weight")
                drawn = tensor(name, value.shape, 0.2 if weight else 0.1)
                value.copy_(1 + drawn if weight else drawn)
            elif "embedding.weight" in name:
                value.copy_(tensor(name, value.shape, 0.5))
            else:
                value.copy_(tensor(name, value.shape, (3.0 * value.shape[0] / value.numel()) ** 0.5))
    return model.eval()
