/** The files of the page, as they are in the jar. */
@NullMarked
package dev.lora4j.studio.page;

import org.jspecify.annotations.NullMarked;
