"""A LoRA training step of a sentence encoder by sentence-transformers and PEFT, with the fused AdamW of PyTorch."""

import peer


def prepare(arguments):
    import torch
    from peft import LoraConfig, get_peft_model
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import AutoModel

    model = AutoModel.from_pretrained(arguments.inputs, dtype=torch.float32)
    targets = ["query", "key", "value", "attention.output.dense"]
    model = get_peft_model(model, LoraConfig(r=16, lora_alpha=16, target_modules=targets))
    model.train()
    pooling = Pooling(model.config.hidden_size, pooling_mode="mean")
    ranking = MultipleNegativesRankingLoss(None)
    ids = torch.tensor([[int(i) for i in row.split(",")] for row in arguments.rows.split(";")])
    mask = torch.ones_like(ids)
    half = len(ids) // 2
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.01, fused=True)

    def step():
        hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state
        vectors = pooling({"token_embeddings": hidden, "attention_mask": mask})["sentence_embedding"]
        loss = ranking.compute_loss_from_embeddings([vectors[:half], vectors[half:]], None)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0, foreach=True)
        optimizer.step()
        return loss.item()

    return lambda: [step()], step


peer.serve(prepare, package="sentence-transformers", rows=str)
