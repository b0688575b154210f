/** Training: optimisers, the step as one program, the state that a step changes. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.train;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
