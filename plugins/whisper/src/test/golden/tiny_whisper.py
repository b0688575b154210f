"""A tiny random multilingual Whisper as transformers writes it, with what it and PEFT compute.

Writes ../resources/tiny: the model's folder, and expected.safetensors with
  targets        I64 [2, 7]         decoder tokens
  logits         F32 [2, 7, vocab]  of them, of two recordings
  greedy         I64 [2, n]         the likeliest tokens with language and task, then the end token
  translated     I64 [2, n]         of the other task
  beams          I64 [2, n]         of four beams
  languages      I64 [2]            tokens of the languages heard
../resources/adapter: a LoRA on encoder and decoder as PEFT saves it, and expected.safetensors with
  logits, greedy                    with it
and ../resources/steps.safetensors with
  labels         I64 [4, 2, 9]      what four batches learn, -100 for padding
  losses         F32 [4]            of each batch, with AdamW steps between
  first.NAME, last.NAME             factors before and after the four steps
  gradient.NAME                     of the first batch
"""

import os

import numpy as np
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, pre_tokenizers, decoders, AddedToken
from transformers import GenerationConfig, WhisperConfig, WhisperFeatureExtractor, WhisperForConditionalGeneration

from waves import chirp

HERE = os.path.dirname(os.path.abspath(__file__))
RESOURCES = os.path.join(HERE, "..", "resources")
SPECIAL = ["<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|de|>", "<|ja|>", "<|translate|>",
           "<|transcribe|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"]
END, START, EN, TRANSLATE, TRANSCRIBE, PLAIN = 256, 257, 258, 261, 262, 265
TIMES = 4


def tokenizer(folder):
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(alphabet)}, merges=[]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([AddedToken(t, special=True) for t in SPECIAL])
    made.add_tokens([AddedToken(f"<|{i * 0.02:.2f}|>", special=False) for i in range(TIMES)])
    made.save(os.path.join(folder, "tokenizer.json"))


