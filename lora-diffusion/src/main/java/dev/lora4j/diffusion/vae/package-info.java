/** The autoencoder between pictures and latents: diffusers' AutoencoderKL. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.diffusion.vae;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
