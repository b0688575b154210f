/** Files of YAML, with where their entries stand. */
@NullMarked
package dev.lora4j.diffusion.config.yaml;

import org.jspecify.annotations.NullMarked;
