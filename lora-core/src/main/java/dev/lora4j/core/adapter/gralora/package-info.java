/** GraLoRA (Jung et al. 2025): a LoRA of its own for each block of the weight. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.gralora;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
