/** Generated pictures with their record, as PNG files that say how they were made. */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.record;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
