"""A small ResNet that knows surfaces, for the case of inspection: no published weights are at hand.

Trains torchvision's ResNet with one block a stage and 16 to 128 channels on twenty kinds of made textures of
64x64 pixels, new ones in each step, and writes ../resources/textures.safetensors in F16, without the head. It
takes some minutes on one core and prints the accuracy on textures that it has not seen. The kinds have no
scratches and dents, and none of them is the brushed metal that is inspected.
"""

import os
import sys

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torchvision.models.resnet import BasicBlock

from tiny_resnets import Narrow

HERE = os.path.dirname(os.path.abspath(__file__))
SIDE, BATCH = 64, 32
MEAN, DEVIATION = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
Y, X = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)


def smooth(random, cell, side=SIDE):
    """Noise that changes over so many pixels."""
    count = side // cell + 3
    grid = random.standard_normal((count, count)).astype(np.float32)
    at = (np.arange(side) / cell).astype(np.float32)
    low = at.astype(int)
    part = at - low
    part = part * part * (3 - 2 * part)
    rows = grid[low] * (1 - part)[:, None] + grid[low + 1] * part[:, None]
    return rows[:, low] * (1 - part) + rows[:, low + 1] * part


def turned(random):
    angle = random.uniform(0, np.pi)
    return X * np.cos(angle) + Y * np.sin(angle), -X * np.sin(angle) + Y * np.cos(angle)


def spots(random, count, low, high, ring):
    out = np.zeros((SIDE, SIDE), np.float32)
    for _ in range(count):
        r = np.hypot(X - random.uniform(0, SIDE), Y - random.uniform(0, SIDE))
        size = random.uniform(low, high)
        out += np.exp(-((r - size) / 1.5) ** 2) if ring else np.exp(-(r / size) ** 2)
    return out


def lines(random, count, width):
    out = np.zeros((SIDE, SIDE), np.float32)
    for _ in range(count):
        u, _v = turned(random)
        out += np.exp(-((u - random.uniform(u.min(), u.max())) / width) ** 2)
    return out


def texture(kind, random):
    u, v = turned(random)
    p = random.uniform(5, 14)
    wave = np.sin(2 * np.pi * u / p)
    across = np.sin(2 * np.pi * v / p)
    return [
        lambda: wave,
        lambda: np.sign(wave),
        lambda: wave * across,
        lambda: np.sign(wave * across),
        lambda: np.maximum(wave, across),
        lambda: smooth(random, 3),
        lambda: smooth(random, 9),
        lambda: smooth(random, 20) + 0.4 * smooth(random, 5),
        lambda: np.sin(2 * np.pi * u / p + 2 * smooth(random, 14)),
        lambda: np.abs(smooth(random, 10)),
        lambda: -np.abs(smooth(random, 6)) - np.abs(smooth(random, 14)),
        lambda: spots(random, 14, 2, 4, False),
        lambda: spots(random, 5, 6, 10, False),
        lambda: spots(random, 9, 4, 9, True),
        lambda: lines(random, 3, 0.8),
        lambda: lines(random, 12, 1.0),
        lambda: lines(random, 4, 3.0),
        lambda: np.sin(2 * np.pi * np.hypot(X - random.uniform(0, SIDE), Y - random.uniform(0, SIDE)) / p),
        lambda: np.sign(np.sin(2 * np.pi * X / p)) * np.sign(np.sin(2 * np.pi * (Y + 3 * (X // p)) / 7)),
        lambda: random.standard_normal((SIDE, SIDE)).astype(np.float32),
    ][kind]()


KINDS = 20


def picture(kind, random):
    base = texture(kind, random)
    base = (base - base.mean()) / (base.std() + 1e-6)
    grey = random.uniform(0.25, 0.75) + random.uniform(0.04, 0.2) * base
    grey = grey + 0.15 * random.standard_normal() * (X / SIDE - 0.5) + 0.15 * random.standard_normal() * (Y / SIDE - 0.5)
    tint = 1 + 0.12 * random.standard_normal(3).astype(np.float32)
    rgb = grey[None] * tint[:, None, None] + random.uniform(0.005, 0.05) * random.standard_normal((3, SIDE, SIDE))
    return np.clip(rgb, 0, 1).astype(np.float32)


def batch(seed, size=BATCH):
    random = np.random.default_rng(seed)
    kinds = random.integers(0, KINDS, size)
    pixels = torch.from_numpy(np.stack([picture(k, random) for k in kinds]))
    return (pixels - MEAN[:, None, None]) / DEVIATION[:, None, None], torch.from_numpy(kinds)


def main(steps):
    torch.set_num_threads(1)
    torch.manual_seed(1)
    model = Narrow(BasicBlock, [1, 1, 1, 1], [16, 32, 64, 128], 16, KINDS)
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    rule = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.05)
    plan = torch.optim.lr_scheduler.OneCycleLR(rule, 3e-3, total_steps=steps)
    for step in range(steps):
        pixels, kinds = batch(step)
        loss = nn.functional.cross_entropy(model(pixels), kinds)
        rule.zero_grad()
        loss.backward()
        rule.step()
        plan.step()
        if step % 100 == 99:
            print(step + 1, round(loss.item(), 4), flush=True)
    model.eval()
    right = total = 0
    with torch.no_grad():
        for i in range(20):
            pixels, kinds = batch(10**6 + i)
            right += (model(pixels).argmax(1) == kinds).sum().item()
            total += len(kinds)
    print("accuracy on unseen textures", right / total)
    state = {k: v.half() if v.is_floating_point() else v
             for k, v in model.state_dict().items() if not k.startswith("fc.")}
    save_file(state, os.path.join(HERE, "..", "resources", "textures.safetensors"))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 800)
