/** The {@code lora4j} command: the first user of the libraries. */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.cli;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
