/** BOFT (Liu et al. 2024): weights rotated in blocks that are shuffled between stages. */
@NullMarked
package dev.lora4j.core.adapter.boft;

import org.jspecify.annotations.NullMarked;
