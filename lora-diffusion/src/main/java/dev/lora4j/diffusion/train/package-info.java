/** Training of whole models and of adapters. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.diffusion.train;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
