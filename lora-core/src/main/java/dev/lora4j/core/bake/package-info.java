/** Adapters written into the files of a base model for good. */
@NullMarked
package dev.lora4j.core.bake;

import org.jspecify.annotations.NullMarked;
