/** Requests of pictures: prompts, init images, regions, sizes. */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.request;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
