/**
 * GLoRA (Chavan et al. 2023) as LyCORIS has it: a low-rank change of the weight and of its input.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.glora;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
