/**
 * AdaLoRA (Zhang et al. 2023): directions with a size of their own, of which the least important
 * are taken away while it is trained.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.adalora;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
