/** Replies of hubs about a source: which adapters it has, of which files, by whom. */
@API(status = API.Status.INTERNAL, since = "0.1")
@NullMarked
package dev.lora4j.hub.listing;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
