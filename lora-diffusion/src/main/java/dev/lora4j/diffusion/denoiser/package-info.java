/** Denoisers as pipelines and trainers see them: sizes and a staging. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.denoiser;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
