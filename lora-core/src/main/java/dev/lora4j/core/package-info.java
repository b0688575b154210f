/** The entry to the library. */
@NullMarked
package dev.lora4j.core;

import org.jspecify.annotations.NullMarked;
