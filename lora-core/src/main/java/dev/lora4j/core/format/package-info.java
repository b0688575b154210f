/** Formats of adapter files, and the account of each key. */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.core.format;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
