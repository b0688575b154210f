/**
 * What the machine gives a process: processors, their features, threads for native work, and
 * obstacles to all of that.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.tensor.runtime;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
