/** BOFT (Liu et al. 2024): weights rotated in blocks that are shuffled between stages. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.boft;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
