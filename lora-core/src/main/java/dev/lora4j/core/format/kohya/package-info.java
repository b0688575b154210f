/** The layout of kohya's sd-scripts, which most published adapters have. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.core.format.kohya;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
