/** Samplers: from noise to a latent, as functions over the noise schedule. */
@NullMarked
package dev.lora4j.diffusion.sampling;

import org.jspecify.annotations.NullMarked;
