/**
 * The engine: libtorch through DJL. Nothing else in the project may import the engine's classes.
 */
@NullMarked
package dev.lora4j.core.tensor.djl;

import org.jspecify.annotations.NullMarked;
