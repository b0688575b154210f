/** Pictures with captions, from folders and atlases. */
@NullMarked
package dev.lora4j.diffusion.dataset;

import org.jspecify.annotations.NullMarked;
