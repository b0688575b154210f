"""The same picture by diffusers and by lora4j, from a model folder and a kohya adapter that lora4j wrote.

python same_picture.py MODEL_FOLDER ADAPTER.safetensors WITHOUT.png WITH.png      (versions: requirements.txt)

WITHOUT.png and WITH.png are made by
  ./lora4j generate "a cactus" --seed 7 --compute f32 -o WITHOUT.png
  ./lora4j generate "a cactus" --seed 7 --compute f32 --lora ADAPTER.safetensors:1 -o WITH.png
Prints the greatest and the mean difference of a channel, of 255.
"""
import sys

import numpy
import torch
from diffusers import StableDiffusionPipeline
from PIL import Image

folder, adapter, without, with_adapter = sys.argv[1:]
pipeline = StableDiffusionPipeline.from_pretrained(folder, torch_dtype=torch.float32, safety_checker=None)


def compare(file):
    noise = torch.Generator("cpu").manual_seed(7)
    made = pipeline("a cactus", num_inference_steps=20, guidance_scale=3.0, generator=noise, height=64, width=64)
    theirs = numpy.asarray(made.images[0].convert("RGB")).astype(int)
    ours = numpy.asarray(Image.open(file).convert("RGB")).astype(int)
    difference = abs(theirs - ours)
    print(f"{file}: greatest {difference.max()}, mean {difference.mean():.5f}")


compare(without)
pipeline.load_lora_weights(adapter)
compare(with_adapter)
