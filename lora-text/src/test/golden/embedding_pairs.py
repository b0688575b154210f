"""Makes ../resources/embedding-pairs.safetensors: the loss of a sentence encoder as sentence-transformers 6.2.0 has it, by its own
MultipleNegativesRankingLoss and Pooling, on the tiny BERT of encoder_models.py with PEFT's LoRA, in F64.

  ids, lengths                I64 [STEPS, 4, 4, 11], [STEPS, 4, 4]: of anchors, positives and two columns of negatives, by step
  start                       F32, factors to begin with, one after the other in the order of their names
  step/NAME/loss              F64, of the first step's texts; NAME is NEGATIVES|SCALE|SYMMETRIC|POOLING
  step/NAME/gradient          F64, of all factors, in the order of the names
  run/losses, run/norms       F64 [STEPS]: steps of AdamW with one negative at a scale of 20, over means
  run/trained                 F64, what is trained after them
  retrieval/queries, retrieval/documents   F32 [30, 6], [50, 6]: vectors
  retrieval/relevant          I64 [n, 2]: numbers of a query and of a document that belongs to it
  retrieval/scores            F64 [6]: accuracy@1, accuracy@10, recall@10, MRR@10, NDCG@10, MAP@100 by the evaluator of
                              sentence-transformers
  vectors                     F64 [16, 32]: embeddings of the first step's texts by the factors to begin with, over means
"""

from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from sentence_transformers.sentence_transformer.evaluation import InformationRetrievalEvaluator
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from sentence_transformers.sentence_transformer.modules import Pooling
from transformers import AutoModel

HERE = Path(__file__).resolve().parent.parent / "resources"
STEPS, ROWS, LONGEST = 8, 4, 11

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


class Encoder:
    def __init__(self):
        base = AutoModel.from_pretrained(HERE / "models" / "bert-plain", dtype=torch.float64, attn_implementation="eager")
        config = LoraConfig(r=2, lora_alpha=3, target_modules=["query", "value", "dense"], exclude_modules=["pooler.dense"], lora_dropout=0)
        self.model = get_peft_model(base, config).double().eval()
        learned = {}
        for name, parameter in self.model.named_parameters():
            if parameter.requires_grad:
                site, role = name.removeprefix("base_model.model.").rsplit(".lora_", 1)
                learned[f"lm.{site}.{'down' if role.startswith('A') else 'up'}"] = parameter
        self.learned = dict(sorted(learned.items()))
        generator = torch.Generator().manual_seed(23)
        with torch.no_grad():
            for parameter in self.learned.values():
                parameter.copy_((0.3 * torch.randn(parameter.shape, generator=generator)).double())

    def embed(self, ids, lengths, pooling):
        present = (torch.arange(LONGEST)[None] < lengths[:, None]).long()
        hidden = self.model(input_ids=ids * present, attention_mask=present).last_hidden_state
        pool = Pooling(32, pooling_mode=pooling)
        return pool({"token_embeddings": hidden, "attention_mask": present})["sentence_embedding"]

    def loss(self, ids, lengths, negatives, scale, symmetric, pooling):
        how = {"directions": ("query_to_doc", "doc_to_query"), "partition_mode": "per_direction"} if symmetric else {}
        loss = MultipleNegativesRankingLoss(None, scale=scale, **how)
        columns = [self.embed(ids[c], lengths[c], pooling) for c in range(2 + negatives)]
        return loss.compute_loss_from_embeddings(columns, None)


def flat(values):
    return torch.cat([v.detach().reshape(-1) for v in values])


def retrieval(gold):
    draw = torch.Generator().manual_seed(37)
    queries, documents = torch.randn((30, 6), generator=draw), torch.randn((50, 6), generator=draw)
    relevant = sorted({(q, int(torch.randint(0, 50, (1,), generator=draw))) for q in range(30) for _ in range(1 + q % 3)})
    wanted = {str(q): {f"{d:02}" for a, d in relevant if a == q} for q in range(30)}
    told = InformationRetrievalEvaluator(
        {str(q): "q" for q in range(30)}, {f"{d:02}": "d" for d in range(50)}, wanted, write_csv=False)
    cosines = torch.nn.functional.normalize(queries) @ torch.nn.functional.normalize(documents).T
    hits = [[{"corpus_id": f"{d:02}", "score": row[d].item()} for d in range(50)] for row in cosines]
    made = told.compute_metrics(hits)
    scores = [
        made["accuracy@k"][1], made["accuracy@k"][10], made["recall@k"][10], made["mrr@k"][10], made["ndcg@k"][10], made["map@k"][100]]
    print(scores)
    gold["retrieval/queries"], gold["retrieval/documents"] = queries, documents
    gold["retrieval/relevant"] = torch.tensor(relevant)
    gold["retrieval/scores"] = torch.tensor(scores, dtype=torch.float64)


def main():
    encoder = Encoder()
    generator = torch.Generator().manual_seed(29)
    ids = torch.randint(2, 80, (STEPS, 4, ROWS, LONGEST), generator=generator)
    lengths = torch.randint(2, LONGEST + 1, (STEPS, 4, ROWS), generator=generator)
    gold = {"ids": ids, "lengths": lengths, "start": flat(encoder.learned.values()).float()}
    with torch.no_grad():
        gold["vectors"] = encoder.embed(ids[0].flatten(0, 1), lengths[0].flatten(), "mean")
    for negatives in range(3):
        for scale, symmetric, pooling in ((20.0, False, "mean"), (5.0, False, "cls"), (20.0, True, "mean")):
            for parameter in encoder.learned.values():
                parameter.grad = None
            made = encoder.loss(ids[0], lengths[0], negatives, scale, symmetric, pooling)
            made.backward()
            name = f"{negatives}|{scale}|{str(symmetric).lower()}|{pooling}"
            gold[f"step/{name}/loss"] = made.detach()
            gold[f"step/{name}/gradient"] = flat(p.grad for p in encoder.learned.values())
            print(name, made.item())
    optimizer = torch.optim.AdamW(encoder.learned.values(), lr=1e-2, weight_decay=0.01)
    losses, norms = [], []
    for step in range(STEPS):
        optimizer.zero_grad()
        made = encoder.loss(ids[step], lengths[step], 1, 20.0, False, "mean")
        made.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(encoder.learned.values(), 1.0))
        losses.append(made.detach())
        optimizer.step()
    print([x.item() for x in losses])
    gold["run/losses"], gold["run/norms"] = torch.stack(losses), torch.stack(norms)
    gold["run/trained"] = flat(encoder.learned.values())
    retrieval(gold)
    save_file(gold, HERE / "embedding-pairs.safetensors")


if __name__ == "__main__":
    main()
