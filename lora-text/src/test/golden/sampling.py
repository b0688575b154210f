"""What transformers' logits processors leave of some logits: ../resources/sampling.json."""

import json
import os

import torch
from transformers import (
    LogitsProcessorList,
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

SETTINGS = [
    dict(temperature=1.0),
    dict(temperature=0.7, top_k=5),
    dict(temperature=1.3, top_p=0.8),
    dict(temperature=0.9, min_p=0.1),
    dict(temperature=0.8, penalty=1.3),
    dict(temperature=1.1, top_k=20, top_p=0.9, min_p=0.05, penalty=0.8),
    dict(temperature=0.2, top_p=0.01),
]


def main():
    cases = []
    for number, chosen in enumerate(SETTINGS):
        torch.manual_seed(number)
        logits = (torch.randn(1, 40) * 3).float()
        before = torch.randint(0, 40, (1, 6))
        processors = LogitsProcessorList()
        if "penalty" in chosen:
            processors.append(RepetitionPenaltyLogitsProcessor(chosen["penalty"]))
        processors.append(TemperatureLogitsWarper(chosen["temperature"]))
        if "top_k" in chosen:
            processors.append(TopKLogitsWarper(chosen["top_k"]))
        if "top_p" in chosen:
            processors.append(TopPLogitsWarper(chosen["top_p"]))
        if "min_p" in chosen:
            processors.append(MinPLogitsWarper(chosen["min_p"]))
        left = torch.softmax(processors(before, logits.clone()), -1)[0]
        cases.append(
            dict(
                settings=chosen,
                before=before[0].tolist(),
                logits=logits[0].tolist(),
                probabilities=left.tolist(),
            )
        )
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "..", "resources", "sampling.json"), "w") as out:
        json.dump(cases, out)


if __name__ == "__main__":
    main()
