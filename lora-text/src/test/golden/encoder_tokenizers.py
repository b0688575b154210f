"""Tiny Unigram tokenizers in the form of those of ALBERT and DeBERTa, as transformers saves them, with its ids.

SentencePiece trains their pieces. Writes ../resources/tokenizers/NAME (tokenizer.json and tokenizer_config.json) and ../resources/encoder-tokens.json:
for each of them a list of texts with the ids of AutoTokenizer, with what it puts around a text and without, the ids and types of the text before
the first one, and the text that it makes of the ids. `deberta-v3` is as converters made it before transformers 5: by the characters' map of SentencePiece.
"""

import io
import json
import shutil
import tempfile
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as model_pb2
from tokenizers import Regex, normalizers, pre_tokenizers
from transformers import AlbertTokenizer, AutoTokenizer, DebertaV2Tokenizer

OUT = Path(__file__).parents[1] / "resources"
TEXTS = [
    "In 1969, 3 people flew 384400 km to the Moon.",
    "She said ``hello'' to the naïve Café\u0301 — ﬁne, ½ ÅNGSTRÖM",
    "for name in names:\n    return self.size  # don't\r\n\n\n\ttensor.",
    "   spaces   around   ",
    "say [MASK] it 你好 🦊 İstanbul ＡＢＣ\u200b\u00ad.",
    "",
]
SPECIAL = {
    "albert": ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"],
    "deberta-v2": ["[PAD]", "[CLS]", "[SEP]", "[UNK]"],
}


# A few rows of SentencePiece's own nmt_nfkc, whose map has 240 kB.
RULES = {"\t": " ", "\n": " ", "\r": " ", "ﬁ": "fi", "½": "1⁄2", "Ａ": "A", "Ｂ": "B", "Ｃ": "C", "e\u0301": "é", "\u200b": " "}


def trained(name, folder):
    """Pieces with their scores, and the map of characters."""
    special = SPECIAL[name]
    out = io.BytesIO()
    rules = Path(folder) / "rules.tsv"
    spelled = [[" ".join(f"{ord(c):X}" for c in text) for text in rule] for rule in RULES.items()]
    rules.write_text("".join(f"{a}\t{b}\n" for a, b in spelled))
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(Path(__file__).read_text().lower().split("\n") + TEXTS),
        model_writer=out,
        vocab_size=180,
        normalization_rule_tsv=str(rules),
        model_type="unigram",
        hard_vocab_limit=False,
        pad_id=0,
        pad_piece=special[0],
        unk_id=special.index("<unk>" if name == "albert" else "[UNK]"),
        unk_piece="<unk>" if name == "albert" else "[UNK]",
        bos_id=special.index("[CLS]"),
        bos_piece="[CLS]",
        eos_id=special.index("[SEP]"),
        eos_piece="[SEP]",
        control_symbols=["[MASK]"] if name == "albert" else [],
        num_threads=1,
        minloglevel=2,
    )
    model = model_pb2.ModelProto.FromString(out.getvalue())
    return [(p.piece, p.score) for p in model.pieces], model.normalizer_spec.precompiled_charsmap


def made(name, folder):
    if name == "albert":
        pieces, characters = trained(name, folder)
        return AlbertTokenizer(vocab=pieces, _spm_precompiled_charsmap=characters)
    pieces, characters = trained("deberta-v2", folder)
    pieces.append(("[MASK]", 0.0))
    lower = name == "deberta-lower"
    tokenizer = DebertaV2Tokenizer(vocab=pieces, unk_id=3, do_lower_case=lower, split_by_punct=lower)
    if name == "deberta-v3":
        inner = tokenizer.backend_tokenizer
        inner.normalizer = normalizers.Sequence(
            [normalizers.Strip(), normalizers.Precompiled(characters), normalizers.Replace(Regex(" {2,}"), " ")]
        )
        inner.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")])
    return tokenizer


def main():
    gold = {}
    for name in ("albert", "deberta-v3", "deberta-lower"):
        folder = OUT / "tokenizers" / name
        shutil.rmtree(folder, ignore_errors=True)
        with tempfile.TemporaryDirectory() as rules:
            made(name, rules).save_pretrained(folder)
        # As it is in the file; a class of its own would be made anew of its settings.
        settings = json.loads((folder / "tokenizer_config.json").read_text())
        settings["tokenizer_class"] = "PreTrainedTokenizerFast"
        settings.pop("_spm_precompiled_charsmap", None)
        (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=1) + "\n")
        fast = AutoTokenizer.from_pretrained(folder)
        gold[name] = []
        for text in TEXTS:
            pair = fast(text, TEXTS[0], return_token_type_ids=True)
            gold[name].append(
                {
                    "text": text,
                    "around": fast(text)["input_ids"],
                    "plain": fast(text, add_special_tokens=False)["input_ids"],
                    "pair": pair["input_ids"],
                    "types": pair["token_type_ids"],
                    "decoded": fast.decode(fast(text)["input_ids"], clean_up_tokenization_spaces=False),
                }
            )
        print(name, len(fast), [fast.convert_ids_to_tokens(row["around"]) for row in gold[name]])
    (OUT / "encoder-tokens.json").write_text(json.dumps(gold, indent=1) + "\n")


if __name__ == "__main__":
    main()
