/**
 * MiSS (Kang et al. 2024, once called Bone): a change of a weight that repeats one block along the
 * inputs.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.miss;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
