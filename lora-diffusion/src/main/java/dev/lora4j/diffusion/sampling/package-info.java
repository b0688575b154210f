/** Samplers: from noise to a latent, as functions over the noise schedule. */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.sampling;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
