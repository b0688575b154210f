/** Files on this machine: parts that are resumed, checks of what has arrived, notes beside it. */
@API(status = API.Status.INTERNAL, since = "0.1")
@NullMarked
package dev.lora4j.hub.store;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
