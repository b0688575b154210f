/** Data sets: folders of pictures with their captions, as {@code train} reads them. */
@NullMarked
package dev.lora4j.studio.dataset;

import org.jspecify.annotations.NullMarked;
