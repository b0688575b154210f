/** The families of base models: their layers, made from the sizes of their networks. */
@NullMarked
package dev.lora4j.core.format.family;

import org.jspecify.annotations.NullMarked;
