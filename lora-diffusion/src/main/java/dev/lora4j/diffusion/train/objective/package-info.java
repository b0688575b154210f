/** Objectives of diffusion training: timesteps, noise, targets, losses and weights. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.train.objective;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
