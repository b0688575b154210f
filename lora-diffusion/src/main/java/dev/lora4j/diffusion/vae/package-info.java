/** The autoencoder between pictures and latents: diffusers' AutoencoderKL. */
@NullMarked
package dev.lora4j.diffusion.vae;

import org.jspecify.annotations.NullMarked;
