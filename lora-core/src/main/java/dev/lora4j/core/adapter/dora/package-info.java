/** DoRA (Liu et al. 2024): the direction and the length of a weight changed apart. */
@NullMarked
package dev.lora4j.core.adapter.dora;

import org.jspecify.annotations.NullMarked;
