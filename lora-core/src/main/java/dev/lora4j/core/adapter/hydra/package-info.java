/**
 * HydraLoRA (Tian et al. 2024): a LoRA with one factor for inputs and several for outputs, mixed by
 * a router for each input.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.hydra;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