def draw(model, seed):
    """Weights with sharp attention and unsure tokens, in values that F16 has."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            if name == "model.encoder.embed_positions.weight":
                pass
            elif "layer_norm" in name:
                p.copy_(0.2 * torch.randn(p.shape, generator=generator))
                p.add_(1 if name.endswith("weight") else 0)
            else:
                scale = 1 if "embed" in name or "conv" in name else 0.5 if "bias" in name else 0.6
                p.copy_(scale * torch.randn(p.shape, generator=generator))
            if name == "model.decoder.embed_tokens.weight":
                p[END] *= 2
            p.copy_(p.half().float())


def padded(found, width):
    rows = torch.full((found.shape[0], width), END)
    rows[:, : found.shape[1]] = found
    return rows


def settings():
    return GenerationConfig(
        decoder_start_token_id=START, eos_token_id=END, pad_token_id=END, bos_token_id=END, max_length=32,
        is_multilingual=True, no_timestamps_token_id=PLAIN, return_timestamps=False,
        lang_to_id={"<|en|>": 258, "<|de|>": 259, "<|ja|>": 260},
        task_to_id={"translate": TRANSLATE, "transcribe": TRANSCRIBE},
        suppress_tokens=[3, 5, 40, 41, 257, 258, 259, 260, 261, 262, 263, 264, 265], begin_suppress_tokens=[END, 220],
        forced_decoder_ids=None, max_initial_timestamp_index=2, prev_sot_token_id=263)


def main():
    folder = os.path.join(RESOURCES, "tiny")
    os.makedirs(folder, exist_ok=True)
    config = WhisperConfig(
        vocab_size=266 + TIMES, num_mel_bins=80, d_model=16, encoder_layers=2, decoder_layers=3,
        encoder_attention_heads=2, decoder_attention_heads=4, encoder_ffn_dim=24, decoder_ffn_dim=20,
        max_source_positions=50, max_target_positions=32, decoder_start_token_id=START, eos_token_id=END,
        pad_token_id=END, bos_token_id=END, suppress_tokens=None, begin_suppress_tokens=None)
    model = WhisperForConditionalGeneration(config).eval()
    draw(model, 7)
    model.generation_config = settings()
    model.save_pretrained(folder)
    tokenizer(folder)
    spectra = WhisperFeatureExtractor(chunk_length=1)
    spectra.save_pretrained(folder)
    sounds = [chirp(16000, 16000, 100, 4000, 3), chirp(9000, 16000, 3000, 300, 4)]
    features = spectra(sounds, sampling_rate=16000, return_tensors="pt").input_features
    targets = torch.tensor([[START, EN, TRANSCRIBE, PLAIN, 72, 105, 33], [START, 259, TRANSLATE, PLAIN, 9, 200, 17]])
    how = dict(language="en", task="transcribe")
    with torch.no_grad():
        expected = {
            "targets": targets,
            "logits": model(input_features=features, decoder_input_ids=targets).logits,
            "greedy": padded(model.generate(features, **how), 32),
            "translated": padded(model.generate(features, language="de", task="translate"), 32),
            "beams": torch.cat([padded(model.generate(features[i : i + 1], num_beams=4, **how), 32) for i in (0, 1)]),
            "languages": model.detect_language(features),
        }
    print({k: v.tolist() for k, v in expected.items() if k != "logits"})
    save_file({k: v.contiguous() for k, v in expected.items()}, os.path.join(folder, "expected.safetensors"))
    adapter(model, features, targets, how)


def adapter(model, features, targets, how):
    folder = os.path.join(RESOURCES, "adapter")
    lora = LoraConfig(
        r=4, lora_alpha=6, lora_dropout=0.0,
        target_modules=r".*\.(encoder|decoder)\.layers\.\d+\.((self|encoder)_attn\.(q_proj|v_proj|out_proj)|fc1)")
    peft = get_peft_model(model, lora)
    generator = torch.Generator().manual_seed(11)
    with torch.no_grad():
        for name, p in peft.named_parameters():
            if "lora_" in name:
                p.copy_(0.3 * torch.randn(p.shape, generator=generator))
    peft.save_pretrained(folder)
    os.remove(os.path.join(folder, "README.md"))
    with torch.no_grad():
        expected = {
            "logits": peft(input_features=features, decoder_input_ids=targets).logits,
            "greedy": padded(peft.generate(input_features=features, **how), 32),
        }
    save_file({k: v.contiguous() for k, v in expected.items()}, os.path.join(folder, "expected.safetensors"))
    steps(peft, features)


def steps(peft, features):
    generator = torch.Generator().manual_seed(12)
    labels = torch.randint(6, 250, (4, 2, 9), generator=generator)
    labels[:, :, 0], labels[:, :, 1], labels[:, :, 2] = EN, TRANSCRIBE, PLAIN
    labels[:, 0, 8] = END
    labels[:, 1, 5], labels[:, 1, 6:] = END, -100
    factors = {n: p for n, p in peft.named_parameters() if p.requires_grad}
    all = {"labels": labels}
    all.update({"first." + n: p.detach().clone() for n, p in factors.items()})
    optimizer = torch.optim.AdamW(factors.values(), lr=1e-3, weight_decay=0.01)
    losses = []
    for batch in range(4):
        optimizer.zero_grad()
        loss = peft(input_features=features, labels=labels[batch]).loss
        loss.backward()
        losses.append(loss.detach())
        if batch == 0:
            all.update({"gradient." + n: p.grad.clone() for n, p in factors.items()})
        optimizer.step()
    all.update({"last." + n: p.detach().clone() for n, p in factors.items()})
    all["losses"] = torch.stack(losses)
    print(losses)
    save_file({k: v.contiguous() for k, v in all.items()}, os.path.join(RESOURCES, "steps.safetensors"))


if __name__ == "__main__":
    main()
