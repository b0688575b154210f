/** T-LoRA (Soboleva et al. 2025): a LoRA whose rank depends on the timestep in training. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.tlora;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
