/** LoRA of which most elements of both factors are 0, and the choice of these elements. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.pruning;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
