/** Autoencoders as pipelines and trainers see them: pictures to latents and back. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.autoencoder;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
