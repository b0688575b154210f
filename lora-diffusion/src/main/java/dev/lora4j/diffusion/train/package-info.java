/** Training of whole models and of adapters. */
@NullMarked
package dev.lora4j.diffusion.train;

import org.jspecify.annotations.NullMarked;
