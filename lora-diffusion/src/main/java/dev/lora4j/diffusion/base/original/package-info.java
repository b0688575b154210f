/** Checkpoints of one file in the layout of first publication: names, sizes, kinds. */
@NullMarked
package dev.lora4j.diffusion.base.original;

import org.jspecify.annotations.NullMarked;
