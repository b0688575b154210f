/** Tensors that are stored without their zeros. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.core.format.sparse;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
