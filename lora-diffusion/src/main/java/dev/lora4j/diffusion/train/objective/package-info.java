/** What a step of diffusion training optimises: timesteps, noise, targets, losses and weights. */
@NullMarked
package dev.lora4j.diffusion.train.objective;

import org.jspecify.annotations.NullMarked;
