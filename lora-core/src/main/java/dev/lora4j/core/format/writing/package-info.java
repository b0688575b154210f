/** The way from adapters to files: preparing, laying out, and writing all or nothing. */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.core.format.writing;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
