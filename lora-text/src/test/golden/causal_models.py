"""Tiny random language models as transformers writes them, with what it computes with them.

causal_models.py [NAME ...], by default all. Writes ../resources/models/NAME: the model's folder, and expected.safetensors with
  ids        I64 [2, 12]        two sequences
  logits     F32 [2, 12, vocab] of them
  prompt     I64 [5]
  greedy     I64 [64]           what follows the prompt, always the likeliest token
"""

import copy
import os
import sys

import torch
from safetensors.torch import load_file, save_file
from transformers import Gemma2Config, Gemma2ForCausalLM
from transformers import Gemma3ForCausalLM, Gemma3TextConfig
from transformers import GPT2Config, GPT2LMHeadModel
from transformers import GPTNeoXConfig, GPTNeoXForCausalLM
from transformers import GraniteConfig, GraniteForCausalLM
from transformers import LlamaConfig, LlamaForCausalLM
from transformers import MistralConfig, MistralForCausalLM
from transformers import Olmo2Config, Olmo2ForCausalLM
from transformers import Olmo3Config, Olmo3ForCausalLM
from transformers import OPTConfig, OPTForCausalLM
from transformers import Phi3Config, Phi3ForCausalLM
from transformers import Qwen2Config, Qwen2ForCausalLM
from transformers import Qwen3Config, Qwen3ForCausalLM
from transformers import SmolLM3Config, SmolLM3ForCausalLM
from transformers import Starcoder2Config, Starcoder2ForCausalLM

VOCAB = 96
SIZES = dict(
    vocab_size=VOCAB,
    hidden_size=32,
    intermediate_size=48,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=128,
    initializer_range=0.3,
    bos_token_id=1,
    eos_token_id=None,
    pad_token_id=None,
)


def rope(**more):
    return dict(rope_theta=10000.0, **more)


MODELS = {
    "llama": (
        LlamaForCausalLM,
        LlamaConfig(**SIZES, num_labels=1, rope_parameters=rope(rope_type="default")),
        torch.float32,
    ),
    "llama3": (
        LlamaForCausalLM,
        LlamaConfig(
            **{**SIZES, "num_attention_heads": 8},
            tie_word_embeddings=True,
            attention_bias=True,
            mlp_bias=True,
            head_dim=8,
            rope_parameters=rope(
                rope_type="llama3",
                factor=8.0,
                low_freq_factor=1.0,
                high_freq_factor=4.0,
                original_max_position_embeddings=32,
            ),
        ),
        torch.bfloat16,
    ),
    "llama-linear": (
        LlamaForCausalLM,
        LlamaConfig(**SIZES, rope_parameters=rope(rope_type="linear", factor=4.0)),
        torch.bfloat16,
    ),
    "mistral": (
        MistralForCausalLM,
        MistralConfig(**SIZES, sliding_window=6, rope_parameters=rope(rope_type="default")),
        torch.bfloat16,
    ),
    "qwen2": (
        Qwen2ForCausalLM,
        Qwen2Config(
            **SIZES,
            tie_word_embeddings=True,
            use_sliding_window=True,
            sliding_window=5,
            max_window_layers=1,
            rope_parameters=rope(rope_type="default"),
        ),
        torch.bfloat16,
    ),
    "qwen3": (
        Qwen3ForCausalLM,
        Qwen3Config(
            **SIZES,
            head_dim=16,
            rope_parameters=rope(
                rope_type="yarn", factor=4.0, original_max_position_embeddings=32
            ),
        ),
        torch.bfloat16,
    ),
}

