/** The entry to the library. */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.core;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
