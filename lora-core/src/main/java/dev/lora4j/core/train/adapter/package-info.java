/**
 * Training of adapters by any method: the recipe, its layers, the place of the factors in a network
 * and in the flat buffer, and the trained adapter.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.train.adapter;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
