/** Numbers that were computed from data once and are kept on the disk. */
@NullMarked
package dev.lora4j.diffusion.dataset.cache;

import org.jspecify.annotations.NullMarked;
