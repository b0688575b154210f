/**
 * What it takes to train an adapter: which tensors each method has at a layer, how they begin, and
 * what a layer makes of them while they change. Methods are found as services.
 */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.training;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
