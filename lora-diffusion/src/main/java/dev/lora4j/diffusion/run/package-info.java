/**
 * A training run as a file says it: keys with their types and defaults, presets, and the settings
 * that come out of them.
 */
@NullMarked
package dev.lora4j.diffusion.run;

import org.jspecify.annotations.NullMarked;
