/** Disk cache of numbers that are computed from data. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.diffusion.dataset.cache;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
