/** FLUX.1. */
@API(status = API.Status.INTERNAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.family.flux;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
