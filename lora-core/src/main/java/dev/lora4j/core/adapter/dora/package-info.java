/** DoRA (Liu et al. 2024): the direction and the length of a weight changed apart. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.dora;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
