/** FLUX.1: the transformer, its configuration and its texts. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.flow.flux;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
