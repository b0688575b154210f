/** The way from adapters to files: preparing, laying out, and writing all or nothing. */
@NullMarked
package dev.lora4j.core.format.writing;

import org.jspecify.annotations.NullMarked;
