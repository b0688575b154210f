/**
 * Tensors, and programs over them: mathematics is staged as expressions and runs as one native
 * call.
 */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.core.tensor;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
