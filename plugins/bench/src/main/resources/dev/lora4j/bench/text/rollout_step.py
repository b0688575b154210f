"""A step of GRPO on a LoRA of a LLaMA by TRL and PEFT: completions of a prompt, their rewards, and what is learned of them."""

import os
import tempfile

import peer


def prepare(arguments):
    import torch
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast
    from trl import GRPOConfig, GRPOTrainer

    model = AutoModelForCausalLM.from_pretrained(arguments.inputs, dtype=torch.float32)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=os.path.join(arguments.inputs, "tokenizer.json"), eos_token="<end>", pad_token="<end>",
        padding_side="left")
    settings = GRPOConfig(
        output_dir=tempfile.mkdtemp(), use_cpu=True, bf16=False, gradient_checkpointing=False, report_to=[],
        num_generations=arguments.group, per_device_train_batch_size=arguments.group,
        max_completion_length=arguments.tokens, temperature=1.0, beta=0.0)

    def reward(completion_ids, **_):
        return [float(sum(i % 2 for i in ids)) for ids in completion_ids]

    trainer = GRPOTrainer(
        model=model, args=settings, processing_class=tokenizer, reward_funcs=[reward],
        train_dataset=Dataset.from_list([{"prompt": arguments.text}] * arguments.group),
        peft_config=LoraConfig(r=16, lora_alpha=16, target_modules=["q_proj", "k_proj", "v_proj", "o_proj"]))
    trainer.model.train()
    trainer.current_gradient_accumulation_steps = 1
    trained = [p for p in trainer.model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.01, fused=True)

    def step():
        inputs = trainer._generate_and_score_completions([{"prompt": arguments.text}] * arguments.group)
        loss = trainer.compute_loss(trainer.model, inputs)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0, foreach=True)
        optimizer.step()
        return inputs

    def check():
        inputs = step()
        return [len(inputs["completion_ids"]), inputs["prompt_ids"].size(1), arguments.tokens]

    return check, step


peer.serve(prepare, package="trl", text=str, group=int, tokens=int)
