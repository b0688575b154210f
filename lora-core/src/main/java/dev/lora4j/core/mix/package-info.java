/** Several adapters at once: which, how much, and when. */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.core.mix;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
