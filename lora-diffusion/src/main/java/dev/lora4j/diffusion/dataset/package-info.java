/** Pictures with captions, from folders and atlases. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.dataset;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
