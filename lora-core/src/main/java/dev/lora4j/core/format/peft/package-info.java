/**
 * The layout of PEFT: a folder with a configuration and tensors, and what diffusers shares of it.
 */
@NullMarked
package dev.lora4j.core.format.peft;

import org.jspecify.annotations.NullMarked;
