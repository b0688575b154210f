/** Weights by name, and the layers that all models share. */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.core.nn;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
