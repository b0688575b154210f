/**
 * Training an adapter by any method: the recipe, which layers it means, where the factors stand in
 * a network and in the flat buffer, and what was trained as an adapter.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.train.adapter;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
