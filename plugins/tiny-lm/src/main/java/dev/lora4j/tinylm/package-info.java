/** A small language model that this project trained, and a novel to adapt it to. */
@NullMarked
package dev.lora4j.tinylm;

import org.jspecify.annotations.NullMarked;
