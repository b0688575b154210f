/** Places that users name: repositories and models of hubs, links. */
@API(status = API.Status.INTERNAL, since = "0.1")
@NullMarked
package dev.lora4j.hub.source;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
