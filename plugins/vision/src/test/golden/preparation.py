"""Pictures as networks read them, prepared by torchvision and by transformers on Pillow.

Writes ../resources/wide.png and ../resources/tall.png, made pictures, the second with alpha, and
../resources/preparation.safetensors with F32 [3, size, size] of each:
  torchvision.NAME   Resize(45), CenterCrop(40), ToTensor, Normalize of ImageNet
  convnext.NAME      ConvNextImageProcessorPil, bicubic, size 40, crop_pct 0.875
  vit.NAME           ViTImageProcessorPil, bilinear, 40x40, mean and deviation 0.5
  bit.NAME           BitImageProcessorPil, bicubic, shortest edge 45, crop 40
"""

import os

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from torchvision import transforms
from transformers.models.bit.image_processing_pil_bit import BitImageProcessorPil
from transformers.models.convnext.image_processing_pil_convnext import ConvNextImageProcessorPil
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

HERE = os.path.dirname(os.path.abspath(__file__))
RESOURCES = os.path.join(HERE, "..", "resources")


def made(width, height, channels, seed):
    """Waves, edges and noise."""
    random = np.random.RandomState(seed)
    y, x = np.mgrid[0:height, 0:width]
    planes = []
    for c in range(channels):
        wave = 127 + 80 * np.sin(x / (3.0 + c) + y / (7.0 - c))
        wave += 60 * ((x // 11 + y // 9) % 2) + random.randint(-20, 20, (height, width))
        planes.append(np.clip(wave, 0, 255))
    return Image.fromarray(np.stack(planes, -1).astype(np.uint8))


def main():
    pictures = {"wide": made(101, 67, 3, 1), "tall": made(30, 53, 4, 2)}
    expected = {}
    usual = transforms.Compose([
        transforms.Resize(45), transforms.CenterCrop(40), transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
    processors = {
        "convnext": ConvNextImageProcessorPil(size={"shortest_edge": 40}, crop_pct=0.875, resample=3),
        "vit": ViTImageProcessorPil(size={"height": 40, "width": 40}, resample=2),
        "bit": BitImageProcessorPil(size={"shortest_edge": 45}, crop_size={"height": 40, "width": 40},
                                    resample=3)}
    for name, picture in pictures.items():
        file = os.path.join(RESOURCES, name + ".png")
        picture.save(file, optimize=True)
        rgb = Image.open(file).convert("RGB")
        expected["torchvision." + name] = usual(rgb)
        for kind, processor in processors.items():
            expected[kind + "." + name] = torch.tensor(processor(rgb, return_tensors="np")["pixel_values"][0])
    for kind, processor in processors.items():
        folder = os.path.join(RESOURCES, "processors", kind)
        os.makedirs(folder, exist_ok=True)
        processor.save_pretrained(folder)
    save_file({k: v.float().contiguous() for k, v in expected.items()},
              os.path.join(RESOURCES, "preparation.safetensors"))


if __name__ == "__main__":
    main()
