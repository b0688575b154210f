/** The folders in which the studio keeps its state, and names of files in them. */
@NullMarked
package dev.lora4j.studio.workspace;

import org.jspecify.annotations.NullMarked;
