"""Makes ../resources/distillation.safetensors: the generalised Jensen-Shannon divergence as TRL 1.16.0 has it in
GKDTrainer.generalized_jsd_loss, written here by its formula: the mean over the places whose label is not -100.

  logits/student, teacher   F32 [2, 6, 9]
  logits/labels             I64 [2, 6], -100 where nothing counts
  logits/BETA-T/loss        F64, for each beta and temperature T
  logits/BETA-T/gradient    F64 [2, 6, 9], of the student's logits
  step/BETA-T/loss          F64 of the first batch of peft_steps.py, with its factors of llama-lora for a student;
                            rows 0 and 2 are taught by the adapter lora at 0.7, row 1 by rslora at -0.5
  step/BETA-T/gradient      F64, of the student's factors in the order of their names
"""

import torch
import torch.nn.functional as F
from peft import PeftModel
from peft_steps import CASES, HERE, Training, data
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

CASE = "llama-lora"
ROWS = [("lora", 0.7), ("rslora", -0.5), ("lora", 0.7)]
SETTINGS = [(0.0, 1.0), (0.1, 1.0), (0.5, 1.0), (0.9, 1.0), (1.0, 1.0), (0.0, 2.0), (0.5, 2.0), (1.0, 0.5)]


def divergence(student, teacher, labels, beta, temperature):
    q = F.log_softmax(student / temperature, -1)
    p = F.log_softmax(teacher / temperature, -1)
    if beta == 0:
        each = p.exp() * (p - q)
    elif beta == 1:
        each = q.exp() * (q - p)
    else:
        m = (beta * p.exp() + (1 - beta) * q.exp()).log()
        each = beta * p.exp() * (p - m) + (1 - beta) * q.exp() * (q - m)
    return each.sum(-1)[labels != -100].mean()


def of_logits(gold):
    generator = torch.Generator().manual_seed(17)
    student = 3 * torch.randn((2, 6, 9), generator=generator)
    teacher = 3 * torch.randn((2, 6, 9), generator=generator)
    labels = torch.randint(0, 9, (2, 6), generator=generator)
    labels[0, :2] = labels[1, 4:] = labels[1, 1] = -100
    teacher[0, 3] = student[0, 3]
    teacher[1, 2, 4] = 60  # nearly certain
    gold |= {"logits/student": student, "logits/teacher": teacher, "logits/labels": labels}
    for beta, temperature in SETTINGS:
        x = student.double().requires_grad_()
        loss = divergence(x, teacher.double(), labels, beta, temperature)
        loss.backward()
        gold[f"logits/{beta}-{temperature}/loss"] = loss.detach()
        gold[f"logits/{beta}-{temperature}/gradient"] = x.grad


def logits(model, batch):
    places = torch.arange(10)[None]
    inside = places < batch["causal/lengths"][:, None]
    learned = inside & (places >= batch["causal/from"][:, None])
    labels = batch["causal/ids"].masked_fill(~learned, -100)[:, 1:]
    return model(input_ids=batch["causal/ids"] * inside, attention_mask=inside.long()).logits[:, :-1], labels


def of_step(gold):
    batches = data(torch.Generator().manual_seed(5))
    batch = {k: v[0] for k, v in batches.items()}
    rows = []
    for row, (name, weight) in enumerate(ROWS):
        base = AutoModelForCausalLM.from_pretrained(HERE / "models" / CASES[CASE].model, dtype=torch.float64)
        teacher = PeftModel.from_pretrained(base, HERE / "adapters" / name).double().eval()
        for module in teacher.modules():
            if hasattr(module, "lora_A"):
                module.scaling = {k: v * weight for k, v in module.scaling.items()}
        with torch.no_grad():
            rows.append(logits(teacher, batch)[0][row])
    student = Training(CASES[CASE], batches)
    for beta, temperature in SETTINGS:
        student.model.zero_grad()
        own, labels = logits(student.model, batch)
        loss = divergence(own, torch.stack(rows), labels, beta, temperature)
        loss.backward()
        gold[f"step/{beta}-{temperature}/loss"] = loss.detach()
        gold[f"step/{beta}-{temperature}/gradient"] = student.flat(p.grad for p in student.factors.values())
        print(beta, temperature, loss.item())


def main():
    gold = {}
    of_logits(gold)
    of_step(gold)
    save_file(gold, HERE / "distillation.safetensors")


if __name__ == "__main__":
    main()
