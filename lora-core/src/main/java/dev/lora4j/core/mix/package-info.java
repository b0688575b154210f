/** Several adapters at once: which, how much, and when. */
@NullMarked
package dev.lora4j.core.mix;

import org.jspecify.annotations.NullMarked;
