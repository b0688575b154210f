"""Prompts, a reward function in Java and TRL's side of the run with SmolLM2 in docs/dev/benchmarks.md.

real_rewards.py data FOLDER              writes person.jsonl, person-held.jsonl and Person.java, the source of a plug-in
real_rewards.py model FOLDER             writes the model that real_models.py fetched as numbers to FOLDER/smol, as transformers has it
real_rewards.py trl FOLDER SEED STEPS    trains that by TRL 1.16.0, and writes the adapter to FOLDER/trl-SEED
"""

import json
import random
import re
import sys
import tempfile
from pathlib import Path

NAMES = (
    "Anna Ben Clara David Emma Frank Greta Henry Ida Jack Kate Liam Maria Noah Olga Paul Quinn Rosa Simon Tina Umar Vera Will"
    " Xenia Yusuf Zoe Alma Bruno Cleo Dora"
).split()
FORMS = [
    "{n} is {a} years old.", "{n}, who is {a}, plays the violin.", "My neighbour {n} turned {a} last week.",
    "At {a}, {n} moved to the coast.", "{n} was a sailor and is now {a}.", "The captain, {n}, is {a} years of age.",
    "Next year {n} will no longer be {a}."]
ASKED = "Write the person in this text as JSON with the fields name and age, and nothing else: "
LEARNED, HELD_OUT = 260, 100

PERSON = re.compile(r'\s*\{\s*"name"\s*:\s*"([^"\\]*)"\s*,\s*"age"\s*:\s*(\d+)\s*}\s*')

JAVA = r'''package person;

import dev.lora4j.spi.Extension;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.Rollout;
import dev.lora4j.text.align.RolloutReward;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Half for an object of a name and an age and nothing else, a quarter for each that is right. */
@Extension(point = RewardFunction.class, name = "person", help = "a person as JSON")
public record Person() implements RolloutReward {
  private static final Pattern OBJECT =
      Pattern.compile(
          "\\s*\\{\\s*\"name\"\\s*:\\s*\"([^\"\\\\]*)\"\\s*,\\s*\"age\"\\s*:\\s*(\\d+)\\s*}\\s*");

  @Override
  public OptionalDouble reward(Rollout rollout) {
    Matcher object = OBJECT.matcher(rollout.completion());
    if (!object.matches()) {
      return OptionalDouble.of(0);
    }
    double name = object.group(1).equals(rollout.columns().get("name")) ? 0.25 : 0;
    double age = object.group(2).equals(String.valueOf(rollout.columns().get("age"))) ? 0.25 : 0;
    return OptionalDouble.of(0.5 + name + age);
  }
}
'''


def data(folder):
    draw = random.Random(11)
    lines = {}
    while len(lines) < LEARNED + HELD_OUT:
        name, age, form = draw.choice(NAMES), draw.randint(18, 90), draw.choice(FORMS)
        asked = ASKED + form.format(n=name, a=age)
        line = {"prompt": [{"role": "user", "content": asked}], "name": name, "age": age}
        lines.setdefault(asked, json.dumps(line) + "\n")
    every = list(lines.values())
    (folder / "person.jsonl").write_text("".join(every[:LEARNED]))
    (folder / "person-held.jsonl").write_text("".join(every[LEARNED:]))
    (folder / "Person.java").write_text(JAVA)


def reward(completions, name, age, **_):
    found = [PERSON.fullmatch(c[0]["content"]) for c in completions]
    return [0.5 + 0.25 * (m[1] == n) + 0.25 * (m[2] == str(a)) if m else 0.0 for m, n, a in zip(found, name, age)]


def model(folder):
    import torch
    from gguf import GGUFReader
    from safetensors.torch import save_file
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

    place, name, out = Path.home() / ".cache/lora4j/real-models", "SmolLM2-135M-Instruct.Q4_1.gguf", folder / "smol"
    reader = GGUFReader(place / name)
    tokens, kinds, merges, template = (
        reader.fields[f"tokenizer.{key}"].contents() for key in ("ggml.tokens", "ggml.token_type", "ggml.merges", "chat_template"))
    made = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)}, [tuple(merge.split(" ")) for merge in merges]))
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([AddedToken(t, special=True) for t, k in zip(tokens, kinds) if k == 3])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token="<|im_start|>", eos_token="<|im_end|>", pad_token="<|im_end|>", unk_token="<|endoftext|>")
    tokenizer.chat_template = template
    tokenizer.save_pretrained(out)
    loaded = AutoModelForCausalLM.from_pretrained(place, gguf_file=name, dtype=torch.float32)
    # transformers saves no model that it read from this format.
    config = {k: v for k, v in loaded.config.to_dict().items() if k not in ("quantization_config", "_name_or_path", "_model_name_or_path")}
    (out / "config.json").write_text(json.dumps(config | {"architectures": ["LlamaForCausalLM"]}, default=str))
    (out / "generation_config.json").write_text(json.dumps({"eos_token_id": 2, "pad_token_id": 2, "bos_token_id": 1}))
    weights = {k: v.contiguous().clone() for k, v in loaded.state_dict().items() if k != "lm_head.weight"}
    save_file(weights, out / "model.safetensors", metadata={"format": "pt"})


def trl(folder, seed, steps):
    import torch
    from datasets import load_dataset
    from peft import LoraConfig
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from trl import GRPOConfig, GRPOTrainer

    torch.set_num_threads(1)
    tokenizer = AutoTokenizer.from_pretrained(folder / "smol")
    tokenizer.padding_side = "left"
    how = GRPOConfig(
        output_dir=tempfile.mkdtemp(), use_cpu=True, bf16=False, gradient_checkpointing=False, report_to=[], seed=seed,
        num_generations=8, per_device_train_batch_size=8, gradient_accumulation_steps=2, max_completion_length=32, beta=0.0,
        learning_rate=5e-4, lr_scheduler_type="cosine", warmup_steps=steps // 10, weight_decay=0.01, max_steps=steps, logging_steps=1,
        save_strategy="no")
    layers = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    trainer = GRPOTrainer(
        model=AutoModelForCausalLM.from_pretrained(folder / "smol", dtype=torch.float32), args=how, processing_class=tokenizer, reward_funcs=[reward],
        train_dataset=load_dataset("json", data_files=str(folder / "person.jsonl"))["train"],
        peft_config=LoraConfig(r=16, lora_alpha=16, target_modules=layers))
    trainer.train()
    trainer.model.save_pretrained(folder / f"trl-{seed}")
    print([round(entry["reward"], 3) for entry in trainer.state.log_history if "reward" in entry])


if __name__ == "__main__":
    if sys.argv[1] == "data":
        data(Path(sys.argv[2]))
    elif sys.argv[1] == "model":
        model(Path(sys.argv[2]))
    else:
        trl(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
