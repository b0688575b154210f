"""Begins a picture with diffusers and says when its first step is done.

python first_step.py MODEL_FOLDER
"""

import os
import sys

import torch
from diffusers import StableDiffusionPipeline

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
pipeline = StableDiffusionPipeline.from_pretrained(
    sys.argv[1], torch_dtype=torch.float32, safety_checker=None, requires_safety_checker=False)
pipeline.set_progress_bar_config(disable=True)


def done(pipe, step, timestep, tensors):
    if step == 0:
        print("first step", flush=True)
    return tensors


pipeline("a cactus", num_inference_steps=20, guidance_scale=3.0, height=64, width=64,
         generator=torch.Generator("cpu").manual_seed(7), callback_on_step_end=done)
