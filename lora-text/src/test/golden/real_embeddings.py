"""Texts and sentence-transformers' side of the run with all-MiniLM-L6-v2 in docs/dev/benchmarks.md.

real_embeddings.py data INAUGURAL_ZIP FOLDER    writes learn.jsonl and unseen.jsonl: a sentence of a speech and what stands around it
real_embeddings.py st MODEL FOLDER SEED STEPS   trains on learn.jsonl by sentence-transformers 6.2.0 and PEFT, and scores unseen.jsonl before and after
"""

import json
import random
import re
import sys
import tempfile
import time
import zipfile
from pathlib import Path

UNSEEN = 200


def data(archive, folder):
    draw, rows = random.Random(3), []
    with zipfile.ZipFile(archive) as speeches:
        for name in sorted(n for n in speeches.namelist() if re.search(r"/\d{4}.*\.txt$", n)):
            text = re.sub(r"\s+", " ", speeches.read(name).decode("utf8", "replace"))
            sentences = re.split(r"(?<=[.!?]) ", text)
            for i in range(0, len(sentences) - 4, 4):
                part, k = sentences[i:i + 4], draw.randrange(4)
                asked, around = part[k], " ".join(part[:k] + part[k + 1:])
                if 6 <= len(asked.split()) <= 40 and 20 <= len(around.split()) <= 120:
                    rows.append(json.dumps({"anchor": asked, "positive": around}) + "\n")
    draw.shuffle(rows)
    (folder / "learn.jsonl").write_text("".join(rows[:-UNSEEN]))
    (folder / "unseen.jsonl").write_text("".join(rows[-UNSEEN:]))


def st(model, folder, seed, steps):
    import torch
    from datasets import load_dataset
    from peft import LoraConfig, get_peft_model
    from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments
    from sentence_transformers.sentence_transformer.evaluation import InformationRetrievalEvaluator
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    torch.set_num_threads(1)
    encoder = SentenceTransformer(str(model), device="cpu")
    encoder.max_seq_length = 128
    rows = [json.loads(line) for line in (folder / "unseen.jsonl").read_text().splitlines()]
    evaluator = InformationRetrievalEvaluator(
        {str(i): row["anchor"] for i, row in enumerate(rows)}, {str(i): row["positive"] for i, row in enumerate(rows)},
        {str(i): {str(i)} for i in range(len(rows))}, write_csv=False)
    names = ["accuracy@1", "accuracy@10", "mrr@10", "ndcg@10"]

    def scores():
        found = evaluator(encoder)
        return {name: round(next(v for k, v in found.items() if k.endswith(name)), 3) for name in names}

    print("before", scores())
    encoder[0].model = get_peft_model(encoder[0].model, LoraConfig(
        r=16, lora_alpha=16, target_modules=["query", "key", "value", "dense"], exclude_modules=["pooler.dense"]))
    how = SentenceTransformerTrainingArguments(
        output_dir=tempfile.mkdtemp(), use_cpu=True, per_device_train_batch_size=32, learning_rate=1e-3, warmup_steps=steps // 10,
        lr_scheduler_type="cosine", weight_decay=0.01, max_steps=steps, seed=seed, report_to=[], save_strategy="no", logging_steps=10)
    encoder.eval()
    trainer = SentenceTransformerTrainer(
        model=encoder, args=how, train_dataset=load_dataset("json", data_files=str(folder / "learn.jsonl"))["train"],
        loss=MultipleNegativesRankingLoss(encoder))
    began = time.time()
    trainer.train()
    print(f"{steps} steps in {time.time() - began:.0f} s")
    print("after", scores())


if __name__ == "__main__":
    if sys.argv[1] == "data":
        data(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        st(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
