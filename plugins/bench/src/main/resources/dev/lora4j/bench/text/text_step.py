"""A LoRA training step of a LLaMA by transformers and PEFT, with the fused AdamW of PyTorch."""

import peer


def prepare(arguments):
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    dtype = {"f32": torch.float32, "bf16": torch.bfloat16}[arguments.dtype]
    model = AutoModelForCausalLM.from_pretrained(arguments.inputs, dtype=dtype)
    targets = ["q_proj", "k_proj", "v_proj", "o_proj"]
    model = get_peft_model(model, LoraConfig(r=16, lora_alpha=16, target_modules=targets))
    model.train()
    ids = torch.tensor([[int(i) for i in row.split(",")] for row in arguments.rows.split(";")])
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.01, fused=True)

    def step():
        loss = model(input_ids=ids, labels=ids, use_cache=False).loss
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0, foreach=True)
        optimizer.step()
        return loss.item()

    return lambda: [step()], step


peer.serve(prepare, package="peft", dtype=str, rows=str)
