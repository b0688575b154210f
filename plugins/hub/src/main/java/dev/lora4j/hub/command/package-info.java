/** The command {@code pull}. */
@API(status = API.Status.INTERNAL, since = "0.1")
@NullMarked
package dev.lora4j.hub.command;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
