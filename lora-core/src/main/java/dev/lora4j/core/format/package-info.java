/** How adapters lie in files, and the account of what became of each key. */
@NullMarked
package dev.lora4j.core.format;

import org.jspecify.annotations.NullMarked;
