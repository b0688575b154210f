/** Stable Diffusion 3 and 3.5. */
@API(status = API.Status.INTERNAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.family.sd3;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
