"""Tiny random T5 models in GGUF, written as llama.cpp's converter writes them, and what transformers
computes with their unpacked weights.

Writes ../resources/gguf/NAME.gguf and NAME.safetensors with
  ids, present, targets, logits  as seq2seq_models.py; every eighth logit
  inputs, lengths, greedy        two inputs, and the 40 likeliest tokens
  text.N, tokens.N               texts in UTF-8 and their ids, with the token that ends a text
The vocabulary is SentencePiece's own, and after it T5's 100 tokens for gaps, which files do not name.
"""

import io
import re
import unicodedata
from pathlib import Path

import numpy as np
import sentencepiece
import torch
from gguf import MODEL_ARCH, GGMLQuantizationType as T, GGUFWriter, get_tensor_name_map
from gguf.quants import dequantize, quantize
from safetensors.torch import save_file
from sentencepiece import sentencepiece_model_pb2
from transformers import T5Config, T5ForConditionalGeneration
from transformers import UMT5Config, UMT5ForConditionalGeneration

OUT = Path(__file__).parents[1] / "resources/gguf"
PIECES, GAPS, VOCAB = 320, 100, 448
SIZES = dict(
    vocab_size=VOCAB,
    d_model=64,
    d_kv=32,
    d_ff=64,
    num_layers=3,
    num_decoder_layers=2,
    num_heads=3,
    decoder_start_token_id=0,
    pad_token_id=0,
    eos_token_id=1,
)
KINDS = {
    "t5": (T5ForConditionalGeneration, T5Config(**SIZES, feed_forward_proj="relu"), 3),
    "flan-t5": (
        T5ForConditionalGeneration,
        T5Config(**SIZES, feed_forward_proj="gated-gelu", tie_word_embeddings=False),
        4,
    ),
    "umt5": (
        UMT5ForConditionalGeneration,
        UMT5Config(**SIZES, feed_forward_proj="gated-gelu", tie_word_embeddings=False),
        5,
    ),
}
# Layers that outweigh the embedding, so that the next token is not the last one again.
SCALES = {"layer_norm": 0.2, "shared": 1, "lm_head": 0.6, ".o.": 1.2, ".wo.": 1.2, "relative": 1}
CORPUS = Path(__file__).read_text()
TEXTS = [
    "In 1969, 3 people flew 384400 km to the Moon.",
    "   spaces   around   ",
    "The <extra_id_0> sat on <extra_id_1> mat.",
    unicodedata.normalize("NFD", "na\u00efve caf\u00e9") + " \ufb01ne \u00bd\u2460",
    "tabs\tand\nlines",
    "\u4f60\u597d",
    "",
]


