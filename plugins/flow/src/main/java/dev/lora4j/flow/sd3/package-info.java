/** Stable Diffusion 3 and 3.5: the transformer, its configuration and its texts. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.flow.sd3;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
