/** Buckets: the size that each picture is trained in, and the resize and crop to it. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.diffusion.dataset.bucket;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
