/** Mixers: ways to blend weighted adapters, as extensions, and the code that runs them. */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.core.mixer;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
