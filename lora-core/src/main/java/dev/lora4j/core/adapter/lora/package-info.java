/** LoRA (Hu et al. 2021) on linear layers and convolutions. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.lora;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