GPT2 = dict(
    vocab_size=VOCAB,
    n_embd=32,
    n_layer=2,
    n_head=4,
    n_positions=128,
    initializer_range=0.3,
    bos_token_id=1,
    eos_token_id=None,
    pad_token_id=None,
)
MODELS["gpt2"] = (GPT2LMHeadModel, GPT2Config(**GPT2), torch.float32)
MODELS["gpt2-scaled"] = (
    GPT2LMHeadModel,
    GPT2Config(
        **GPT2,
        n_inner=48,
        activation_function="gelu",
        scale_attn_weights=False,
        scale_attn_by_inverse_layer_idx=True,
        tie_word_embeddings=False,
    ),
    torch.bfloat16,
)
GEMMA = SIZES | dict(num_hidden_layers=4, head_dim=16, query_pre_attn_scalar=20)
MODELS["gemma2"] = (
    Gemma2ForCausalLM,
    # Bounds that the numbers of so small a model come near to.
    Gemma2Config(**GEMMA, sliding_window=6, attn_logit_softcapping=3.0, final_logit_softcapping=5.0),
    torch.bfloat16,
)
MODELS["gemma3"] = (
    Gemma3ForCausalLM,
    Gemma3TextConfig(
        **GEMMA,
        sliding_window=5,
        layer_types=["sliding_attention", "sliding_attention", "full_attention", "sliding_attention"],
        rope_parameters={
            "full_attention": dict(rope_type="linear", rope_theta=100000.0, factor=8.0),
            "sliding_attention": rope(rope_type="default"),
        },
    ),
    torch.bfloat16,
)
MODELS["smollm3"] = (
    SmolLM3ForCausalLM,
    # The window is that of layers without positions.
    SmolLM3Config(
        **(SIZES | dict(num_hidden_layers=3)),
        no_rope_layers=[1, 0, 1],
        use_sliding_window=True,
        sliding_window=5,
        attention_bias=True,
        tie_word_embeddings=True,
        rope_parameters=dict(rope_type="default", rope_theta=50000.0),
    ),
    torch.bfloat16,
)
MODELS["granite"] = (
    GraniteForCausalLM,
    GraniteConfig(
        **SIZES,
        attention_bias=True,
        embedding_multiplier=6.0,
        residual_multiplier=0.4,
        attention_multiplier=0.15,
        logits_scaling=3.0,
        rope_parameters=rope(rope_type="default"),
    ),
    torch.bfloat16,
)
MODELS["olmo2"] = (
    Olmo2ForCausalLM,
    Olmo2Config(**SIZES, attention_bias=True, rope_parameters=rope(rope_type="default")),
    torch.bfloat16,
)
MODELS["olmo3"] = (
    Olmo3ForCausalLM,
    Olmo3Config(
        **(SIZES | dict(num_hidden_layers=4)),
        sliding_window=5,
        rope_parameters={
            "full_attention": dict(
                rope_type="yarn", rope_theta=50000.0, factor=4.0, original_max_position_embeddings=32
            ),
            "sliding_attention": rope(rope_type="default"),
        },
    ),
    torch.bfloat16,
)
MODELS["phi3"] = (
    Phi3ForCausalLM,
    Phi3Config(**SIZES, sliding_window=6, rope_parameters=rope(rope_type="default")),
    torch.bfloat16,
)
MODELS["phi4-mini"] = (
    Phi3ForCausalLM,
    # What is generated here is within the length of the first training.
    Phi3Config(
        **SIZES,
        tie_word_embeddings=True,
        original_max_position_embeddings=80,
        rope_parameters=rope(
            rope_type="longrope",
            partial_rotary_factor=0.75,
            short_factor=[1.0, 1.5, 4.0],
            long_factor=[1.0, 3.0, 9.0],
        ),
    ),
    torch.bfloat16,
)
MODELS["starcoder2"] = (
    Starcoder2ForCausalLM,
    Starcoder2Config(**SIZES, sliding_window=7, rope_parameters=rope(rope_type="default")),
    torch.bfloat16,
)
NEOX = {k: v for k, v in SIZES.items() if k != "num_key_value_heads"}
MODELS["gpt-neox"] = (
    GPTNeoXForCausalLM,
    GPTNeoXConfig(**NEOX, rope_parameters=rope(rope_type="default", partial_rotary_factor=0.5)),
    torch.bfloat16,
)
MODELS["gpt-neox-serial"] = (
    GPTNeoXForCausalLM,
    GPTNeoXConfig(
        **NEOX,
        use_parallel_residual=False,
        attention_bias=False,
        tie_word_embeddings=True,
        rope_parameters=rope(rope_type="linear", factor=2.0, partial_rotary_factor=0.75),
    ),
    torch.bfloat16,
)
OPT = dict(
    vocab_size=VOCAB,
    hidden_size=32,
    ffn_dim=48,
    num_hidden_layers=2,
    num_attention_heads=4,
    max_position_embeddings=128,
    init_std=0.3,
    bos_token_id=1,
    eos_token_id=None,
    pad_token_id=None,
)
MODELS["opt"] = (OPTForCausalLM, OPTConfig(**OPT), torch.bfloat16)
MODELS["opt-projected"] = (
    OPTForCausalLM,
    OPTConfig(
        **OPT,
        word_embed_proj_dim=24,
        do_layer_norm_before=False,
        enable_bias=False,
        tie_word_embeddings=False,
        activation_function="gelu",
    ),
    torch.bfloat16,
)
MODELS["gemma3-proportional"] = (
    Gemma3ForCausalLM,
    # As in Gemma 4: the layers without a window turn the first pairs of a head alone.
    Gemma3TextConfig(
        **GEMMA,
        sliding_window=5,
        layer_types=["sliding_attention", "full_attention", "full_attention", "sliding_attention"],
        rope_parameters={
            "full_attention": dict(
                rope_type="proportional", rope_theta=100000.0, partial_rotary_factor=0.3, factor=2.0
            ),
            "sliding_attention": rope(rope_type="default"),
        },
    ),
    torch.bfloat16,
)
# As GPT-2 was first published: without the level `transformer`, with masks as buffers.
BARE = {"gpt2-scaled"}


