/** Options of kohya's sd-scripts in run files. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.config.kohya;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
