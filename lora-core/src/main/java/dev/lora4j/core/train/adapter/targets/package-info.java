/** Presets of layers to train that suit models of any structure. */
@API(status = API.Status.INTERNAL, since = "0.1")
@NullMarked
package dev.lora4j.core.train.adapter.targets;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
