"""What diffusers and transformers multiply the learning rate by at each step.

Writes ../../resources/dev/lora4j/core/train/schedules.tsv: name, steps, warm-up, cycles, power and
least part of a schedule, and its factors from step 0 on, with that after the last step.
"""

from pathlib import Path

import torch
from diffusers.optimization import get_scheduler
from transformers.optimization import get_cosine_with_min_lr_schedule_with_warmup
from transformers.optimization import get_polynomial_decay_schedule_with_warmup

TARGET = Path(__file__).parents[2] / "resources/dev/lora4j/core/train/schedules.tsv"
STEPS = 40
BEYOND = 1
NAMED = [
    # name, warm-up, cycles, power
    ("constant", 0, 1, 1),
    ("constant_with_warmup", 7, 1, 1),
    ("linear", 0, 1, 1),
    ("linear", 4, 1, 1),
    ("cosine", 4, 1, 1),
    ("cosine", 40, 1, 1),
    ("cosine_with_restarts", 4, 1, 1),
    ("cosine_with_restarts", 4, 3, 1),
]
RATE = 1e-3


def optimizer():
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=RATE)


def factors(made, schedule):
    out = []
    for _ in range(STEPS + BEYOND):
        out.append(schedule.get_last_lr()[0] / RATE)
        made.step()
        schedule.step()
    return out


def main():
    rows = []

    def add(name, warmup, cycles, power, least, made, schedule):
        head = [name, STEPS, warmup, cycles, power, least]
        rows.append("\t".join(str(v) for v in head + factors(made, schedule)))

    for name, warmup, cycles, power in NAMED:
        made = optimizer()
        schedule = get_scheduler(
            name, made, num_warmup_steps=warmup, num_training_steps=STEPS, num_cycles=cycles
        )
        add(name, warmup, cycles, power, 0, made, schedule)
    for power, end in ((1, 1e-7), (2.5, 1e-4)):
        made = optimizer()
        schedule = get_polynomial_decay_schedule_with_warmup(made, 5, STEPS, end, power)
        add("polynomial", 5, 1, power, end / RATE, made, schedule)
    made = optimizer()
    schedule = get_cosine_with_min_lr_schedule_with_warmup(made, 6, STEPS, min_lr_rate=0.2)
    add("cosine", 6, 1, 1, 0.2, made, schedule)
    TARGET.write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
