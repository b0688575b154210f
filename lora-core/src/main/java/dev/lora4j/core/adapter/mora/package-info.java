/**
 * MoRA (Jiang et al. 2024): one square matrix between a compression of a layer's inputs and a
 * decompression to its outputs, neither of which has numbers.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.mora;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
