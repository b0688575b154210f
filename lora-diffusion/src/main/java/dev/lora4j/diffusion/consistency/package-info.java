/** Consistency distillation: the objective of adapters that make pictures in few steps. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.consistency;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
