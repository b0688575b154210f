/** Style adapters from folders of pictures. */
@NullMarked
package dev.lora4j.diffusion.style;

import org.jspecify.annotations.NullMarked;
