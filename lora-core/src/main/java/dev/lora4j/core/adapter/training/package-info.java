/**
 * Trainable adapter methods: the tensors of each method at a layer, their initialisation, and their
 * effect on the layer during training. Methods are found as services.
 */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.training;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
