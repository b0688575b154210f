/** Stable Diffusion 1, 2 and XL. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.family.stablediffusion;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
