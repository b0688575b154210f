"""gguf_tiny.py [NAME ...], by default all: tiny random models in GGUF, written as llama.cpp's converter writes them, and what transformers
computes with their unpacked weights.

Writes ../resources/gguf/NAME.gguf and NAME.safetensors with
  ids, logits, prompt, greedy    as causal_models.py
  text.N, tokens.N               texts in UTF-8 and their ids, nothing added
The byte-level vocabularies are divided as the tokenizer.json of their models say; that of
SentencePiece is its own.
"""

import io
import json
import math
import sys
from pathlib import Path

import numpy as np
import sentencepiece
import torch
from gguf import MODEL_ARCH, GGMLQuantizationType as T, GGUFWriter, RopeScalingType, get_tensor_name_map
from gguf.quants import dequantize, quantize
from safetensors.torch import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import GraniteConfig, GraniteForCausalLM
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM
from transformers import Olmo2Config, Olmo2ForCausalLM
from transformers import Phi3Config, Phi3ForCausalLM
from transformers import Qwen3Config, Qwen3ForCausalLM
from transformers import SmolLM3Config, SmolLM3ForCausalLM

OUT = Path(__file__).parents[1] / "resources/gguf"
VOCAB = 352
SIZES = dict(
    vocab_size=VOCAB,
    hidden_size=64,
    intermediate_size=96,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=128,
    initializer_range=0.3,
    bos_token_id=1,
    eos_token_id=2,
    pad_token_id=None,
)
CORPUS = Path(__file__).read_text()
TEXTS = [
    "In 1969, 3 people flew 384400 km to the Moon.",
    "for name in names:\n    return self.hidden_size  # don't\r\n\n\n\ttensor.",
    "We'LL say na\u00efve cafe\u0301 \u4f60\u597d \U0001f98a\u200d twice",
    "   spaces   around   ",
    "CamelCaseWords andHTTPServer \u00bd\u0663\u0664x\u00b2",
    "<|im_start|>user\nsay <tool> it<|im_end|>",
    "",
]
WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|%s| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
TEKKEN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
    r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


# Architectures that the class LlamaModel of convert_hf_to_gguf.py converts.
PAIRED = ["llama", "smollm3", "granite"]


def split(regex):
    return [pre_tokenizers.Split(Regex(regex), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]


DIVISIONS = {
    "gpt-2": [pre_tokenizers.ByteLevel(add_prefix_space=False)],
    "smollm": [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)],
    "llama-bpe": split(WORDS % r"\p{N}{1,3}"),
    "dbrx": split(WORDS % r"\p{N}{1,3}"),
    "qwen2": split(WORDS % r"\p{N}"),
    "tekken": split(TEKKEN),
}


