/** Pictures to latents and back by the autoencoder of a base, for generation and for training. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.diffusion.latent;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
