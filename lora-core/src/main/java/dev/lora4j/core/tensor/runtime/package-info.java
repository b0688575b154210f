/**
 * Resources of the machine that a process may use: processors and their features, threads for
 * native work, and obstacles to these.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.tensor.runtime;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
