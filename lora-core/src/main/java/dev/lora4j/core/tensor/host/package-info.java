/**
 * Tensors on the Java heap: values of files and results, converted between types. PyTorch's random
 * numbers.
 */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.core.tensor.host;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
