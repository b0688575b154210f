/**
 * Models whose weights GPTQ or AWQ packed into whole numbers: read to be written again as numbers.
 */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.core.model.packed;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
