"""peft_workflow.py BASE FOLDER: loads a folder that PeftWorkflowSample wrote, by AutoPeftModelForCausalLM, and prints its rank, alpha, targets
and bias, and how far its logits are from the base's."""

import os
import sys

import torch
from peft import AutoPeftModelForCausalLM


def main(base, folder):
    os.chdir(os.path.dirname(base))
    model = AutoPeftModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    config = model.peft_config["default"]
    ids = torch.arange(3, 9)[None]
    with torch.no_grad():
        adapted = model(input_ids=ids).logits
        with model.disable_adapter():
            plain = model(input_ids=ids).logits
    print(config.r, config.lora_alpha, sorted(config.target_modules), config.bias, (adapted - plain).abs().max().item() > 1e-3)


if __name__ == "__main__":
    main(*sys.argv[1:])
