"""A step of DPO on a LoRA of a LLaMA by TRL and PEFT, with the fused AdamW of PyTorch."""

import os
import tempfile

import peer


def prepare(arguments):
    import torch
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast
    from trl import DPOConfig, DPOTrainer

    model = AutoModelForCausalLM.from_pretrained(arguments.inputs, dtype=torch.float32)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=os.path.join(arguments.inputs, "tokenizer.json"), eos_token="<end>", pad_token="<end>")
    settings = DPOConfig(
        output_dir=tempfile.mkdtemp(), use_cpu=True, bf16=False, gradient_checkpointing=False, report_to=[],
        per_device_train_batch_size=2, disable_dropout=True)
    trainer = DPOTrainer(
        model=model, args=settings, processing_class=tokenizer,
        train_dataset=Dataset.from_list([{"prompt": "text", "chosen": " one", "rejected": " two"}] * 4),
        peft_config=LoraConfig(r=16, lora_alpha=16, target_modules=["q_proj", "k_proj", "v_proj", "o_proj"]))
    ids = torch.tensor([[int(i) for i in row.split(",")] for row in arguments.rows.split(";")])
    mask = torch.ones_like(ids)
    mask[:, :arguments.prompt] = 0
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "completion_mask": mask}
    trainer.model.train()
    trained = [p for p in trainer.model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.01, fused=True)

    def step():
        loss = trainer.compute_loss(trainer.model, dict(inputs))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0, foreach=True)
        optimizer.step()
        return loss.item()

    def check():
        loss = step()
        told = trainer._metrics["train"]
        return [loss, told["logps/chosen"][-1], told["logps/rejected"][-1]]

    return check, step


peer.serve(prepare, package="trl", rows=str, prompt=int)
