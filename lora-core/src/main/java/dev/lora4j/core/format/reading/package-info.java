/** The way into files of adapters: which base, which layers, which methods, and the account. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.format.reading;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
