"""BLEU of varied texts by sacrebleu, into src/test/resources/bleu.json."""

import json
import random

from sacrebleu.metrics import BLEU

CASES = [
    (["The cat sat on the mat."], ["The cat sat on the mat."]),
    (["The cat is on the mat."], ["There is a cat on the mat."]),
    (["the the the the the the the"], ["the cat is on the mat"]),
    (["nothing in common"], ["altogether different words here"]),
    (["one word"], ["one word"]),
    ([""], ["something was expected"]),
    (["a b c d e f", ""], ["a b c d x f", "empty before"]),
    (["short"], ["a much longer reference than the text that was written for it"]),
    (["It costs 3,000.50 dollars, i.e. 1-2 per day."], ["It costs 3,000.50 dollars, that is 1-2 a day."]),
    (["He said: \"Don't!\" (twice) & left/right."], ["He said: &quot;Don't!&quot; (once) &amp; left/right."]),
    (["<skipped> Tom & Jerry &lt;3 well-\nknown\nlines  "], ["Tom &amp; Jerry <3 wellknown lines"]),
    (["Gr\u00fc\u00dfe aus K\u00f6ln \u2014 \u4f60\u597d, \U0001f600!"], ["Gr\u00fc\u00dfe aus Bonn \u2014 \u4f60\u597d, \U0001f600!"]),
    (["tabs\tand\u00a0spaces\u3000of\u2009kinds\x1fhere"], ["tabs and spaces of kinds here"]),
    ([",.,. 1.,2 .5 5. a,b 1,b a.1 -1 1- $5 50%"], [",.,. 1.2 .5 5. a,b 1,b a.1 -1 1- $5 60%"]),
    (["A first line of some words.", "A second one, of others."], ["A first line of words.", "The second one, of many others."]),
]


def main():
    chance = random.Random(5)
    words = "the a cat dog sat ran on under mat , . 3.5 1,000 don't well-known".split()
    for size in (3, 20):
        texts, references = [], []
        for _ in range(size):
            reference = chance.choices(words, k=chance.randint(1, 25))
            texts.append(" ".join(w for w in reference if chance.random() > 0.2))
            references.append(" ".join(reference))
        CASES.append((texts, references))
    metric = BLEU()
    found = []
    for texts, references in CASES:
        score = metric.corpus_score(texts, [references])
        found.append(
            {
                "texts": texts,
                "references": references,
                "score": score.score,
                "precisions": score.precisions,
                "brevity": score.bp,
                "words": score.sys_len,
                "referenceWords": score.ref_len,
            }
        )
    with open("src/test/resources/bleu.json", "w", encoding="utf-8") as file:
        json.dump(found, file, indent=1)
        file.write("\n")


main()
