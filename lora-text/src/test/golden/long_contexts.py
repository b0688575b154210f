"""Long factors of longrope: logits and greedy texts of models that read more than in their first training.

Writes ../resources/long-contexts.safetensors, for each case NAME:
  NAME.ids       I64 [2, 100]       two sequences that are longer than those of the first training
  NAME.logits    F32 [2, 100, 12]   every eighth of the logits that transformers has for them
  NAME.prompt    I64 [90]           a prompt
  NAME.greedy    I64 [30]           what the model goes on with; without a cache, as those keys had other positions
Needs ../resources/models, of causal_models.py. Versions as in requirements.txt.
"""

import os

import torch
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM

HERE = os.path.dirname(os.path.abspath(__file__))
RESOURCES = os.path.join(HERE, "..", "resources")


def longrope(config):
    """A LLaMA whose positions are scaled so; LongContextTest has the same parameters."""
    config.rope_parameters = dict(
        rope_type="longrope",
        rope_theta=10000.0,
        original_max_position_embeddings=40,
        attention_factor=1.25,
        short_factor=[1.0, 1.0, 1.5, 2.0],
        long_factor=[1.0, 2.0, 4.0, 9.0],
    )
    return config


CASES = {"phi4-mini": lambda config: config, "llama": longrope}


def opened(name, change):
    folder = os.path.join(RESOURCES, "models", name)
    config = change(AutoConfig.from_pretrained(folder))
    model = AutoModelForCausalLM.from_pretrained(
        folder, config=config, dtype=torch.float32, attn_implementation="eager"
    )
    return model.eval()


def main():
    out = {}
    for number, (name, change) in enumerate(CASES.items()):
        ids = torch.randint(0, 96, (2, 100), generator=torch.Generator().manual_seed(number))
        model = opened(name, change)
        with torch.no_grad():
            logits = model(ids).logits
            prompt = ids[1, :90]
            greedy = []
            for _ in range(30):
                so_far = torch.cat([prompt, torch.tensor(greedy, dtype=torch.long)])
                greedy.append(model(so_far[None], use_cache=False).logits[0, -1].argmax().item())
            greedy = torch.tensor(greedy)
        out |= {
            f"{name}.ids": ids,
            f"{name}.logits": logits[..., ::8].contiguous(),
            f"{name}.prompt": prompt.clone(),
            f"{name}.greedy": greedy.contiguous(),
        }
        print(name, logits.std().item(), len(set(greedy.tolist())))
    save_file(out, os.path.join(RESOURCES, "long-contexts.safetensors"))


if __name__ == "__main__":
    main()
