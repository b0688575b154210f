/** Adapters written into the files of a base model for good. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.bake;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
