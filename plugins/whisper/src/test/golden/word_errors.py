"""Texts without what transcripts may differ in, and word errors.

Writes ../resources/word-errors.json: pairs of texts, each as transformers' BasicTextNormalizer (OpenAI's) leaves
it, and the number of word errors by jiwer.
"""

import json
import os

import jiwer
from transformers.models.whisper.english_normalizer import BasicTextNormalizer

HERE = os.path.dirname(os.path.abspath(__file__))
PAIRS = [
    ("The quick brown fox jumps over the lazy dog.", "The quick brown fox jumped over the lazy nog."),
    ("Is he married, or single?", "is he married or single"),
    ("Don't you KNOW?", "do not you know"),
    ("It costs $5.20 (five dollars) today [laughter]!", "It costs 5.20 today"),
    ("Schöne Grüße aus Köln – naïve café", "schone grusse aus koln naive cafe"),
    ("one two three four", "two three five four six"),
    ("a b c d", ""),
    ("one", "one more word than that"),
    ("What <noise> is his name?", "What is his game?"),
    ("１２３ ﬁne", "123 fine"),
    ("she said: \"No; never.\"", "she said no never ever"),
    ("the cat sat on the mat", "the cat the mat sat on"),
]


def main():
    plain = BasicTextNormalizer()
    rows = []
    for pair in PAIRS:
        texts = [plain(t).strip() for t in pair]
        found = jiwer.process_words(*texts)
        errors = found.substitutions + found.deletions + found.insertions
        rows.append({"pair": pair, "plain": texts, "errors": errors, "words": len(texts[0].split())})
    with open(os.path.join(HERE, "..", "resources", "word-errors.json"), "w") as out:
        json.dump(rows, out, indent=1, ensure_ascii=False)
        out.write("\n")


if __name__ == "__main__":
    main()
