/** Small pictures of pictures. */
@NullMarked
package dev.lora4j.studio.thumbnail;

import org.jspecify.annotations.NullMarked;
