/** A small language model that was taught by this project, and a novel to adapt it to. */
@NullMarked
package dev.lora4j.tinylm;

import org.jspecify.annotations.NullMarked;
