/** The annotation processor that writes what a jar has of extensions. */
@NullMarked
package dev.lora4j.spi.processor;

import org.jspecify.annotations.NullMarked;
