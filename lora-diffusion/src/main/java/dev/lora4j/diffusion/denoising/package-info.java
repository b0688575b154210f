/** Noise to latents: networks with the adapters of each picture, guidance, steps. */
@NullMarked
package dev.lora4j.diffusion.denoising;

import org.jspecify.annotations.NullMarked;
