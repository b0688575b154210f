/** Which size each picture is trained in, and how it gets there. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.dataset.bucket;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
