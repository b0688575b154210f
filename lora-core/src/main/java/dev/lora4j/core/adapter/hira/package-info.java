/** HiRA (Huang et al. 2025): the element by element product of the weight and a low-rank matrix. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.hira;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
