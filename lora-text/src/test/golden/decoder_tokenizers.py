"""Tiny tokenizers in the form of those of published decoders, as transformers saves them, with its ids.

Writes ../resources/tokenizers/NAME (tokenizer.json and tokenizer_config.json) and ../resources/decoder-tokens.json: for each of them a list of
texts with the ids of AutoTokenizer, with what it puts around a text and without, and the text that it makes of the ids.
"""

import json
import shutil
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

OUT = Path(__file__).parents[1] / "resources"
CORPUS = Path(__file__).read_text()
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
TEXTS = [
    "In 1969, 3 people flew 384400 km to the Moon.",
    "for name in names:\n    return self.size  # don't\r\n\n\n\ttensor.",
    "We'LL say naïve cafe\u0301 你好 🦊 twice",
    "   spaces   around   ",
    "<|user|>\nsay it<|end|>\n<|assistant|> yes",
    "",
]
SPECIAL = ["<|endoftext|>", "<|user|>", "<|assistant|>", "<|end|>"]
BYTES = pre_tokenizers.ByteLevel(add_prefix_space=False)
FORMS = {
    # SmolLM3 and OLMo 2 divide as Llama 3 does.
    "smollm3": (None, [pre_tokenizers.Split(Regex(LLAMA3), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)], True),
    "starcoder2": (None, [pre_tokenizers.Digits(individual_digits=True), BYTES], False),
    "gpt-neox": (normalizers.NFC(), [BYTES], False),
    "opt": (None, [BYTES], False),
}


def byte_level(name):
    normalizer, division, whole = FORMS[name]
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.Sequence(division)
    trainer = trainers.BpeTrainer(
        vocab_size=380, special_tokens=SPECIAL, initial_alphabet=BYTES.alphabet(), show_progress=False
    )
    made.train_from_iterator([CORPUS, *TEXTS], trainer)
    state = json.loads(made.to_str())["model"]
    again = Tokenizer(models.BPE(state["vocab"], [tuple(m) for m in state["merges"]], ignore_merges=whole))
    if normalizer:
        again.normalizer = normalizer
    again.pre_tokenizer = made.pre_tokenizer
    again.decoder = decoders.ByteLevel()
    if name == "opt":
        start = SPECIAL[0]
        again.post_processor = processors.TemplateProcessing(f"{start} $A", f"{start} $A {start} $B", [(start, 0)])
    else:
        again.post_processor = processors.ByteLevel(trim_offsets=False)
    again.add_special_tokens([AddedToken(t, special=True) for t in SPECIAL])
    return again


def sentence_piece():
    """Phi-3's: LLaMA's pieces, whose tokens of chats take the spaces behind them."""
    pieces = ["<unk>", "<s>", "</s>"] + [f"<0x{i:02X}>" for i in range(256)]
    made = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    made.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    trainer = trainers.BpeTrainer(vocab_size=440, special_tokens=pieces, show_progress=False)
    made.train_from_iterator([CORPUS, *TEXTS], trainer)
    made.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    state = json.loads(made.to_str())
    # The bytes are pieces, not special tokens.
    state["added_tokens"] = [t for t in state["added_tokens"] if t["id"] < 3]
    made = Tokenizer.from_str(json.dumps(state))
    made.add_special_tokens([AddedToken(t, special=True, rstrip=t != SPECIAL[0], normalized=False) for t in SPECIAL])
    return made


def main():
    gold = {}
    for name in [*FORMS, "phi3"]:
        made = sentence_piece() if name == "phi3" else byte_level(name)
        folder = OUT / "tokenizers" / name
        shutil.rmtree(folder, ignore_errors=True)
        end = "<|endoftext|>"
        PreTrainedTokenizerFast(tokenizer_object=made, bos_token=end, eos_token=end, pad_token=end).save_pretrained(folder)
        fast = AutoTokenizer.from_pretrained(folder)
        gold[name] = [
            {
                "text": text,
                "around": fast(text)["input_ids"],
                "plain": fast(text, add_special_tokens=False)["input_ids"],
                "decoded": fast.decode(fast(text)["input_ids"], clean_up_tokenization_spaces=False),
            }
            for text in TEXTS
        ]
        print(name, len(fast), [len(row["around"]) for row in gold[name]])
    (OUT / "decoder-tokens.json").write_text(json.dumps(gold, indent=1) + "\n")


if __name__ == "__main__":
    main()
