"""Logits that PEFT gives with adapters that lora4j trained and wrote.

../resources/written-basic and ../resources/written-folder are what vision train wrote for the tiny ResNets, on three
classes of made pictures (6 steps of 4 pictures, size 48, rate 2e-2), with the base's place taken out of their
configurations. Writes ../resources/expected-written.safetensors with F32 [3, 3] for the pixels of
expected-basic.safetensors: basic, folder.
"""

import os

import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file
from torchvision.models.resnet import BasicBlock
from transformers import ResNetForImageClassification

from tiny_resnets import Narrow, RESOURCES, logits


def main():
    basic = Narrow(BasicBlock, [2, 1, 1, 1], [6, 8, 10, 12], 6, 3)
    basic.load_state_dict(load_file(os.path.join(RESOURCES, "basic.safetensors")))
    models = {"basic": basic,
              "folder": ResNetForImageClassification.from_pretrained(os.path.join(RESOURCES, "folder"))}
    pixels = load_file(os.path.join(RESOURCES, "expected-basic.safetensors"))["pixels"]
    expected = {}
    for name, model in models.items():
        before = logits(model.eval(), pixels)
        tuned = PeftModel.from_pretrained(model, os.path.join(RESOURCES, "written-" + name)).eval()
        with torch.no_grad():
            expected[name] = logits(tuned, pixels).contiguous()
        print(name, (expected[name] - before).abs().max().item())
    save_file(expected, os.path.join(RESOURCES, "expected-written.safetensors"))


if __name__ == "__main__":
    main()