def byte_level(pre, writer):
    """A vocabulary with three special tokens and one that is found whole; returns a way to ids."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.Sequence(DIVISIONS[pre])
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB - 1,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator([CORPUS, *TEXTS], trainer)
    vocab = made.get_vocab() | {"<tool>": VOCAB - 1}
    state = json.loads(made.to_str())["model"]
    merges = [tuple(m) for m in state["merges"]]
    again = Tokenizer(models.BPE(vocab, merges, ignore_merges=pre in ("llama-bpe", "tekken")))
    if pre == "qwen2":
        again.normalizer = normalizers.NFC()
    again.pre_tokenizer = made.pre_tokenizer
    again.decoder = decoders.ByteLevel()
    again.add_special_tokens([AddedToken(t, special=True) for t in special])
    again.add_tokens([AddedToken("<tool>", special=False, normalized=False)])
    tokens = sorted(vocab, key=vocab.get)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types([3 if t in special else 4 if t == "<tool>" else 1 for t in tokens])
    writer.add_token_merges([" ".join(m) for m in merges])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(0)
    writer.add_chat_template("{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}")
    return lambda text: again.encode(text, add_special_tokens=False).ids


def sentence_piece(writer):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS.splitlines()),
        model_writer=model,
        model_type="bpe",
        vocab_size=VOCAB,
        byte_fallback=True,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        character_coverage=0.98,
        minloglevel=2,
    )
    made = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    kinds = [
        2 if made.is_unknown(i) else 3 if made.is_control(i) else 6 if made.is_byte(i) else 1
        for i in range(VOCAB)
    ]
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([made.id_to_piece(i) for i in range(VOCAB)])
    writer.add_token_scores([made.get_score(i) for i in range(VOCAB)])
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    return lambda text: made.encode(text)


def permute(weight, heads):
    """As convert_hf_to_gguf.py of llama.cpp has it."""
    parts = weight.reshape(heads, 2, weight.shape[0] // heads // 2, *weight.shape[1:])
    return parts.swapaxes(1, 2).reshape(weight.shape)


def unpermute(weight, heads):
    parts = weight.reshape(heads, weight.shape[0] // heads // 2, 2, *weight.shape[1:])
    return parts.swapaxes(1, 2).reshape(weight.shape)


def llama3_factors(config):
    """As convert_hf_to_gguf.py of llama.cpp has it."""
    rope = config.rope_parameters
    width = config.head_dim
    factors = []
    for i in range(0, width, 2):
        frequency = 1.0 / rope["rope_theta"] ** (i / width)
        wave = 2 * math.pi / frequency
        before = rope["original_max_position_embeddings"]
        if wave < before / rope["high_freq_factor"]:
            factors.append(1)
        elif wave > before / rope["low_freq_factor"]:
            factors.append(rope["factor"])
        else:
            smooth = (before / wave - rope["low_freq_factor"]) / (rope["high_freq_factor"] - rope["low_freq_factor"])
            factors.append(1 / ((1 - smooth) / rope["factor"] + smooth))
    return np.array(factors, dtype=np.float32)


def kind(name, weight):
    """A mix of types, by layer."""
    if weight.ndim == 1:
        return T.F32
    if "token_embd" in name:
        return T.F16
    if name == "output.weight":
        return T.BF16
    for part, found in {"attn_q": T.Q8_0, "attn_k": T.Q5_1, "attn_v": T.Q4_0, "ffn_up": T.Q5_0, "ffn_down": T.Q4_1}.items():
        if part in name:
            return found
    return T.F32


def write(name, arch, model, tokenizer):
    config = model.config
    writer = GGUFWriter(OUT / f"{name}.gguf", arch)
    writer.add_type("model")
    writer.add_name("Tiny " + name)
    writer.add_file_type(1)
    writer.add_quantization_version(2)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    if arch == "granite":
        writer.add_attention_scale(config.attention_multiplier)
        writer.add_embedding_scale(config.embedding_multiplier)
        writer.add_residual_scale(config.residual_multiplier)
        writer.add_logit_scale(config.logits_scaling)
    if arch in PAIRED:
        writer.add_vocab_size(config.vocab_size)
        writer.add_rope_dimension_count(head)
    if arch == "qwen3" or head != config.hidden_size // config.num_attention_heads:
        writer.add_key_length(head)
        writer.add_value_length(head)
    rope = config.rope_parameters
    writer.add_rope_freq_base(rope["rope_theta"])
    if rope["rope_type"] == "linear":
        writer.add_rope_scaling_type(RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(rope["factor"])
    if rope["rope_type"] == "yarn":
        writer.add_rope_scaling_type(RopeScalingType.YARN)
        writer.add_rope_scaling_factor(rope["factor"])
        writer.add_rope_scaling_orig_ctx_len(rope["original_max_position_embeddings"])
    ids = sentence_piece(writer) if tokenizer == "sentencepiece" else byte_level(tokenizer, writer)
    if arch == "phi3":
        writer.add_rope_dimension_count(int(head * rope["partial_rotary_factor"]))
        writer.add_sliding_window(config.sliding_window)
        before = config.original_max_position_embeddings
        writer.add_rope_scaling_orig_ctx_len(before)
        scale = config.max_position_embeddings / before
        writer.add_rope_scaling_attn_factors(math.sqrt(1 + math.log(scale) / math.log(before)))
        for name_ in ["long", "short"]:
            writer.add_tensor(f"rope_factors_{name_}.weight", np.array(rope[name_ + "_factor"], np.float32))
    if rope["rope_type"] == "llama3":
        writer.add_tensor("rope_freqs.weight", llama3_factors(config))
    names = get_tensor_name_map(
        {a.lower(): getattr(MODEL_ARCH, a) for a in ["LLAMA", "SMOLLM3", "GRANITE", "OLMO2", "PHI3", "QWEN2", "QWEN3"]}[arch],
        config.num_hidden_layers,
    )
    heads = {"attn_q.": config.num_attention_heads, "attn_k.": config.num_key_value_heads}
    state = model.state_dict()
    for key, weight in state.items():
        if key == "lm_head.weight" and config.tie_word_embeddings:
            continue
        own, suffix = key.rsplit(".", 1)
        to = f"{names.get_name(own)}.{suffix}"
        paired = [h for part, h in heads.items() if part in to and arch in PAIRED]
        data = weight.float().numpy()
        data = permute(data, paired[0]) if paired else data
        packed = quantize(np.ascontiguousarray(data), kind(to, data))
        if kind(to, data) in (T.F32, T.F16):
            writer.add_tensor(to, packed)
            numbers = packed.astype(np.float32)
        else:
            writer.add_tensor(to, packed, raw_dtype=kind(to, data))
            numbers = dequantize(packed, kind(to, data))
        numbers = unpermute(numbers, paired[0]) if paired else numbers
        state[key] = torch.from_numpy(np.ascontiguousarray(numbers))
    model.load_state_dict(state, strict=not config.tie_word_embeddings)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return ids


def main():
    OUT.mkdir(exist_ok=True)
    rope = dict(rope_theta=10000.0)
    cases = {
        "llama": ("llama", LlamaForCausalLM, LlamaConfig(**SIZES, rope_parameters=rope | dict(rope_type="default")), "smollm"),
        "llama3": (
            "llama",
            LlamaForCausalLM,
            LlamaConfig(
                **SIZES | dict(head_dim=32, max_position_embeddings=131072),
                tie_word_embeddings=True,
                attention_bias=True,
                mlp_bias=True,
                rope_parameters=dict(
                    rope_theta=500000.0,
                    rope_type="llama3",
                    factor=8.0,
                    low_freq_factor=1.0,
                    high_freq_factor=4.0,
                    original_max_position_embeddings=8192,
                ),
            ),
            "llama-bpe",
        ),
        "llama-linear": ("llama", LlamaForCausalLM, LlamaConfig(**SIZES, rope_parameters=rope | dict(rope_type="linear", factor=4.0)), "sentencepiece"),
        "qwen2": ("qwen2", Qwen2ForCausalLM, Qwen2Config(**SIZES, tie_word_embeddings=True, rope_parameters=rope | dict(rope_type="default")), "qwen2"),
        "qwen3": (
            "qwen3",
            Qwen3ForCausalLM,
            Qwen3Config(
                **SIZES,
                head_dim=32,
                rope_parameters=rope | dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=32),
            ),
            "gpt-2",
        ),
        "tekken": ("llama", LlamaForCausalLM, LlamaConfig(**SIZES | dict(num_hidden_layers=1), rope_parameters=rope | dict(rope_type="default")), "tekken"),
    }
    cases["smollm3"] = (
        "smollm3",
        SmolLM3ForCausalLM,
        SmolLM3Config(**SIZES | dict(num_hidden_layers=5), rope_parameters=rope | dict(rope_type="default")),
        "llama-bpe",
    )
    cases["granite"] = (
        "granite",
        GraniteForCausalLM,
        GraniteConfig(
            **SIZES,
            attention_bias=True,
            embedding_multiplier=12.0,
            residual_multiplier=0.25,
            attention_multiplier=0.125,
            logits_scaling=8.0,
            rope_parameters=rope | dict(rope_type="default"),
        ),
        "smollm",
    )
    cases["olmo2"] = (
        "olmo2",
        Olmo2ForCausalLM,
        Olmo2Config(**SIZES | dict(pad_token_id=0), rope_parameters=rope | dict(rope_type="default")),
        "dbrx",
    )
    cases["phi3"] = (
        "phi3",
        Phi3ForCausalLM,
        Phi3Config(
            **SIZES | dict(pad_token_id=0),
            sliding_window=6,
            original_max_position_embeddings=80,
            rope_parameters=rope
            | dict(
                rope_type="longrope",
                partial_rotary_factor=0.75,
                short_factor=[1.0, 1.25, 1.5, 2.0, 3.0, 4.0],
                long_factor=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            ),
        ),
        "sentencepiece",
    )
    for number, (name, (arch, kind_, config, tokenizer)) in enumerate(cases.items()):
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        torch.manual_seed(number)
        model = kind_(config).eval()
        with torch.no_grad():
            for key, weight in model.named_parameters():
                if key.endswith("norm.weight"):
                    weight.uniform_(0.5, 1.5)
                if key.endswith("bias"):
                    weight.normal_(0, 0.3)
            ids = write(name, arch, model, tokenizer)
            out = {"ids": torch.randint(0, VOCAB, (2, 12)), "prompt": torch.randint(0, VOCAB, (5,))}
            out["logits"] = model(out["ids"]).logits[..., ::8].clone()
            model.generation_config.eos_token_id = None
            out["greedy"] = model.generate(out["prompt"][None], do_sample=False, max_new_tokens=64)[0, 5:].clone()
            for i, text in enumerate(TEXTS):
                out[f"text.{i}"] = torch.tensor(list(text.encode()), dtype=torch.uint8)
                out[f"tokens.{i}"] = torch.tensor(ids(text), dtype=torch.int64)
            save_file(out, OUT / f"{name}.safetensors")


if __name__ == "__main__":
    main()
