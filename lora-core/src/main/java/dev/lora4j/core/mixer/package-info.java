/** Ways to blend weighted adapters, as extensions, and what runs them. */
@NullMarked
package dev.lora4j.core.mixer;

import org.jspecify.annotations.NullMarked;
