/** Pairs of pictures of one prompt, a better and a worse one, and what is learned from them. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.preference;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
