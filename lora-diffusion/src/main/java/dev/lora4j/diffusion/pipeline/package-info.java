/** Text to image: prompt, sampler, adapters, picture. */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.pipeline;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
