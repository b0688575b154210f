/** Configurations of ostris' ai-toolkit as run files. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.config.aitoolkit;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
