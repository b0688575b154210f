/** Text conditioning of a base: prompts and captions through its text encoders. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.conditioning;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
