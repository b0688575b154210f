/** The layout of kohya's sd-scripts, which most published adapters have. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.format.kohya;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
