/** LoRAs of which some directions are trained at a time: ReLoRA, and growth of the rank. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.relora;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
