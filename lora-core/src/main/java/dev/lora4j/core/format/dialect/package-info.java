/** The dialects: one class each, which says how it spells layers and roles in keys. */
@NullMarked
package dev.lora4j.core.format.dialect;

import org.jspecify.annotations.NullMarked;
