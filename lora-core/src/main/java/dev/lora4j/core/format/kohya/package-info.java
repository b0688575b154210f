/** The layout of kohya's sd-scripts, which most published adapters have. */
@NullMarked
package dev.lora4j.core.format.kohya;

import org.jspecify.annotations.NullMarked;
