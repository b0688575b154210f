/** The way into files of adapters: which base, which layers, which methods, and the account. */
@NullMarked
package dev.lora4j.core.format.reading;

import org.jspecify.annotations.NullMarked;
