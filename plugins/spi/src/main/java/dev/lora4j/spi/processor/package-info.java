/** Annotation processor that writes a jar's index of extensions. */
@NullMarked
package dev.lora4j.spi.processor;

import org.jspecify.annotations.NullMarked;
