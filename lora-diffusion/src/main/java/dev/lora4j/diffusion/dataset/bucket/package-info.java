/** Which size each picture is trained in, and how it gets there. */
@NullMarked
package dev.lora4j.diffusion.dataset.bucket;

import org.jspecify.annotations.NullMarked;
