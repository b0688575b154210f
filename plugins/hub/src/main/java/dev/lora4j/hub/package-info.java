/**
 * Fetches adapters of others from model hubs and links into a folder. {@link dev.lora4j.hub.Pull}
 * is for programs; the command {@code pull} is one of them.
 */
@API(status = API.Status.INTERNAL, since = "0.1")
@NullMarked
package dev.lora4j.hub;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
