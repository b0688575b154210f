/** DyLoRA (Valipour et al. 2023): a LoRA whose first directions are a LoRA of lower rank. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.dylora;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
