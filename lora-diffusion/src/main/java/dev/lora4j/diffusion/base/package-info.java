/** Base models on disk: the diffusers folder layout. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.base;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
