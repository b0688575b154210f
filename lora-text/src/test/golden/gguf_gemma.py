"""Tiny random Gemmas in GGUF, as gguf_tiny.py has other models, whose form the files take.

Writes ../resources/gguf/NAME.gguf and NAME.safetensors. The vocabulary is one of SentencePiece as
Gemma's: no space is added, runs of spaces and lines are pieces of the user, and the unknown piece
counts as special.
"""

import io

import numpy as np
import sentencepiece
import torch
from gguf import MODEL_ARCH, GGUFWriter, RopeScalingType, get_tensor_name_map
from gguf import GGMLQuantizationType as T
from gguf.quants import dequantize, quantize
from gguf_tiny import CORPUS, OUT, SIZES, TEXTS, VOCAB, kind
from safetensors.torch import save_file
from transformers import Gemma2Config, Gemma2ForCausalLM, Gemma3ForCausalLM, Gemma3TextConfig

RUNS = ["\u2581\u2581", "\u2581\u2581\u2581", "\u2581\u2581\u2581\u2581", "\n", "\n\n", "\n\n\n", "\t"]
GEMMA = SIZES | dict(head_dim=32, query_pre_attn_scalar=32, pad_token_id=0, eos_token_id=1, bos_token_id=2)


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
        add_dummy_prefix=False,
        character_coverage=0.98,
        pad_id=0,
        eos_id=1,
        bos_id=2,
        unk_id=3,
        pad_piece="<pad>",
        eos_piece="<eos>",
        bos_piece="<bos>",
        control_symbols="<start_of_turn>,<end_of_turn>",
        user_defined_symbols=RUNS,
        minloglevel=2,
    )
    made = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    pieces = [made.id_to_piece(i) for i in range(VOCAB)]
    special = [i for i in range(VOCAB) if made.is_unknown(i) or made.is_control(i)]
    kinds = [3 if i in special else 4 if pieces[i] in RUNS else 6 if made.is_byte(i) else 1 for i in range(VOCAB)]
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    # As the converter has it, which writes the spaces of the user's pieces as such.
    writer.add_token_list([p.replace("\u2581", " ") if k == 4 else p for p, k in zip(pieces, kinds)])
    writer.add_token_scores([made.get_score(i) if k == 1 else -1000.0 for i, k in enumerate(kinds)])
    writer.add_token_types(kinds)
    writer.add_bos_token_id(2)
    writer.add_eos_token_id(1)
    writer.add_unk_token_id(3)
    writer.add_pad_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)
    return lambda text: made.encode(text)


def write(name, arch, model, swa_base=None):
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
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_sliding_window(config.sliding_window)
    if arch == "gemma2":
        writer.add_attn_logit_softcapping(config.attn_logit_softcapping)
        writer.add_final_logit_softcapping(config.final_logit_softcapping)
    else:
        rope = config.rope_parameters["full_attention"]
        writer.add_rope_freq_base(rope["rope_theta"])
        if rope["rope_type"] == "linear":
            writer.add_rope_scaling_type(RopeScalingType.LINEAR)
            writer.add_rope_scaling_factor(rope["factor"])
        if swa_base:
            writer.add_rope_freq_base_swa(swa_base)
            writer.add_sliding_window_pattern(2)
    ids = sentence_piece(writer)
    names = get_tensor_name_map({"gemma2": MODEL_ARCH.GEMMA2, "gemma3": MODEL_ARCH.GEMMA3}[arch], config.num_hidden_layers)
    state = model.state_dict()
    for key, weight in state.items():
        if key == "lm_head.weight":
            continue
        own, suffix = key.rsplit(".", 1)
        to = f"{names.get_name(own)}.{suffix}"
        norm = key.endswith("norm.weight")
        data = np.ascontiguousarray(weight.float().numpy() + (1 if norm else 0))
        how = kind(to, data)
        packed = quantize(data, how)
        if how in (T.F32, T.F16):
            writer.add_tensor(to, packed)
            numbers = packed.astype(np.float32)
        else:
            writer.add_tensor(to, packed, raw_dtype=how)
            numbers = dequantize(packed, how)
        state[key] = torch.from_numpy(np.ascontiguousarray(numbers - (1 if norm else 0)))
    state["lm_head.weight"] = state["model.embed_tokens.weight"]
    model.load_state_dict(state)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return ids


def main():
    ropes = {
        "full_attention": dict(rope_type="linear", rope_theta=1000000.0, factor=8.0),
        "sliding_attention": dict(rope_type="default", rope_theta=10000.0),
    }
    every = {k: dict(rope_type="default", rope_theta=t) for k, t in {"full_attention": 50000.0, "sliding_attention": 7000.0}.items()}
    cases = {
        "gemma2": ("gemma2", Gemma2ForCausalLM, Gemma2Config(**GEMMA | dict(num_hidden_layers=2), sliding_window=7, attn_logit_softcapping=3.0, final_logit_softcapping=5.0), None),
        # The last of its layers is the sixth, which sees all tokens.
        "gemma3": ("gemma3", Gemma3ForCausalLM, Gemma3TextConfig(**GEMMA | dict(num_hidden_layers=6), sliding_window=6, rope_parameters=ropes), None),
        "gemma3-pattern": (
            "gemma3",
            Gemma3ForCausalLM,
            Gemma3TextConfig(**GEMMA | dict(num_hidden_layers=3), sliding_window=6, sliding_window_pattern=2, rope_parameters=every),
            7000.0,
        ),
    }
    for number, (name, (arch, made, config, swa_base)) in enumerate(cases.items()):
        torch.manual_seed(number)
        config._attn_implementation = "eager"
        model = made(config).eval()
        with torch.no_grad():
            for key, weight in model.named_parameters():
                if key.endswith("norm.weight"):
                    weight.uniform_(-0.5, 0.5)
                if "embed" in key:
                    weight.mul_(0.25)  # else it answers each token with itself
            ids = write(name, arch, model, swa_base)
            out = {"ids": torch.randint(0, VOCAB, (2, 12)), "prompt": torch.randint(0, VOCAB, (5,))}
            out["logits"] = model(out["ids"]).logits[..., ::8].clone()
            model.generation_config.eos_token_id = None
            out["greedy"] = model.generate(out["prompt"][None], do_sample=False, max_new_tokens=64)[0, 5:].clone()
            for i, text in enumerate(TEXTS):
                out[f"text.{i}"] = torch.tensor(list(text.encode()), dtype=torch.uint8)
                out[f"tokens.{i}"] = torch.tensor(ids(text), dtype=torch.int64)
            save_file(out, OUT / f"{name}.safetensors")
            print(name, len(set(out["greedy"].tolist())))


if __name__ == "__main__":
    main()
