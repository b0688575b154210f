/**
 * What files say about themselves: hashes by which tools know them, and the strings beside their
 * tensors.
 */
@NullMarked
package dev.lora4j.core.format.metadata;

import org.jspecify.annotations.NullMarked;
