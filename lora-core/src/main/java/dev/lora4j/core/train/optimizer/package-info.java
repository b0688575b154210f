/** Optimizers: rules by which gradients change weights, staged into the step. */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.core.train.optimizer;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
