"""Makes src/test/resources/consistency.safetensors: a step of latent consistency distillation on tiny-sd and tiny-xl.

Run offline with the versions of requirements.txt:  HF_HUB_OFFLINE=1 python consistency.py
The functions from `extract` to `DDIMSolver`, and the order of what is done with them, are those of diffusers'
examples/consistency_distillation/train_lcm_distill_lora_sdxl.py. Bases, factors, latents, noise and contexts are those of
training.py's batch 0; `untold` is one more formula. All is computed in F64, with the shares of picture and noise and of
the boundary rounded to F32. Row 0 takes the solver's last step, down to timestep 0.

  CASE/loss               of the batch
  CASE/next               latents that the teacher's solver steps to
  CASE/gradient/...       as in training.safetensors
"""

import dataclasses

import numpy as np
import torch
from peft.tuners.lora import LoraLayer
from safetensors.torch import save_file

import training
from training import HERE, TOKENS, WIDTH, Batch, numbers

INDICES, GUIDANCE, SOLVER, C = [0, 31], [5.5, 12.25], 50, 0.001


@dataclasses.dataclass
class Case(training.Case):
    loss: str = "huber"


CASES = {
    "epsilon": Case(),
    "velocity": Case(velocity=True, everywhere=True),
    "velocity-l2": Case(velocity=True, loss="l2"),
    "xl": Case(xl=True),
}


def rounded(x):
    return x.float().double()


def extract(a, t):
    return a.gather(-1, t).reshape(-1, 1, 1, 1)


def scalings_for_boundary_conditions(timestep, sigma_data=0.5, timestep_scaling=10.0):
    scaled_timestep = timestep_scaling * timestep.double()
    c_skip = sigma_data**2 / (scaled_timestep**2 + sigma_data**2)
    c_out = scaled_timestep / (scaled_timestep**2 + sigma_data**2) ** 0.5
    return rounded(c_skip).reshape(-1, 1, 1, 1), rounded(c_out).reshape(-1, 1, 1, 1)


def get_predicted_original_sample(model_output, timesteps, sample, prediction_type, alphas, sigmas):
    alphas, sigmas = extract(alphas, timesteps), extract(sigmas, timesteps)
    if prediction_type == "epsilon":
        return (sample - sigmas * model_output) / alphas
    return alphas * sample - sigmas * model_output


def get_predicted_noise(model_output, timesteps, sample, prediction_type, alphas, sigmas):
    alphas, sigmas = extract(alphas, timesteps), extract(sigmas, timesteps)
    if prediction_type == "epsilon":
        return model_output
    return alphas * model_output + sigmas * sample


class DDIMSolver:
    def __init__(self, alpha_cumprods, timesteps=1000, ddim_timesteps=50):
        step_ratio = timesteps // ddim_timesteps
        self.ddim_timesteps = (np.arange(1, ddim_timesteps + 1) * step_ratio).round().astype(np.int64) - 1
        prev = np.asarray([alpha_cumprods[0]] + alpha_cumprods[self.ddim_timesteps[:-1]].tolist())
        self.ddim_timesteps = torch.from_numpy(self.ddim_timesteps).long()
        self.ddim_alpha_cumprods_prev = torch.from_numpy(prev)

    def ddim_step(self, pred_x0, pred_noise, timestep_index):
        alpha_cumprod_prev = extract(self.ddim_alpha_cumprods_prev, timestep_index)
        dir_xt = rounded((1.0 - alpha_cumprod_prev).sqrt()) * pred_noise
        return rounded(alpha_cumprod_prev.sqrt()) * pred_x0 + dir_xt


def adapters(unet, on):
    for layer in unet.modules():
        if isinstance(layer, LoraLayer):
            layer.enable_adapters(on)


def distilled(key, case, gold):
    run = training.Training(case)
    batch, unet = Batch(0), run.unet
    prediction_type = "v_prediction" if case.velocity else "epsilon"
    alphas_cumprod = run.scheduler.alphas_cumprod
    alpha_schedule, sigma_schedule = rounded(alphas_cumprod.sqrt()), rounded((1.0 - alphas_cumprod).sqrt())
    solver = DDIMSolver(alphas_cumprod.numpy(), ddim_timesteps=SOLVER)

    topk = 1000 // SOLVER
    index = torch.tensor(INDICES)
    start_timesteps = solver.ddim_timesteps[index]
    timesteps = start_timesteps - topk
    timesteps = torch.where(timesteps < 0, torch.zeros_like(timesteps), timesteps)
    c_skip_start, c_out_start = scalings_for_boundary_conditions(start_timesteps)
    c_skip, c_out = scalings_for_boundary_conditions(timesteps)
    noisy = extract(alpha_schedule, start_timesteps) * batch.latents + extract(sigma_schedule, start_timesteps) * batch.noise
    w = torch.tensor(GUIDANCE).double().reshape(-1, 1, 1, 1)

    if case.xl:
        context, (pooled, sizes) = batch.wide, batch.told()
        told = dict(added_cond_kwargs=dict(text_embeds=pooled, time_ids=sizes))
        untold = dict(added_cond_kwargs=dict(text_embeds=torch.zeros_like(pooled), time_ids=sizes))
        uncond = torch.zeros_like(context)
    else:
        context, told, untold = batch.context, {}, {}
        uncond = numbers("untold", 1, TOKENS, WIDTH, scale=2).expand(len(index), -1, -1)

    noise_pred = unet(noisy, start_timesteps, context, **told).sample
    state = prediction_type, alpha_schedule, sigma_schedule
    model_pred = c_skip_start * noisy + c_out_start * get_predicted_original_sample(
        noise_pred, start_timesteps, noisy, *state)
    with torch.no_grad():
        adapters(unet, False)
        cond = unet(noisy, start_timesteps, context, **told).sample
        uncond = unet(noisy, start_timesteps, uncond, **untold).sample
        adapters(unet, True)
        cond_x0 = get_predicted_original_sample(cond, start_timesteps, noisy, *state)
        cond_noise = get_predicted_noise(cond, start_timesteps, noisy, *state)
        uncond_x0 = get_predicted_original_sample(uncond, start_timesteps, noisy, *state)
        uncond_noise = get_predicted_noise(uncond, start_timesteps, noisy, *state)
        pred_x0 = cond_x0 + w * (cond_x0 - uncond_x0)
        pred_noise = cond_noise + w * (cond_noise - uncond_noise)
        x_prev = solver.ddim_step(pred_x0, pred_noise, index)
        target_noise_pred = unet(x_prev, timesteps, context, **told).sample
        target = c_skip * x_prev + c_out * get_predicted_original_sample(target_noise_pred, timesteps, x_prev, *state)
    if case.loss == "l2":
        loss = torch.nn.functional.mse_loss(model_pred, target, reduction="mean")
    else:
        loss = torch.mean(torch.sqrt((model_pred - target) ** 2 + C**2) - C)
    loss.backward()
    gold[key + "/loss"], gold[key + "/next"] = loss.detach(), x_prev.float()
    training.put(gold, key + "/gradient", [p.grad for p in run.factors.values()], training.GRADIENTS)
    print(key, len(run.factors), "factors, loss", loss.item())


def main():
    gold = {}
    for key, case in CASES.items():
        distilled(key, case, gold)
    save_file(gold, HERE / "consistency.safetensors")


if __name__ == "__main__":
    main()
