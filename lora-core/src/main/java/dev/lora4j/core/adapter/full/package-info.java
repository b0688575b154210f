/** Changes that are stored whole: of weights, of biases, and of norms. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.full;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
