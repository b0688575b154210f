"""Merge and restart, as in ReLoRA, on the small network of adapters.py, in F64.

A finished product B A is added to the weight. The next A is drawn, its B is 0, and what AdamW remembers is pruned to
nothing, or by magnitude: at the places where its mean is greatest both moments stay. The authors' code prunes each moment by
itself; a mean whose square is gone makes this run diverge. The count of AdamW's steps goes on, as in their code.

Writes ../../resources/dev/lora4j/core/train/relora.safetensors:
  base/NAME                weights of the network, F32
  x, target                [steps, batch, ...], F32
  start/NAME               the As of all restarts below each other, F32
  CASE/loss, CASE/norm     loss and norm of the gradient of each step, F64
  CASE/sum/NAME            what was added to the weight in all, F64
"""

import math
from pathlib import Path

import numpy
import torch
from adapters import LAYERS, Net, drawn
from safetensors.numpy import save_file

TARGET = Path(__file__).parents[2] / "resources/dev/lora4j/core/train/relora.safetensors"
STEPS, EVERY, RESTARTS, WARMUP, FIRST = 24, 6, 3, 2, 2
RATE, RANK, SCALE, CLIP = 3e-2, 2, 1.5, 0.5
CASES = {"full": 1.0, "magnitude": 0.7}


def cosine(step):
    return 0.5 * (1 + math.cos(math.pi * (step - FIRST) / (STEPS - FIRST)))


def factor(step):
    if step < FIRST:
        return step / FIRST
    since = step % EVERY
    if step >= EVERY and since < WARMUP:
        return cosine(step - since + WARMUP) * since / WARMUP
    return cosine(step)


def kept(mean, share):
    sizes = mean.abs()
    return sizes > torch.quantile(sizes.flatten(), share)


def product(up, down, shape):
    return SCALE * torch.einsum("or,ri->oi", up, down).reshape(shape)


def main():
    net = Net().double()
    base = {name: drawn(p.shape, 0.4) for name, p in net.named_parameters()}
    x, target = drawn((STEPS, 2, 4, 6, 6), 1), drawn((STEPS, 2, 9, 6), 1)
    shapes = {layer: base[f"{layer}.weight"].shape for layer in LAYERS}
    start = {s: drawn(((RESTARTS + 1) * RANK, math.prod(shape[1:])), 0.3) for s, shape in shapes.items()}
    out = {f"base/{n}": v for n, v in base.items()} | {f"start/{s}": a for s, a in start.items()}
    out |= {"x": x, "target": target}
    for case, share in CASES.items():
        weights = {name: torch.from_numpy(value).double() for name, value in base.items()}
        downs = {s: torch.from_numpy(start[s][:RANK]).double().requires_grad_() for s in LAYERS}
        ups = {s: torch.zeros(shapes[s][0], RANK, dtype=torch.float64, requires_grad=True) for s in LAYERS}
        factors = [*downs.values(), *ups.values()]
        optimizer = torch.optim.AdamW(factors, lr=RATE, weight_decay=0.1)
        losses, norms = [], []
        for i in range(STEPS):
            if i and i % EVERY == 0:
                with torch.no_grad():
                    for s in LAYERS:
                        weights[f"{s}.weight"] += product(ups[s], downs[s], shapes[s])
                        k = i // EVERY * RANK
                        downs[s].copy_(torch.from_numpy(start[s][k : k + RANK]))
                        ups[s].zero_()
                    for state in optimizer.state.values():
                        places = kept(state["exp_avg"], share)
                        state["exp_avg"] *= places
                        state["exp_avg_sq"] *= places
            optimizer.param_groups[0]["lr"] = RATE * factor(i)
            now = dict(weights)
            for s in LAYERS:
                now[f"{s}.weight"] = weights[f"{s}.weight"] + product(ups[s], downs[s], shapes[s])
            y = torch.func.functional_call(net, now, torch.from_numpy(x[i]).double())
            loss = (y - torch.from_numpy(target[i]).double()).pow(2).mean()
            optimizer.zero_grad()
            loss.backward()
            norms.append(torch.nn.utils.clip_grad_norm_(factors, CLIP).item())
            losses.append(loss.item())
            optimizer.step()
        out[f"{case}/loss"], out[f"{case}/norm"] = numpy.array(losses), numpy.array(norms)
        for s in LAYERS:
            done = weights[f"{s}.weight"] + product(ups[s], downs[s], shapes[s]).detach()
            out[f"{case}/sum/{s}"] = (done - torch.from_numpy(base[f"{s}.weight"]).double()).numpy()
        print(case, losses[0], losses[-1], norms[0], norms[-1])
    save_file(out, TARGET)


if __name__ == "__main__":
    main()