def tokenizer(writer, normalised):
    """As T5Model.set_vocab of convert_hf_to_gguf.py has it; returns a way to ids."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS.splitlines()),
        model_writer=model,
        model_type="unigram",
        vocab_size=PIECES,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        normalization_rule_name="nmt_nfkc" if normalised else "identity",
        minloglevel=2,
    )
    made = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    rules = sentencepiece_model_pb2.ModelProto.FromString(model.getvalue()).normalizer_spec
    kinds = [
        2 if made.is_unknown(i) else 3 if made.is_control(i) else 1 for i in range(PIECES)
    ]
    more = VOCAB - PIECES
    writer.add_tokenizer_model("t5")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([made.id_to_piece(i) for i in range(PIECES)] + [f"[PAD{PIECES + i}]" for i in range(more)])
    writer.add_token_scores([made.get_score(i) for i in range(PIECES)] + [-10000.0] * more)
    writer.add_token_types(kinds + [5] * more)
    writer.add_add_space_prefix(rules.add_dummy_prefix)
    writer.add_remove_extra_whitespaces(rules.remove_extra_whitespaces)
    if rules.precompiled_charsmap:
        writer.add_precompiled_charsmap(rules.precompiled_charsmap)
    writer.add_eos_token_id(1)
    writer.add_unk_token_id(2)
    writer.add_pad_token_id(0)

    def ids(text):
        found = []
        for part in re.split(r"(<extra_id_\d+>)", text):
            gap = re.fullmatch(r"<extra_id_(\d+)>", part)
            found += [PIECES + GAPS - 1 - int(gap[1])] if gap else made.encode(part)
        return found + [1]

    return ids


def draw(model, seed):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            scale = [v for k, v in SCALES.items() if k in name]
            p.copy_((scale or [0.2])[0] * torch.randn(p.shape, generator=generator))
            if "layer_norm" in name:
                p.add_(1)


def kind(name, weight):
    if weight.ndim == 1 or "rel_b" in name:
        return T.F32
    for part, found in {"token_embd": T.F16, "output": T.BF16, "attn_q": T.Q8_0, "attn_k": T.Q5_1, "ffn_up": T.Q4_0}.items():
        if part in name:
            return found
    return T.Q8_0


def write(name, model):
    """As T5Model.set_gguf_parameters has it."""
    config = model.config
    writer = GGUFWriter(OUT / f"{name}.gguf", "t5")
    writer.add_type("model")
    writer.add_name("Tiny " + name)
    writer.add_quantization_version(2)
    writer.add_file_type(1)
    writer.add_context_length(512)
    writer.add_embedding_length(config.d_model)
    writer.add_feed_forward_length(config.d_ff)
    writer.add_block_count(config.num_layers)
    writer.add_decoder_block_count(config.num_decoder_layers)
    writer.add_head_count(config.num_heads)
    writer.add_key_length(config.d_kv)
    writer.add_value_length(config.d_kv)
    writer.add_layer_norm_eps(config.layer_norm_epsilon)
    writer.add_relative_attn_buckets_count(config.relative_attention_num_buckets)
    writer.add_layer_norm_rms_eps(config.layer_norm_epsilon)
    writer.add_decoder_start_token_id(config.decoder_start_token_id)
    ids = tokenizer(writer, name == "t5")
    names = get_tensor_name_map(MODEL_ARCH.T5, config.num_layers)
    tied = model.lm_head.weight is model.shared.weight
    assert tied == config.scale_decoder_outputs
    state = model.state_dict()
    for key, weight in state.items():
        if "embed_tokens" in key or (tied and key == "lm_head.weight"):
            continue
        own, suffix = key.rsplit(".", 1)
        to = f"{names.get_name(own)}.{suffix}"
        data = np.ascontiguousarray(weight.float().numpy())
        packed = quantize(data, kind(to, data))
        if kind(to, data) in (T.F32, T.F16):
            writer.add_tensor(to, packed)
            numbers = packed.astype(np.float32)
        else:
            writer.add_tensor(to, packed, raw_dtype=kind(to, data))
            numbers = dequantize(packed, kind(to, data))
        with torch.no_grad():
            weight.copy_(torch.from_numpy(np.ascontiguousarray(numbers)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return ids


def main():
    for name, (made, config, seed) in KINDS.items():
        model = made(config).eval()
        if name != "t5":  # transformers would have it share the table
            model.lm_head = torch.nn.Linear(config.d_model, VOCAB, bias=False)
        draw(model, seed)
        ids = write(name, model)
        out = {}
        torch.manual_seed(seed)
        with torch.no_grad():
            present = torch.ones(2, 11, dtype=torch.int64)
            present[1, 7:] = 0
            # Further apart than the last bucket of distances begins.
            out["ids"] = torch.randint(2, PIECES, (2, 11)) * present
            out["present"] = present
            out["targets"] = torch.randint(2, PIECES, (2, 9))
            out["logits"] = model(
                input_ids=out["ids"], attention_mask=present, decoder_input_ids=out["targets"]
            ).logits[..., ::8].clone()
            inputs = torch.randint(2, PIECES, (1, 150))
            out["prompt"] = inputs[0].clone()
            model.generation_config.eos_token_id = None
            grown = model.generate(inputs, do_sample=False, max_new_tokens=40)
            out["greedy"] = grown[0, 1:].clone()
        print(name, out["greedy"].tolist())
        for i, text in enumerate(TEXTS):
            out[f"text.{i}"] = torch.tensor(list(text.encode()), dtype=torch.uint8)
            out[f"tokens.{i}"] = torch.tensor(ids(text), dtype=torch.int64)
        save_file(out, OUT / f"{name}.safetensors")


if __name__ == "__main__":
    main()
