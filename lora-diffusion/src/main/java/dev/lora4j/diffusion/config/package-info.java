/** Run files: keys with their types and defaults, presets, and the settings that result. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.config;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