def bare(folder, positions):
    file = os.path.join(folder, "model.safetensors")
    tensors = {k.removeprefix("transformer."): v for k, v in load_file(file).items()}
    for layer in range(2):
        mask = torch.ones(positions, positions).tril()[None, None]
        tensors[f"h.{layer}.attn.bias"] = mask.to(torch.uint8)
        tensors[f"h.{layer}.attn.masked_bias"] = torch.tensor(-1e4)
    save_file(tensors, file, metadata={"format": "pt"})


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    for number, (name, (kind, config, stored)) in enumerate(MODELS.items()):
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        torch.manual_seed(number)
        config._attn_implementation = "eager"
        model = kind(config).eval()
        with torch.no_grad():
            for key, p in model.named_parameters():
                if "norm" in key or "ln_" in key:
                    p.add_(0.2 * torch.randn_like(p))
                if name.startswith("gemma") and "layers" in key and ".post_" in key:
                    p.add_(2)  # else the shared table answers each token with itself
                if key.endswith("bias"):
                    p.add_(0.1 * torch.randn_like(p))
                p.copy_(p.to(stored).float())
        folder = os.path.join(here, "..", "resources", "models", name)
        # A copy, as the rotary frequencies would not come back from the smaller type.
        copy.deepcopy(model).to(stored).save_pretrained(folder)
        if name in BARE:
            bare(folder, config.n_positions)
        ids = torch.randint(0, VOCAB, (2, 12), generator=torch.Generator().manual_seed(number))
        prompt = ids[0, :5]
        with torch.no_grad():
            logits = model(ids).logits
            greedy = model.generate(
                prompt[None], max_new_tokens=64, do_sample=False, use_cache=True
            )[0, 5:]
        save_file(
            {
                "ids": ids,
                "logits": logits.contiguous(),
                "prompt": prompt.clone(),
                "greedy": greedy.contiguous(),
            },
            os.path.join(folder, "expected.safetensors"),
        )
        print(name, logits.std().item(), len(set(greedy.tolist())), len(greedy))


if __name__ == "__main__":
    main()
