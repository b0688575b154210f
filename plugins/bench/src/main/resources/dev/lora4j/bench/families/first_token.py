"""Goes on from a prompt with transformers and says when its first token is there.

python first_token.py MODEL_FOLDER IDS
"""

import os
import sys

import torch
from transformers import AutoModelForCausalLM

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
model = AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=torch.float32).eval()
ids = torch.tensor([[int(i) for i in sys.argv[2].split(",")]])
with torch.inference_mode():
    model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=1,
                   do_sample=False, pad_token_id=0)
print("first token", flush=True)
