/** Style adapters from folders of pictures. */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.style;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
